# Two commands: `make demo` shows the main job on this machine, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: demo test lint types tests test-peers clean

demo: .venv/for-demo
	$(BIN)/build-bench generate quick

test: lint types tests

lint: .venv/for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/for-tests
	$(BIN)/mypy

tests: .venv/for-tests
	$(BIN)/pytest -n auto --dist worksteal --durations=10

# The exports in the peers' own packages: they are heavy and want versions of their own, so not a part of `test`.
test-peers: .venv-peers/ready
	.venv-peers/bin/pytest -n 0 tests/release/exports

.venv-peers/ready: pyproject.toml
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,peers]'
	touch $@

# Making a benchmark and reading it needs little; the tests need everything, models and diffusion too.
.venv/for-demo: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("build-bench needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(INSTALL) '.[datasets,hub]'
	touch $@

.venv/for-tests: .venv/for-demo
	$(INSTALL) '.[dev]'
	touch $@

clean:
	rm -rf .venv .venv-peers dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
