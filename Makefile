# Two commands: `make demo` shows the main job on this machine, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types tests set-up clean

demo: set-up
	$(BIN)/build-bench generate quick

test: lint types tests

lint: set-up
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: set-up
	$(BIN)/mypy

tests: set-up
	$(BIN)/pytest -n auto --dist worksteal

set-up: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("build-bench needs Python 3.11 or newer; name one with make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
