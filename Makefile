# The way in to everything here; `make help` lists it.
#
# What ships is one static binary for musl. dist/build-static.sh finds the musl
# standard library: the one of your Rust toolchain, or the one that `make musl` built.
# Without either, `make build` stops and says so; `make test` and `make demo` go on
# with a static binary for the host's glibc.

SHELL := /bin/bash
# `make -j musl build` keeps its order; cargo uses every core by itself.
.NOTPARALLEL:

# Yours to set, in the environment or on the command line.
CARGO ?= cargo
MUSL_TARGET ?= $(shell uname -m)-unknown-linux-musl
# Where the distribution's own cargo and rustc lie: what `make musl` builds std with.
DISTRO_RUST ?= /usr/bin
# cargo's own setting, made absolute: tests run elsewhere.
CARGO_TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))

MUSL_SYSROOT := $(CARGO_TARGET_DIR)/musl-sysroot
export CARGO MUSL_TARGET MUSL_SYSROOT DISTRO_RUST CARGO_TARGET_DIR

# A key that gpg knows: the rpm and SHA256SUMS are signed with it.
SIGN_KEY ?=
export SIGN_KEY

.PHONY: help build musl test torture counting fuzz bench demo mail-gallery lint illumio-py deb rpm dist vendor acceptance clean

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 18

build: ## the static release binary: target/<arch>-unknown-linux-musl/release/illumio-monitor
	@dist/build-static.sh

musl: ## the musl standard library from Debian's or Ubuntu's packages (as root, if one is missing)
	@dist/build-musl-std.sh

test: ## all tests, against the static binary: no root, no network but for the crates
	@binary=$$(dist/build-static.sh --or-glibc) && \
	ILLUMIO_MONITOR_BIN="$$binary" "$(CARGO)" test

torture: ## a simulated week in each of four worlds: faults everywhere, kill -9 (several minutes)
	@binary=$$(dist/build-static.sh --or-glibc) && \
	ILLUMIO_MONITOR_BIN="$$binary" ILLUMIO_MONITOR_CYCLES="$${ILLUMIO_MONITOR_CYCLES:-1008}" \
	ILLUMIO_MONITOR_SEED="$${ILLUMIO_MONITOR_SEED:-$$RANDOM}" \
	"$(CARGO)" test --test torture -- --nocapture

counting: ## what is reported of a day's traffic on every kind of PCE, against what it showed: a table
	@binary=$$(dist/build-static.sh --or-glibc) && \
	ILLUMIO_MONITOR_BIN="$$binary" ILLUMIO_MONITOR_HOURS="$${ILLUMIO_MONITOR_HOURS:-24}" \
	"$(CARGO)" test --test counting -- --nocapture

fuzz: ## hostile records, configs, mail servers and texts: ILLUMIO_MONITOR_FUZZ_SECONDS (600) for each target
	@ILLUMIO_MONITOR_FUZZ_SECONDS="$${ILLUMIO_MONITOR_FUZZ_SECONDS:-600}" \
	CARGO_PROFILE_DEV_OPT_LEVEL=1 "$(CARGO)" test --test fuzz -- --nocapture

bench: ## what a poll costs in CPU, memory and time, against its targets (ONLY="quiet parts growth": these)
	@binary=$$(dist/build-static.sh) && bench=$$(dist/build-static.sh --bench) && \
	ILLUMIO_MONITOR_BIN="$$binary" "$$bench" $(ONLY)

demo: ## one poll of a simulated PCE, and the mail that comes of it
	@binary=$$(dist/build-static.sh --or-glibc) && \
	ILLUMIO_MONITOR_BIN="$$binary" "$(CARGO)" run --quiet --example demo

mail-gallery: ## every kind of mail in both languages, with pictures: target/gallery/index.html
	@tests/gallery-fonts.sh
	"$(CARGO)" run --quiet --example gallery

lint: ## format and clippy; a warning is an error
	"$(CARGO)" fmt --check
	"$(CARGO)" clippy --all-targets -- -D warnings

illumio-py: ## Illumio's own Python library takes the simulated PCE for a PCE (from PyPI)
	@test -x "$(CARGO_TARGET_DIR)/illumio-py/bin/python" || python3 -m venv "$(CARGO_TARGET_DIR)/illumio-py"
	@"$(CARGO_TARGET_DIR)/illumio-py/bin/pip" install --quiet illumio==1.1.3
	@ILLUMIO_PY="$(CARGO_TARGET_DIR)/illumio-py/bin/python" "$(CARGO)" test --test stories -- --ignored --nocapture illumio

deb: ## target/packages/*.deb
	@binary=$$(dist/build-static.sh) && dist/package.sh "$$binary" deb

rpm: ## target/packages/*.rpm
	@binary=$$(dist/build-static.sh) && dist/package.sh "$$binary" rpm sign

dist: ## all that is published, in target/packages: deb, rpm, tarball, SBOM, SHA256SUMS (SIGN_KEY= signs)
	@binary=$$(dist/build-static.sh) && dist/package.sh "$$binary" deb rpm tar sign sums

vendor: ## target/packages/*-source.tar.gz: the commit with all crates, to build on a closed network
	@dist/vendor.sh && dist/package.sh /bin/true sums

acceptance: ## the packages on a throwaway copy of this host, with real Postfix and cron (as root, on Debian)
	@binary=$$(dist/build-static.sh) && tests/acceptance/run.sh "$$binary"

clean: ## remove what was built, the musl standard library included
	"$(CARGO)" clean
