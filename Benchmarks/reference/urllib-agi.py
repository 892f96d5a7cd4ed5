#!/usr/bin/python3
"""An AGI in Python that asks an HTTP service for the caller-ID: what callerid-agi is measured against in Asterisk."""

import json
import os
import sys
import urllib.parse
import urllib.request

agi = {}
while line := sys.stdin.readline().strip():
    name, _, value = line.partition(": ")
    agi[name] = value
query = urllib.parse.urlencode({"campaign": sys.argv[1], "agent": sys.argv[2], "to": agi["agi_extension"]})
with urllib.request.urlopen(f"{os.environ['CALLERID_SERVICE']}/next?{query}", timeout=2) as answer:
    caller_id = json.load(answer)["caller_id"]
print(f"SET VARIABLE CALLERID(num) {caller_id}", flush=True)
sys.stdin.readline()
