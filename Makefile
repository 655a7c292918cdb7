# Two commands on a fresh machine: make run, make test. Everything else stands in docs/contributing.md.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
VENDOR := server/static/vendor/LICENSES.txt
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run editor test test-all nightly lint types layers clean

help: ## List what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or later is needed and none was found; set PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "make: $(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv"; exit 2; }

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	@echo "installing newsgraph into $(VENV) ..."
	@$(PIP) install -e .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml
	@echo "installing newsgraph with its test tools into $(VENV) ..."
	@$(PIP) install -e '.[test]'
	@touch $(VENV)/.run $@

run: $(VENV)/.run ## Install, ingest the sample articles, publish and serve on port 8000
	@command -v npm >/dev/null && $(MAKE) -s editor >/dev/null 2>&1 || true
	@$(BIN)/kg ingest data/sample
	@exec $(BIN)/kg serve --host $(HOST) --port $(PORT) --workers $(WORKERS)

editor: $(VENDOR) ## Fetch the query editor of the page /sparql with npm; the page works without it, too

$(VENDOR): editor/package-lock.json editor/bundle.py
	@command -v npm >/dev/null || { echo "make: npm is not installed; the page /sparql works without the editor"; exit 1; }
	@cd editor && npm ci --ignore-scripts --no-audit --no-fund --silent --fetch-retries=0 --fetch-timeout=20000
	@$(PYTHON) editor/bundle.py

# three processes for two cores: many tests wait for servers and processes that they started
test: $(VENV)/.test ## Install with test tools and run the test suite
	@$(BIN)/python -m pytest -n 3 --dist worksteal -q -m 'not long'

test-all: $(VENV)/.test ## The test suite with its long tiers
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

nightly: $(VENV)/.test ## The gate against pySHACL at length: random pairs, the sample, each breakage; other pairs every night
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q -m long tests/properties tests/unit/test_shacl_shapes.py tests/unit/test_shacl_gate.py

lint: $(VENV)/.test ## Ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.test ## mypy --strict over kg and server
	@$(BIN)/mypy

layers: $(VENV)/.test ## The one-way layer contract
	@$(BIN)/lint-imports

clean: ## Remove the environment and the demonstration store
	@rm -rf $(VENV) var build dist
