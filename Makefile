# `make demo` and `make test` set everything up: a virtual environment in $(VENV), then wnpopt with what the target needs.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DOCS_READY := $(VENV)/.docs-ready
MUTATION_READY := $(VENV)/.mutation-ready
# Two workers: the tests are made for two cores.
WORKERS ?= 2

.PHONY: demo test test-slow smoke lint suites docs archive mutate clean

# Byte code, too: where PYTHONDONTWRITEBYTECODE is set every process would compile the sources for 0.3 s.
$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	$(BIN)/python -m compileall -q wnpopt
	touch $@

$(DOCS_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@

$(MUTATION_READY): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[mutation]'
	touch $@

demo: $(READY)
	$(BIN)/python scripts/demo.py

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-slow: $(READY)
	$(BIN)/python -m pytest -m 'slow or examples' -n $(WORKERS) --dist worksteal

smoke: $(READY)
	$(BIN)/python -m pytest -m smoke

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

suites: $(READY)
	$(BIN)/python scripts/graphs_build.py --check
	$(BIN)/python scripts/suites.py wnp --check

# Every warning is an error: links that lead nowhere, formulas that cannot be read, notebooks that fail.
docs: $(DOCS_READY)
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --jobs $(WORKERS) -c docs . out/site

# The benchmark library as one file, for a repository with DOIs: the same bytes whenever it is made.
archive: $(READY)
	$(BIN)/python scripts/archive.py

# Half an hour or so; goes on where it was stopped. Exit code 1 for a mutant that no test kills and nothing explains.
mutate: $(MUTATION_READY)
	nice $(BIN)/python scripts/mutate.py

clean:
	rm -rf $(VENV) out build dist *.egg-info
