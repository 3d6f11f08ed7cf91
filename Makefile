# Two commands: `make demo` and `make test`. Each sets up what it needs inside the checkout.

VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
# the newest Python from 3.11 on that really runs
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

# a program that is started hundreds of times is compiled once: tests start it so often
export PYTHONDONTWRITEBYTECODE :=

# tests wait for servers and clocks as often as they compute
WORKERS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))))

# random stories that `make fuzz` tells
STORIES ?= 50000

# beside which accounting system `make demo` works
HOST ?= odoo

.PHONY: help demo test lint wheel bench fuzz crash postgresql live clean
.DEFAULT_GOAL := help

help:  ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Relance needs Python 3.11 or later on the PATH."; exit 1; }
ifdef UV
	$(UV) venv --quiet --python "$(PYTHON)" $(VENV)
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
endif

$(VENV)/.base: $(BIN)/python pyproject.toml
ifdef UV
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --editable .
else
	$(BIN)/python -m pip install --quiet --editable .
endif
	@touch $@

$(VENV)/.dev: $(VENV)/.base
ifdef UV
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --editable . --group dev
else
	$(BIN)/python -m pip install --quiet --editable . --group dev
endif
	@touch $@

demo: $(VENV)/.base  ## the main job on a made-up ledger, no account needed: make demo HOST=quickbooks
	$(BIN)/relance demo --host $(HOST) --folder demo

test: $(VENV)/.dev  ## all tests that need no account
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.dev  ## many random stories of invoices, payments, crashes: make fuzz STORIES=50000
	RELANCE_STORIES=$(STORIES) $(BIN)/python -m pytest tests/system/test_chase_machine*.py -n auto --dist load -v

crash: $(VENV)/.dev  ## kill the program some thousand times, and look for what was lost or done twice
	RELANCE_CRASH_KILLS=400 $(BIN)/python -m pytest -n auto --dist load tests/system/test_crash_smtp.py \
		tests/system/test_crash_host.py tests/system/test_crash_faults.py \
		tests/system/test_crash_online.py tests/system/test_crash_stores.py

postgresql: $(VENV)/.dev  ## the store and whole passes over PostgreSQL: RELANCE_TEST_POSTGRESQL=postgresql://user@127.0.0.1/empty
ifdef UV
	$(UV) pip install --quiet --python $(BIN)/python --editable '.[postgresql]'
else
	$(BIN)/python -m pip install --quiet --editable '.[postgresql]'
endif
	RELANCE_TEST_STORE=postgresql $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile \
		tests/contract/test_store_contract.py tests/system

live: $(VENV)/.dev  ## the host's contract against a real Odoo (see tests/live)
	$(BIN)/python -m pytest tests/live -ra

bench: $(VENV)/.dev  ## speed as ratios, measured in one run
	$(BIN)/python -m bench

wheel: $(VENV)/.dev  ## build the distribution
	rm -rf dist
	$(BIN)/python -m build --outdir dist

clean:  ## forget everything that was made
	rm -rf $(VENV) dist build demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
