# What one types. Each target sets up what it needs on a Debian machine; elsewhere it says what is missing.
.PHONY: help dist demo test vulnerabilities nvd fuzz bench soak pictures release clean lint format image setup install notice

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

dist: ## what people install, in deploy/target/sallyport
	@deploy/setup/build package -DskipTests

# What is missing is said before the build begins.
demo: ## a bastion and a private instance on this machine, until Ctrl-C
	@deploy/setup/jdk
	@deploy/setup/openssh demo
	@deploy/setup/build package -DskipTests
	@exec deploy/setup/foreground deploy/target/sallyport/bin/sallyport demo

setup: ## what the tests need: OpenSSH, and Docker for the laboratory
	@deploy/setup/tests

# The locale is named because tests make files whose names are not ASCII, and a service may have none.
test: setup ## every check and every test
	LC_ALL=C.UTF-8 ./mvnw verify

# A database that an earlier run made of other files would be taken for these.
vulnerabilities: nvd dist ## known vulnerabilities of the shipped jars, by the files of NIST's database in NVD=FOLDER; needs no network
	@rm -rf deploy/target/vulnerabilities
	@./mvnw -q -f deploy/vulnerabilities/pom.xml verify -Dnvd="$(abspath $(NVD))"

nvd:
	@[ -d "$(NVD)" ] || { echo "make vulnerabilities: say NVD=FOLDER; deploy/vulnerabilities/pom.xml says with what in it" >&2; exit 2; }

# Each fuzz test searches for a minute, in a JVM of its own.
fuzz: ## the fuzz tests, a minute each
	@set -e; for test in HostFuzzTest HoconFuzzTest KeyLineFuzzTest CertificateFuzzTest RevocationListFuzzTest GatewayCommandFuzzTest ProxyHeaderFuzzTest; do \
	  JAZZER_FUZZ=1 ./mvnw -q test-compile surefire:test@fuzz -pl auth-support,server -am -Dtest=$$test -Dsurefire.failIfNoSpecifiedTests=false; \
	done

bench: dist ## speed beside OpenSSH's sshd, in deploy/target/bench.json, and under floods of key exchanges
	@deploy/bench/run
	@deploy/bench/run exchanges

soak: dist ## all attacks at once for MINUTES=30, beside users; fails when anything grows
	@deploy/bench/run soak $(or $(MINUTES),30)

pictures: dist ## the pictures in docs, from a session that is recorded meanwhile
	@deploy/pictures/run

# What is wrong with the names of the versions is said before the tests, which take half an hour.
release: ## a tag v…, after all tests: VERSION=0.2.0 NEXT=0.3.0; pushes nothing
	@deploy/release --check "$(VERSION)" "$(NEXT)"
	@$(MAKE) test
	@deploy/release "$(VERSION)" "$(NEXT)"

image: dist ## the container image
	docker build -t sallyport deploy

notice: dist ## NOTICE, when a shipped library has changed
	cp deploy/target/sallyport/NOTICE NOTICE

install: dist ## as a systemd service on this machine: /opt/sallyport, /etc/sallyport (as root)
	rm -rf /opt/sallyport
	install -d -m 755 /opt/sallyport /etc/sallyport/keys
	cp -R -p deploy/target/sallyport/. /opt/sallyport/
	chown -R root:root /opt/sallyport
	ln -sf /opt/sallyport/bin/sallyport /usr/local/bin/sallyport
	install -d -m 755 /usr/local/share/man/man1 /usr/local/share/bash-completion/completions
	ln -sf /opt/sallyport/share/man/man1/*.1 /usr/local/share/man/man1/
	ln -sf /opt/sallyport/share/bash-completion/completions/sallyport /usr/local/share/bash-completion/completions/
	[ -e /etc/sallyport/sallyport.conf ] || install -m 644 config/minimal.conf /etc/sallyport/sallyport.conf
	install -m 644 deploy/systemd/sallyport.service /etc/systemd/system/sallyport.service
	@echo "installed: edit /etc/sallyport/sallyport.conf, then systemctl daemon-reload && systemctl enable --now sallyport"

lint: ## formatter and shell scripts; the compiler's checks are part of every build
	./mvnw -q spotless:check
	@if command -v shellcheck >/dev/null; then shellcheck .ci/run mvnw $$(grep -rlE '^#!/bin/(sh|bash)|^#!/usr/bin/env bash' deploy --include='*' --exclude-dir=target); \
	else echo "lint: shellcheck is not installed, so the scripts were not checked" >&2; fi

format: ## formats the Java code
	./mvnw -q spotless:apply

clean:
	./mvnw -q clean
