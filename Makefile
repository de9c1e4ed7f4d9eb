# The few verbs of this project. `make` lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# Everything is in the lock and checked by its hash, so pip has nothing to resolve.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-compile
# Suites that need more than Python (a browser, strace) or more time belong to `make check`.
APART := tests/faults tests/mutants tests/docs tests/packaging tests/browser
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

.PHONY: help setup demo test check lint types contracts docs apart bench bench-peers lock clean

help: ## List these verbs.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMPS)/dev ## Make .venv with everything that running, testing and checking take.

demo: $(STAMPS)/core ## Run the platform's main job on bundled real candles: fetch, check, backtest, sweep, report.
	@$(BIN)/tickwright demo

test: $(STAMPS)/dev ## Run the tests that need nothing but Python.
	$(PYTEST) $(addprefix --ignore=,$(APART))

check: lint types contracts docs apart ## Lint, types, import contracts, documents, faults, the wheel, pages in a browser.

lint: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMPS)/dev
	$(BIN)/mypy

contracts: $(STAMPS)/dev
	$(BIN)/lint-imports --no-logo --no-cache

apart: $(STAMPS)/dev
	$(PYTEST) $(wildcard $(APART))

bench: $(STAMPS)/dev ## Measure speed and memory beside the peers on the same jobs.
	$(BIN)/python benchmarks/run.py

bench-peers: $(STAMPS)/core ## Make an environment of its own for every peer engine that `make bench` measures.
	for file in benchmarks/peers/*.txt; do \
		home=benchmarks/.peers/$$(basename $$file .txt); \
		$(BIN)/python -m venv $$home; \
		$$home/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $$file; \
	done

docs: $(STAMPS)/dev ## Build the documentation site into site/; a broken link or a missing page fails.
	$(BIN)/zensical build --strict --clean

lock: ## Pin the dependencies again with their hashes; UPGRADE=--upgrade takes the newest versions.
	.ci/lock $(UPGRADE)

clean: ## Remove .venv, caches and everything built.
	rm -rf $(VENV) site dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/python:
	.ci/make-venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/core: $(STAMPS)/python requirements/core.txt requirements/build.txt pyproject.toml
	@echo "Installing what Tickwright runs on, each file checked by its hash."
	$(INSTALL) --require-hashes -r requirements/build.txt -r requirements/core.txt
	$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/core requirements/dev.txt requirements/peers.txt
	@echo "Installing what tests and checks need, each file checked by its hash."
	$(INSTALL) --require-hashes -r requirements/dev.txt -r requirements/peers.txt
	@touch $@
