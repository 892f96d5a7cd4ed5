# The commands of README.md. `make help` lists the targets.

SWIFT   ?= swift
SWIFTC  ?= $(SWIFT)c
PREFIX  ?= /usr/local
DESTDIR ?=
BINDIR   = $(PREFIX)/bin
DOCDIR   = $(PREFIX)/share/doc/callerid
# The folder in which Asterisk looks for AGI programs: the one that its configuration names, or else the usual one.
ASTERISK_CONF ?= /etc/asterisk/asterisk.conf
AGIDIR  ?= $(shell packaging/agi-folder "$(ASTERISK_CONF)")
CRONDIR ?= /etc/cron.d
CONFDIR ?= /etc/callerid
UNITDIR ?= $(PREFIX)/lib/systemd/system
USERDIR ?= $(PREFIX)/lib/sysusers.d
MANDIR   = $(PREFIX)/share/man/man8
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

# The programs are fully static, so they run on any Linux with this kind of processor, whatever its C library is.
RELEASE = $(SWIFT) build -c release --scratch-path .build/static -Xswiftc -static-executable
BUILT   = .build/static/release
SUDO    = $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: help setup build man completions demo demo-page screenshots test-setup test torture torture-cluster numbering-peer mutate fuzz fuzz-short sanitize sanitize-short bench bench-setup \
  install uninstall deb rpm lint format clean asterisk schemathesis browser mariadb packaging-tools
.DEFAULT_GOAL := help

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install libsqlite3-dev and libmariadb-dev if they are missing (on Debian), and check for Swift
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.2 or newer is needed: https://www.swift.org/install/linux/" >&2; exit 1; }
	@test -e /usr/include/sqlite3.h -a -n "$$(find /usr/lib /usr/lib64 -name libsqlite3.a -print -quit 2>/dev/null)" \
	  || { $(SUDO) apt-get update && $(SUDO) apt-get install -y --no-install-recommends libsqlite3-dev; } \
	  || { echo "libsqlite3 with its header and static library is needed" >&2; exit 1; }
	@# It wants OpenSSL and zlib, with their static libraries, and Debian's package brings them.
	@test -e /usr/include/mariadb/mysql.h -a -n "$$(find /usr/lib /usr/lib64 -name libmariadb.a -print -quit 2>/dev/null)" \
	  || { $(SUDO) apt-get update && $(SUDO) apt-get install -y --no-install-recommends libmariadb-dev; } \
	  || { echo "libmariadb with its headers and static library is needed" >&2; exit 1; }

build: setup ## build agi-bin/callerid-agi, bin/callerid-admin and bin/callerid-server
	$(RELEASE) --product callerid-agi
	@# Foundation would cost each start five milliseconds. A static program lists no libraries, so look at its symbols.
	@! nm $(BUILT)/callerid-agi | grep -q Foundation || { echo "callerid-agi links Foundation" >&2; exit 1; }
	@! nm $(BUILT)/callerid-agi | grep -q mysql_ || { echo "callerid-agi links the engine's client" >&2; exit 1; }
	@! readelf -l $(BUILT)/callerid-agi | grep -q INTERP || { echo "callerid-agi is not static" >&2; exit 1; }
	$(RELEASE) --product callerid-admin
	$(RELEASE) --product callerid-server
	@mkdir -p bin
	strip -o agi-bin/callerid-agi.new $(BUILT)/callerid-agi && mv agi-bin/callerid-agi.new agi-bin/callerid-agi
	@for program in callerid-admin callerid-server; do \
	  strip -o bin/$$program.new $(BUILT)/$$program && mv bin/$$program.new bin/$$program || exit 1; done
	@$(MAKE) --no-print-directory man completions

.build/manual: $(wildcard packaging/manual/*.swift)
	@mkdir -p .build
	$(SWIFTC) -swift-version 6 -warnings-as-errors -o $@ $^

man: .build/manual ## write the manual pages, from the help of the commands and from docs/
	@mkdir -p .build/man
	@version=$$(bin/callerid-admin --version) \
	&& bin/callerid-admin --experimental-dump-help | .build/manual callerid-admin "$$version" docs/settings.md \
	  > .build/man/callerid-admin.8 \
	&& .build/manual callerid-agi "$$version" docs/dialplan.md > .build/man/callerid-agi.8 \
	&& bin/callerid-server --experimental-dump-help | .build/manual callerid-server "$$version" docs/server.md \
	  > .build/man/callerid-server.8

completions: ## write the completions for bash, zsh and fish
	@mkdir -p .build/completions
	@for shell in bash zsh fish; do \
	  bin/callerid-admin --generate-completion-script $$shell > .build/completions/$$shell || exit 1; done

demo: build ## build, and show four calls that use a sample pool
	@scripts/demo

demo-page: build ## build, and serve the page of a store that has seen a busy week, with calls coming in, until Ctrl-C
	$(RELEASE) --product callerid-week
	@scripts/demo-page

asterisk: ## fetch a real Asterisk for the tests, without installing it
	@Tests/asterisk/fetch-16 $(CURDIR)/.build/asterisk-16
	@if [ "$$(id -u)" = 0 ]; then Tests/asterisk/fetch-22 $(CURDIR)/.build/asterisk-22; \
	else echo "Asterisk 22 is tested by root only; going on with 16"; fi

packaging-tools: asterisk ## fetch lintian, rpm and rpmlint for the tests of the packages (only root can use them)
	@if [ "$$(id -u)" = 0 ]; then Tests/tools/fetch-packaging $(CURDIR)/.build/packaging $(CURDIR)/.build/asterisk-22/root; \
	else echo "The packages are installed and checked by root only; going on without"; fi

TEST = CALLERID_AGI=$(CURDIR)/agi-bin/callerid-agi CALLERID_ADMIN=$(CURDIR)/bin/callerid-admin \
  CALLERID_SERVER=$(CURDIR)/bin/callerid-server STRACE=$$(Tests/tools/fetch-strace $(CURDIR)/.build/tools) ASTERISK_ROOTS=$(CURDIR)/.build \
  SCHEMATHESIS=$(CURDIR)/.build/schemathesis/bin BROWSER=$(CURDIR)/.build/browser \
  MARIADB=$(CURDIR)/.build/mariadb TZ=UTC \
  $(SWIFT) test --skip-build --experimental-maximum-parallelization-width 8

schemathesis: ## fetch schemathesis, which tries the HTTP interface by its description, without installing it
	@Tests/tools/fetch-schemathesis $(CURDIR)/.build/schemathesis

browser: ## fetch a headless Chromium for the tests, without installing it
	@Tests/tools/fetch-browser $(CURDIR)/.build/browser

mariadb: ## fetch a MariaDB server with Galera for the tests, without installing it
	@Tests/tools/fetch-mariadb $(CURDIR)/.build/mariadb

screenshots: build browser ## draw the pictures of the page that docs/ and Tests/browser/screenshots have
	$(RELEASE) --product callerid-week
	scripts/screenshots

test-setup: ## install the programs that the tests use, if they are missing (on Debian)
	@missing=; for program in curl openssl perl python3; do command -v $$program >/dev/null || missing="$$missing $$program"; done; \
	python3 -c 'import ensurepip' 2>/dev/null || missing="$$missing python3-venv"; \
	[ -z "$$missing" ] || { $(SUDO) apt-get update && $(SUDO) apt-get install -y --no-install-recommends $$missing; }

test: test-setup build asterisk schemathesis browser mariadb packaging-tools deb rpm ## build, and run every test on the programs and in a real Asterisk
	@# What the tests look at pages with is tried first, on pages of its own.
	.build/browser/python/bin/python Tests/browser/test_browse.py
	$(SWIFT) build --build-tests
	$(TEST) --skip '^TortureTests\.'
	@# On their own: their 64 processes at once would slow down the tests that run beside them.
	$(TEST) --filter '^TortureTests\.'

torture: test-setup build asterisk ## break the programs at every point and load them with 100,000 calls (an hour or more)
	$(SWIFT) build --build-tests
	TORTURE=full $(TEST) --filter '^TortureTests\.|CrowdTests'

# SEED=7 plays one schedule again; SEEDS=1000 plays so many, from FIRST=1 on, with STEPS=150 each.
torture-cluster: setup mariadb ## let dialers of a cluster, their network and their engine fail in hundreds of ways (a quarter of an hour)
	$(SWIFT) build --build-tests
	TORTURE=full MARIADB=$(CURDIR)/.build/mariadb TZ=UTC $(SWIFT) test --skip-build --filter ClusterTortureTests

# How many numbers are made up, and from which seed.
PEER ?= 200000 1

numbering-peer: setup ## hold 200,000 made-up numbers of all countries against libphonenumber, from PyPI (PEER="COUNT SEED")
	scripts/numbering-peer $(PEER) > .build/numbering-peer.tsv
	$(SWIFT) build --build-tests
	NUMBERING_PEER=$(CURDIR)/.build/numbering-peer.tsv $(TEST) --filter NumberingPeerTests

mutate: setup mariadb ## break the program on purpose, line by line, and list the breaks that no test notices (half an hour)
	@MARIADB=$(CURDIR)/.build/mariadb Mutations/run $(if $(ONLY),"$(ONLY)")

# For each target, which is a folder of Fuzz/corpus.
FUZZ_SECONDS ?= 120
LIBRARY_TESTS = ^(SQLite|MariaDB|Rotation|AGI|Calls|NumberFiles|Output|WebCalls|Fuzz)Tests\.
TOOLCHAIN     = $$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")

fuzz: setup ## search for input that does harm (FUZZ_SECONDS=120 for each target, FUZZ_TARGETS="csv store")
	@# Every module is built with coverage and memory checks. Old GNU linkers fail on their symbols, LLVM's does not.
	$(SWIFT) build -c release --scratch-path .build/fuzz -Xswiftc -sanitize=fuzzer,address --product Fuzzing
	$(SWIFT)c -use-ld=lld -sanitize=fuzzer,address .build/fuzz/release/libFuzzing.a -lsqlite3 -o .build/fuzz/callerid-fuzz
	@Fuzz/run .build/fuzz/callerid-fuzz $(FUZZ_SECONDS)

fuzz-short: ## the same, for five seconds each
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=5

# Left out are tests of what a call costs, which is different in an instrumented program, and those tests of the programs
# that need the static programs, count system calls or kill processes by the hundred.
# So are those of memory, and of how many calls a while has: an instrumented program needs more.
SANITIZE_SKIP = whoDoesNotReadIsNotListenedTo|processesBesideABusyServerAreAnswered|CostTests|AdminDoctorTests|InstallTests|DocumentationTests|PackageTests|RpmTests|ServiceTests|AgiIndexTests|AdminUpgradeTests|AgiDelayTests|AgiPipeTests|SyncTests
PROGRAM_TESTS = ProgramTests
# Several threads are at work in the server only.
SERVER_TESTS  = |FastAGITests|ServerTests|ServerHostileTests|ServerPageTests
SANITIZED     = --skip '$(SANITIZE_SKIP)' --experimental-maximum-parallelization-width 4

sanitize: setup mariadb ## run the tests under ThreadSanitizer and AddressSanitizer, and print how many lines they cover
	@# A server in which there is a race ends, and its test fails.
	TZ=UTC TSAN_OPTIONS=halt_on_error=1:suppressions=$(CURDIR)/Tests/tools/thread.supp \
	  $(SWIFT) test --sanitize=thread --scratch-path .build/tsan --filter '$(LIBRARY_TESTS)$(SERVER_TESTS)' $(SANITIZED)
	TZ=UTC ASAN_OPTIONS=detect_leaks=0 STRACE=$$(Tests/tools/fetch-strace $(CURDIR)/.build/tools) \
	  $(SWIFT) test --sanitize=address --enable-code-coverage --scratch-path .build/asan \
	  --filter '$(LIBRARY_TESTS)|$(PROGRAM_TESTS)' $(SANITIZED)
	@for target in PlainText SQLite MariaDB Rotation AGI Calls NumberFiles Output Access WebCalls callerid-agi callerid-admin \
	  $(if $(SERVER_TESTS),callerid-server); do \
	  $(TOOLCHAIN)/llvm-cov report .build/asan/debug/calleridPackageTests.xctest \
	    -object .build/asan/debug/callerid-agi -object .build/asan/debug/callerid-admin \
	    $(if $(SERVER_TESTS),-object .build/asan/debug/callerid-server) \
	    -instr-profile .build/asan/debug/codecov/default.profdata "$(CURDIR)/Sources/$$target" \
	  | awk -v target=$$target '$$1 == "TOTAL" { printf "%-15s %s of %d lines\n", target, $$10, $$8 }'; done

sanitize-short: ## the same, with fewer tests (what CI runs)
	@WITHOUT_SERVER=1 $(MAKE) --no-print-directory sanitize SERVER_TESTS= PROGRAM_TESTS='Agi(Options?|Campaign)?Tests|AdminTopTests|HostileCallTests' \
	  SANITIZE_SKIP='$(SANITIZE_SKIP)|GaleraTests|ModelTests|ExplainTests|ClockJumpTests|BurntTests|norDoesOneThatIsCutOffOrChanged'

bench-setup: ## install the programs that make bench needs, if they are missing (on Debian)
	@missing=; for program in gcc python3 curl strace valgrind; do \
	  command -v $$program >/dev/null || missing="$$missing $$program"; done; \
	[ -z "$$missing" ] || { $(SUDO) apt-get update && $(SUDO) apt-get install -y --no-install-recommends $$missing; }

# The C programs that callerid is compared with.
.build/bench/%: Benchmarks/reference/%.c $(wildcard Benchmarks/reference/*.h) | setup bench-setup
	@mkdir -p $(@D)
	gcc -O2 -static -Wall -Wextra -Werror -o $@ $< $(if $(filter lru,$*),-lsqlite3 -lm)

bench: build bench-setup mariadb $(addprefix .build/bench/,lru interleave crowd nothing constant load hold) ## measure the speed of calls beside other programs (ONLY=name,name SHORT=1)
	$(RELEASE) --product callerid-bench
	$(RELEASE) --product callerid-bench-http
	@python3 Benchmarks/bench.py $(if $(SHORT),--short) $(if $(ONLY),--only $(ONLY))

deb: build ## build a Debian package, .build/deb/callerid_VERSION_ARCHITECTURE.deb
	@packaging/build-deb .build/deb

rpm: build ## build an RPM, .build/rpm/callerid-VERSION-1.ARCHITECTURE.rpm; rpmbuild is fetched where there is none
	@RPMBUILD=$$(Tests/tools/fetch-rpmbuild $(CURDIR)/.build/rpmbuild) packaging/build-rpm .build/rpm

# Values of asterisk.conf become part of commands that root runs.
PLAIN_AGIDIR = $(if $(filter NOT-PLAIN,$(AGIDIR)),$(error astagidir in $(ASTERISK_CONF) is not a path of letters, digits \
  and ._/-: give the folder with AGIDIR=))

install: ## install what make build has built (PREFIX=, DESTDIR=, AGIDIR=, CRONDIR=, CONFDIR=)
	$(PLAIN_AGIDIR)@test -x agi-bin/callerid-agi -a -x bin/callerid-admin -a -x bin/callerid-server -a -e .build/completions/fish \
	|| { echo "run make build first" >&2; exit 1; }
	install -d $(foreach dir,$(BINDIR) $(addprefix $(DOCDIR)/,dialplan-examples docs samples Benchmarks) $(CRONDIR) \
	  $(CONFDIR) $(UNITDIR) $(USERDIR) $(MANDIR) $(BASHDIR) $(ZSHDIR) $(FISHDIR),"$(DESTDIR)$(dir)")
	install -T -m 755 bin/callerid-admin "$(DESTDIR)$(BINDIR)/callerid-admin"
	install -T -m 755 bin/callerid-server "$(DESTDIR)$(BINDIR)/callerid-server"
	@packaging/install-agi agi-bin/callerid-agi "$(DESTDIR)$(AGIDIR)"
	install -m 644 dialplan-examples/*.conf "$(DESTDIR)$(DOCDIR)/dialplan-examples"
	@# These pages link to each other, to the dialplan examples and to the chart.
	install -m 644 README.md CHANGELOG.md CONTRIBUTING.md "$(DESTDIR)$(DOCDIR)"
	install -m 644 docs/*.md docs/*.png "$(DESTDIR)$(DOCDIR)/docs"
	install -m 644 samples/cluster.conf "$(DESTDIR)$(DOCDIR)/samples"
	install -m 644 Benchmarks/results.svg "$(DESTDIR)$(DOCDIR)/Benchmarks"
	install -m 644 .build/man/*.8 "$(DESTDIR)$(MANDIR)"
	install -m 644 .build/completions/bash "$(DESTDIR)$(BASHDIR)/callerid-admin"
	install -m 644 .build/completions/zsh "$(DESTDIR)$(ZSHDIR)/_callerid-admin"
	install -m 644 .build/completions/fish "$(DESTDIR)$(FISHDIR)/callerid-admin.fish"
	@for unit in packaging/systemd/*.service packaging/systemd/*.socket packaging/systemd/*.timer; do \
	  path="$(DESTDIR)$(UNITDIR)/$$(basename "$$unit")"; \
	  sed 's|^ExecStart=/usr/local/bin|ExecStart=$(BINDIR)|' "$$unit" > "$$path" \
	  && chmod 644 "$$path" && echo "$$unit -> $$path"; done
	install -m 644 packaging/systemd/sysusers.conf "$(DESTDIR)$(USERDIR)/callerid.conf"
	@if [ -e "$(DESTDIR)$(CONFDIR)/server.env" ]; then echo "kept: $(DESTDIR)$(CONFDIR)/server.env"; \
	else install -m 644 packaging/systemd/server.env "$(DESTDIR)$(CONFDIR)/server.env"; fi
	@if [ -e "$(DESTDIR)$(CRONDIR)/callerid" ]; then echo "kept: $(DESTDIR)$(CRONDIR)/callerid"; \
	else sed 's|^PATH=.*|PATH=$(BINDIR):/usr/bin:/bin|' cron/callerid > "$(DESTDIR)$(CRONDIR)/callerid" \
	  && chmod 644 "$(DESTDIR)$(CRONDIR)/callerid" && echo "cron/callerid -> $(DESTDIR)$(CRONDIR)/callerid"; fi

uninstall: ## remove what make install has installed; the store stays
	$(PLAIN_AGIDIR)rm -f "$(DESTDIR)$(BINDIR)/callerid-admin" "$(DESTDIR)$(BINDIR)/callerid-server" \
	  "$(DESTDIR)$(CRONDIR)/callerid" "$(DESTDIR)$(CONFDIR)/server.env" "$(DESTDIR)$(USERDIR)/callerid.conf" \
	  "$(DESTDIR)$(MANDIR)"/callerid-*.8 "$(DESTDIR)$(UNITDIR)"/callerid-*.service \
	  "$(DESTDIR)$(UNITDIR)"/callerid-*.socket "$(DESTDIR)$(UNITDIR)"/callerid-*.timer "$(DESTDIR)$(BASHDIR)/callerid-admin" \
	  "$(DESTDIR)$(ZSHDIR)/_callerid-admin" "$(DESTDIR)$(FISHDIR)/callerid-admin.fish"
	@packaging/install-agi --remove "$(DESTDIR)$(AGIDIR)"
	rm -rf "$(DESTDIR)$(DOCDIR)"

lint: ## check the format of the Swift sources
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Fuzz Benchmarks packaging

format: ## correct the format of the Swift sources
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Fuzz Benchmarks packaging

clean: ## remove what was built; what was fetched for the tests stays
	rm -rf .build/static .build/debug .build/release .build/demo .build/deb .build/rpm .build/man* .build/completions bin agi-bin/callerid-agi
