#!/bin/bash
# An AGI in bash that asks an HTTP service for the caller-ID: what callerid-agi is measured against in Asterisk.
declare -A agi
while IFS=': ' read -r name value && [ -n "$name" ]; do agi[$name]=$value; done
answer=$(curl -s "$CALLERID_SERVICE/next?campaign=$1&agent=$2&to=${agi[agi_extension]}")
if [[ $answer =~ \"caller_id\":\ *\"([0-9+]+)\" ]]; then
  echo "SET VARIABLE CALLERID(num) ${BASH_REMATCH[1]}"
  read -r _
fi
