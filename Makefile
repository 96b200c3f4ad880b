# Two commands: `make run` shows the scheme's whole year on the sample data, `make test` runs every test.
PYTHON ?= python3
LAB ?= 1
BIN := .venv/bin

.PHONY: run test screenshots revision
run: .venv/run.done
	$(BIN)/python -m assessor_kit demo $(if $(filter 0,$(LAB)),--no-lab)

test: .venv/test.done
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.done: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/test.done: .venv/bin/python requirements-test.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

screenshots: .venv/test.done
	$(BIN)/python tests/screenshots.py

# A new revision of the database from what has changed in the tables: make revision MESSAGE="what changed"
revision: .venv/test.done
	$(BIN)/python -m assessor_kit.store.migrations "$(MESSAGE)"
