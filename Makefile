# Two commands: `make run` shows the scheme's whole year on the sample data, `make test` runs every test.
PYTHON ?= python3
LAB ?= 1
BIN := .venv/bin

NODE := tests/node
NODE_DONE := $(NODE)/node_modules/.package-lock.json

.PHONY: run test coverage format bundle screenshots revision
run: .venv/run.done
	$(BIN)/python -m assessor_kit demo $(if $(filter 0,$(LAB)),--no-lab)

# Prettier, tsc and the bundle are checked by tests/test_screen_script.py. Of two workers one begins
# with the screen's tests in JupyterLab, the other with those in the app.
WORKERS ?= 2

test: .venv/test.done $(NODE_DONE)
	$(BIN)/python -m ruff format --check --quiet .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder

# Which lines and branches the tests reach, in this process and its workers (not in commands they start).
coverage: .venv/test.done $(NODE_DONE)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder --cov --cov-report=term:skip-covered

# Lays out everything: Python and notebooks by Ruff; JavaScript, style sheets and Markdown by Prettier.
format: bundle
	$(BIN)/python -m ruff format --quiet .
	$(BIN)/python tests/support/screen_tools.py format

# The screen's modules as the one file that the browser loads.
bundle: .venv/test.done $(NODE_DONE)
	$(BIN)/python tests/support/screen_tools.py bundle

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

# What npm installed: for developers, on the Node that the test lock brings.
$(NODE_DONE): $(NODE)/package-lock.json .venv/test.done
	$(BIN)/python tests/support/screen_tools.py install
	touch $@

screenshots: .venv/test.done
	$(BIN)/python tests/support/screenshots.py

# A new revision of the database from what has changed in the tables: make revision MESSAGE="what changed"
revision: .venv/test.done
	$(BIN)/python -m assessor_kit.store.database.migrations "$(MESSAGE)"
