# The commands a person has to know. `make help` lists them.

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where Python may not keep what it has compiled, each start takes four seconds longer.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check bench pictures lock format texts

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.installed ## Start the portal with its demonstration (Ctrl-C stops it)
	@PORTAL_ENV=$${PORTAL_ENV:-development} exec $(BIN)/python -m portal serve --prepare

test: .venv/.installed-dev ## Run every test on SQLite and on PostgreSQL, in a real browser
	@$(BIN)/python -m tests.harness.chromium
	@$(BIN)/python -m portal.prepare
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.installed-dev ## Format, lint, types, import contracts, dependencies; no tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/djlint --lint --quiet templates

format: .venv/.installed-dev ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.installed-dev ## Measure; the table goes into docs/performance.md
	@$(BIN)/python -m portal.prepare
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: .venv/.installed-dev ## Draw the pictures of the guides for organisers and editors anew
	@$(BIN)/python -m tests.harness.chromium
	@$(BIN)/python -m portal.prepare
	@PORTAL_TEST_PICTURES=docs/pictures $(BIN)/python -m pytest -q -k "sqlite or listening or wide" \
		tests/browser/test_organisers_week.py tests/browser/test_editors_day.py tests/browser/test_listening.py \
		tests/browser/test_states.py

texts: .venv/.installed-dev ## Gather every text for people into the catalogues of the languages
	@$(BIN)/python -m tests.harness.texts

lock: ## Renew requirements.lock and requirements-dev.lock (needs uv)
	uv pip compile $(LOCK_FLAGS) pyproject.toml -o requirements.lock
	uv pip compile $(LOCK_FLAGS) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# A virtual environment from the hashed lock: by uv where it is on the PATH, else by venv and pip.

ifneq ($(UV),)
INSTALL := uv pip install --quiet --python $(BIN)/python
VENV := uv venv --quiet --allow-existing --python $(PYTHON) .venv
else
INSTALL := $(BIN)/python -m pip install --quiet --no-input --no-compile
VENV := $(PYTHON) -m venv .venv
endif

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 4))' || \
		{ echo 'The portal needs Python 3.11.4 or later as $(PYTHON); name another with PYTHON=….' >&2; exit 1; }
	@$(VENV) || { echo 'Making .venv failed: on Debian and Ubuntu, install python3-venv (or uv).' >&2; exit 1; }

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo 'Installing what the portal needs …'
	@test -n '$(UV)' || $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(INSTALL) --require-hashes --no-deps -r requirements.lock
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo 'Installing what the tests need …'
	@$(INSTALL) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@
