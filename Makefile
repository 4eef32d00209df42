# `make serve` runs the product, `make test` proves it. Nothing but Python 3.11 or newer is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" --no-annotate --quiet
LOCK := $(COMPILE) pyproject.toml
PACKAGES := schema resolvers models permissions rules execution server

.DEFAULT_GOAL := help
.PHONY: help serve test lint types contracts schema migrations lock samples reset soak bench

help:
	@echo "make serve       run the API with demo data on HOST:PORT (127.0.0.1:8000)"
	@echo "make test        run the whole test suite"
	@echo "make lint        check style; make types, contracts: types, and directions of imports"
	@echo "make schema      write schema.graphql"
	@echo "make migrations  write the migrations that changed models ask for"
	@echo "make lock        resolve dependencies anew"
	@echo "make samples     print the documents under docs/samples anew"
	@echo "make reset       forget the local database and mails"
	@echo "make soak        run what the suite samples at its full size"
	@echo "make bench       measure the speed against peers, see docs/performance.md"

serve: $(VENV)/serve.stamp
	@$(BIN)/manager migrate
	@$(BIN)/manager demo
	@exec $(BIN)/manager serve

# Two processes, because that is what the machines have that run this most; PYTEST_ARGUMENTS takes others.
test: $(VENV)/develop.stamp
	$(BIN)/python -m pytest -n 2 $(PYTEST_ARGUMENTS)

lint: $(VENV)/develop.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/develop.stamp
	$(BIN)/mypy

contracts: $(VENV)/develop.stamp
	$(BIN)/lint-imports --no-cache

schema: $(VENV)/develop.stamp
	$(BIN)/manager schema

migrations: $(VENV)/develop.stamp
	$(BIN)/manager migrations

lock: $(VENV)/develop.stamp
	$(LOCK) --upgrade --group build --output-file requirements.lock
	$(LOCK) --upgrade --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --upgrade bench/plot.in --output-file bench/plot.lock

samples: $(VENV)/develop.stamp
	$(BIN)/python -m tests.documents.samples

reset:
	rm -rf var

soak: $(VENV)/develop.stamp
	SOAK=1 $(BIN)/python -m pytest -m soak $(PYTEST_ARGUMENTS)

# BENCH_ARGUMENTS takes what `python -m bench.run --help` shows.
bench: $(VENV)/develop.stamp var/bench/peers.stamp var/bench/plot.stamp
	$(BIN)/python -m bench.run $(BENCH_ARGUMENTS)
	@test ! -f docs/performance.json || var/bench/venv/bin/python bench/plot.py

var/bench/peers.stamp: bench/peers/package-lock.json
	@mkdir -p $(@D)
	npm ci --prefix bench/peers
	@touch $@

var/bench/plot.stamp: bench/plot.lock | $(BIN)/python
	@mkdir -p $(@D)
	$(BIN)/python -m venv var/bench/venv
	@var/bench/venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes --requirement bench/plot.lock
	@touch $@

$(BIN)/python:
	@for candidate in $(PYTHON) python3.14 python3.13 python3.12 python3.11; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found="$$candidate"; break; \
		fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Python 3.11 or newer is needed, and $(PYTHON) is not: name one, as in make serve PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "$$found lacks its venv module: install it (on Debian and Ubuntu the package python3-venv)" >&2; \
		exit 1; \
	fi; \
	echo "making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/serve.stamp: requirements.lock | $(BIN)/python
	@echo "installing what it needs (a minute, once)"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(VENV)/develop.stamp: requirements-dev.lock $(VENV)/serve.stamp
	@echo "installing what its tests need (a minute, once)"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@
