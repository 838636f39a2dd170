# Two commands do it all: `make run` and `make test`. Both first prepare what they need (`make setup`).
# PYTHON=/path/to/python3 chooses the Python; LMS_PORT and LMS_DATA let two clones run side by side.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# Whatever the caller's shell has of Python must not leak into ours.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE PYTHONDONTWRITEBYTECODE VIRTUAL_ENV __PYVENV_LAUNCHER__

BIN := .venv/bin
ALL_TESTS := tests/rules tests/unit tests/integration tests/browser
TESTS ?= $(ALL_TESTS)
# Three processes, each with servers of its own: on two cores one mostly waits. A file is never split, and
# tests/support/lanes.py has their order.
PROCESSES := -n 3 --dist loadfile --no-loadscope-reorder
# Single files, or single tests of them, run in one process.
LANES ?= $(if $(findstring .py,$(TESTS)),,$(PROCESSES))
PYTEST = env -u LMS_DATABASE_URL -u LMS_REDIS_URL -u LMS_DATA -u LMS_DEMO

LOAD_TRAINEES ?= 200
LOAD_MINUTES ?= 10
# Mean seconds that each of them thinks between two requests.
LOAD_PAUSE ?= 5.5

# The linters of scripts and styles need Node.js: the one that `make setup` found or fetched.
NODE := sh scripts/with-node.sh

.PHONY: help setup run dev shell migration test test-fast test-full coverage bench bench-volume load lint fix hooks lock assets clean

help: ## Show this
	@echo 'Stazhirovka. What make can do:'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20
	@echo
	@echo '  LMS_PORT=8000 and LMS_DATA=./var choose the port and the data folder of `make run`;'
	@echo '  LANES= runs tests in one process; PYTHON=… the Python (3.11 or newer). More: docs/operator.md'

setup: ## Prepare the environment: .venv with the lms command, and the built front end
	@sh scripts/setup.sh

run: setup ## Start everything, with sample data on an empty database; Ctrl-C stops it all
	@LMS_DEMO=$${LMS_DEMO:-true} exec $(BIN)/lms run

dev: setup ## Start everything and follow changes of code, templates, styles and scripts
	@LMS_DEMO=$${LMS_DEMO:-true} exec $(BIN)/lms run --reload --workers 1 --jobs 1

shell: setup ## Python on the database, with every model, a session and the composed parts
	@LMS_DEMO=$${LMS_DEMO:-true} exec $(BIN)/lms shell

migration: setup ## Write the next migration from the models: make migration NAME='Add a seal to the certificate'
	@test -n "$(NAME)" || { echo "make migration NAME='Add a seal to the certificate'" >&2; exit 2; }
	@exec $(BIN)/lms db revision "$(NAME)"

test: setup ## Run every test: rules, unit, integration with real servers, browser; TESTS=tests/unit chooses
	@$(if $(subst $(ALL_TESTS),,$(TESTS)),,$(NODE) node --test tests/scripts/*.test.mjs)
	@exec $(PYTEST) $(BIN)/python -m pytest $(LANES) $(TESTS)

test-fast: setup ## Run the rule tests and unit tests, without the access matrix (a minute)
	@exec $(PYTEST) $(BIN)/python -m pytest -q $(PROCESSES) tests/rules tests/unit --ignore tests/rules/test_access.py

test-full: setup ## Run every test with all examples and documents of the corpora, not with a small sample
	@TESTS_FULL=1 exec $(MAKE) test

coverage: setup ## Run every test with coverage of lines and branches, and print the files with gaps and the total
	@$(BIN)/coverage erase
	@status=0; $(PYTEST) $(BIN)/coverage run -m pytest $(LANES) $(TESTS) || status=1; \
	$(BIN)/coverage combine --quiet && $(BIN)/coverage report || status=1; \
	exit $$status

bench: setup ## Measure: JSON lines, each figure beside its ceiling
	@exec $(BIN)/lms bench

load: setup ## Put 200 trainees and 5 leaders on a throw-away service for ten minutes: LOAD_TRAINEES=20 LOAD_MINUTES=1
	@exec $(BIN)/python -m lms.bench.under_load --trainees $(LOAD_TRAINEES) --minutes $(LOAD_MINUTES) --pause $(LOAD_PAUSE)

bench-volume: setup ## Open every page with 100,000 enrolments as every role; JSON lines: slowest pages, statements, scans, growth
	@exec $(BIN)/python -m lms.bench.volume $(if $(DATA),--data $(DATA))

lint: setup ## Check style, types, layers, dead code, templates, styles and scripts
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/lint-imports || status=1; \
	$(BIN)/python scripts/dead_code.py || status=1; \
	$(BIN)/djlint templates --lint --quiet || status=1; \
	$(BIN)/djhtml --check --tabwidth 2 templates >/dev/null || { echo 'Templates are not indented: make fix' >&2; status=1; }; \
	$(NODE) node_modules/.bin/biome check --error-on-warnings || status=1; \
	exit $$status

fix: setup ## Repair what the linters can repair, and format everything
	@status=0; \
	$(BIN)/ruff check --fix . || status=1; \
	$(BIN)/ruff format . || status=1; \
	$(BIN)/djhtml --tabwidth 2 templates || true; \
	$(NODE) node_modules/.bin/biome check --write --error-on-warnings || status=1; \
	exit $$status

hooks: setup ## Check what is staged at every commit (pre-commit), in this clone
	@$(BIN)/pre-commit install
	@git config blame.ignoreRevsFile .git-blame-ignore-revs

assets: ## Build the front end anew
	@sh scripts/setup.sh --rebuild

lock: setup ## Resolve the dependencies anew; commit what changes (UPGRADE=--upgrade takes newer releases)
	@sh scripts/lock.sh $(UPGRADE)

clean: ## Remove what setup made (.venv, node_modules, the built front end); data stay
	@rm -rf .venv node_modules lms/static/dist *.egg-info
