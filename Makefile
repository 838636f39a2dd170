# Two commands do it all: `make run` and `make test`. Both prepare what they need (`make setup`) by themselves.
# PYTHON=/path/to/python3 chooses the Python; LMS_PORT and LMS_DATA let two clones run side by side.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# Whatever the caller's shell has of Python must not leak into ours.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE VIRTUAL_ENV __PYVENV_LAUNCHER__

BIN := .venv/bin
TESTS ?= tests/rules tests/unit tests/integration tests/browser

.PHONY: help setup run test bench lint lock assets clean

help: ## Show this
	@echo 'Stazhirovka. What make can do:'
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 16
	@echo
	@echo '  LMS_PORT=8000 and LMS_DATA=./var choose the port and the data folder of `make run`;'
	@echo '  TESTS=tests/unit chooses tests; PYTHON=… the Python (3.11 or newer). More: docs/operator.md'

setup: ## Prepare the environment: .venv with the lms command, and the built front end
	@sh scripts/setup.sh

run: setup ## Start everything, with sample data on an empty database; Ctrl-C stops it all
	@LMS_DEMO=$${LMS_DEMO:-true} exec $(BIN)/lms run

test: setup ## Run every test: rules, unit, integration with real servers, browser
	@exec env -u LMS_DATABASE_URL -u LMS_REDIS_URL -u LMS_DATA -u LMS_DEMO $(BIN)/python -m pytest $(TESTS)

bench: setup ## Measure: JSON lines, each figure beside its ceiling
	@exec $(BIN)/lms bench

lint: setup ## Check style, types and which way the layers point
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/lint-imports || status=1; \
	exit $$status

assets: ## Build the front end anew
	@sh scripts/setup.sh --rebuild

lock: setup ## Resolve the dependencies anew; commit what changes (UPGRADE=--upgrade takes newer releases)
	@sh scripts/lock.sh $(UPGRADE)

clean: ## Remove what setup made (.venv, node_modules, the built front end); data stay
	@rm -rf .venv node_modules lms/static/dist *.egg-info
