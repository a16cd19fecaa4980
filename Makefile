# copydesk: `make run` cleans raw/ into clean/, `make test` runs everything that CI runs. Both need only Python, make and git.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
RAW ?= raw
CLEAN ?= clean
WORKERS ?= 1
CORPORA ?= ../shared/corpora
ROUNDS ?= 100
MINUTES ?= 10
EVERY ?= 8
RAWTEXT ?=
BASE ?= HEAD~1
JOBS ?= 3

VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/run-ready
DEV_STAMP := $(VENV)/dev-ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# pip compiles what it installs with one core; files that are no Python of this version fail, here as there, and nobody imports them.
# Of the tools only what is loaded is compiled, when it is loaded.
COMPILE = -$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib/python*/site-packages

.PHONY: help run test lint types pytest verify bench bench-pair fuzz soak models models-oof lock golden schema clean-venv

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] < (3, 14); ok or sys.exit("copydesk needs Python 3.11 to 3.13 (Luigi allows no later one), this is " + sys.version.split()[0] + "; name another: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --no-compile --require-hashes --no-deps -r requirements.lock
	$(COMPILE)
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	$(PIP) install --no-compile --require-hashes --no-deps -r requirements-dev.lock
	touch $@

run: $(RUN_STAMP)  ## clean raw/ into clean/ (RAW=, CLEAN=, WORKERS= choose others; YES=1 after a change of luigi.cfg)
	@$(BIN)/copydesk run --raw $(RAW) --clean $(CLEAN) --workers $(WORKERS) --config luigi.cfg $(if $(YES),--yes) $(if $(REPLACE),--replace); code=$$?; [ $$code -eq 0 ] || [ $$code -eq 3 ]

verify: $(RUN_STAMP)  ## derive every record in clean/ again and compare
	$(BIN)/copydesk verify $(CLEAN) --raw $(RAW)

test: lint types pytest  ## everything that CI runs (JOBS= says in how many processes the tests run)

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_STAMP)
	$(BIN)/mypy

# The builds of tests wait for the disk as long as they compute; where a file system in memory has room, their files lie there.
pytest: $(DEV_STAMP)
	@if [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null; then \
		TMPDIR=$$(mktemp -d /dev/shm/copydesk-tests.XXXXXX); export TMPDIR; trap 'rm -rf "$$TMPDIR"' EXIT; \
	fi; \
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -W error -m pytest -n $(JOBS) --dist worksteal

bench: $(DEV_STAMP)  ## write docs/benchmarks.md, quality beside cost for copydesk and its peers (CORPORA=, RAWTEXT=; EVERY= takes a part)
	$(PIP) install --require-hashes --no-deps -r requirements-bench.lock
	$(BIN)/python benchmarks/report.py $(CORPORA) --every $(EVERY) $(if $(RAWTEXT),--rawtext $(RAWTEXT))
	$(BIN)/python benchmarks/extracts.py $(CORPORA) --every $(EVERY)

bench-pair: $(DEV_STAMP)  ## the CPU time of this commit beside that of BASE=, on the same documents in turn
	$(BIN)/python benchmarks/pair.py $(BASE) $(CORPORA) --every $(EVERY)

fuzz: $(DEV_STAMP)  ## clean made-up inputs for MINUTES=10 and hold every record to all promises
	$(BIN)/python -m benchmarks.fuzz --minutes $(MINUTES) --workers $(WORKERS)

soak: $(DEV_STAMP)  ## kill builds at 100 random moments (ROUNDS= chooses another number) and compare what the next run makes
	COPYDESK_KILL_ROUNDS=$(ROUNDS) $(BIN)/python -W error -m pytest tests/tasks/test_faults.py -k killed

models: $(DEV_STAMP)  ## rebuild every model from the corpora in CORPORA=, and the card of the HTML models from their scores
	$(PIP) install --require-hashes --no-deps -r requirements-bench.lock
	COPYDESK_CORPORA=$(CORPORA) $(BIN)/python -m training.rebuild
	COPYDESK_CORPORA=$(CORPORA) $(BIN)/python -m training.html_report

models-oof: $(DEV_STAMP)  ## rebuild the out-of-fold models alone, which scores on the corpora are taken with: training/models/
	$(PIP) install --require-hashes --no-deps -r requirements-bench.lock
	COPYDESK_CORPORA=$(CORPORA) $(BIN)/python -m training.rebuild --oof

lock:  ## write the lock files anew (needs uv on the PATH)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --extra dev --extra training -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --extra bench --extra dev --extra training -c requirements-dev.lock pyproject.toml -o requirements-bench.lock

golden: $(DEV_STAMP)  ## write the golden records anew; read the difference before committing it
	$(BIN)/python tests/golden/write.py

schema: $(RUN_STAMP)  ## write the record's JSON Schema anew
	$(BIN)/python -m pipeline.emit.schema

clean-venv:
	rm -rf $(VENV)
