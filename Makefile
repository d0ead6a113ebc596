# One way in. `make demo` on a machine with Python 3.11 or newer and make needs nothing else.

PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
VENV := .venv
APACHE_SPARK := build/apache-spark
SPARK_TESTS ?= tests/spark
BIN := $(VENV)/bin
PIP := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip --quiet

# How many tests run at once, how long fuzzing is, and what is fixed so that a demonstration never looks empty.
JOBS ?= 2
FUZZ ?= 20
WORLDS ?= 1
# A number here makes fuzzing repeat itself.
SEED ?=
DEMO_SOURCE ?= sample_data
DEMO_ORGANIZATION ?= mirador-austral
DEMO_CUSTOMER ?= 59a1cc9f-aa72-4679-84cc-98750b4e7b15
DEMO_AS_OF := 2026-11-22
DEMO := OPTTIUS_CACHE_FOLDER=build/demo $(BIN)/opttius
DEMO_SCOPE := --source $(DEMO_SOURCE) --organization $(DEMO_ORGANIZATION) --as-of $(DEMO_AS_OF)

LOCALE := opttius_cli/locale
TEMPLATE := build/opttius.pot
BABEL := $(BIN)/pybabel --quiet

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast test-spark test-apache-spark check audit format bench bench-rivals bench-check fuzz sample messages messages-check docs constraints site wheel clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.developing ## the virtual environment with all that development needs

demo: $(VENV)/.installed ## the dashboard and one customer of sample_data/
	@$(DEMO) dashboard $(DEMO_SCOPE) --period 30
	@printf '\n'
	@$(DEMO) customer $(DEMO_CUSTOMER) $(DEMO_SCOPE)

test: $(VENV)/.developing ## every test but the long ones, which `make fuzz` runs
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow and not cluster"

test-fast: $(VENV)/.developing ## under a minute: architecture, pure functions, one section of the contract
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow and not cluster" tests/architecture tests/unit tests/spec/test_segments.py

# A cluster may never answer; a test that takes longer than this has failed.
test-spark: $(VENV)/.sail ## every report on DuckDB and on Sail, a Spark Connect server from pip: equal cell by cell (WORLDS=10: more data)
	OPTTIUS_WORLDS=$(WORLDS) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m cluster \
		-o faulthandler_timeout=$(if $(filter 1,$(WORLDS)),900,0) -o faulthandler_exit_on_timeout=true tests/spark

test-apache-spark: $(VENV)/.sail $(APACHE_SPARK)/.installed ## the same on Apache Spark, which needs Java 17 or newer and 490 MB
	OPTTIUS_SPARK_HOME=$$($(APACHE_SPARK)/bin/python -c 'import pyspark; print(pyspark.__path__[0])') \
		OPTTIUS_WORLDS=$(WORLDS) $(BIN)/python -m pytest -m cluster \
		-o faulthandler_timeout=$(if $(filter 1,$(WORLDS)),900,0) -o faulthandler_exit_on_timeout=true $(SPARK_TESTS)

check: $(VENV)/.developing messages-check ## format, lint, types, imports, SQL, messages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sqlfluff lint --disable-progress-bar sql
	$(BIN)/python -m tools.sbom

audit: $(VENV)/.developing ## a bill of materials (build/sbom.json), and what is known to be unsafe of it
	$(BIN)/python -m tools.sbom

format: $(VENV)/.developing ## write every Python file as `make check` wants it
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(VENV)/.developing ## how fast it is, against the targets (OPTTIUS_BENCH=small: a short run)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.own_sql
	$(BIN)/python -m benchmarks.database

bench-rivals: $(VENV)/.rivals ## the same jobs by Polars, pandas, DuckDB, PostgreSQL and plain Python, in turn; stored in benchmarks/results
	$(BIN)/python -m benchmarks.rivals

bench-check: $(VENV)/.rivals ## fails when a ratio to a rival is worse by 20 % than the stored one
	$(BIN)/python -m benchmarks.rivals --check

fuzz: $(VENV)/.developing ## the long tests; and the generative ones, FUZZ times as many, from a new seed (0: a few, the same each time)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m slow $(if $(filter 0,$(FUZZ)),,--ignore tests/generative)
	$(if $(filter 0,$(FUZZ)),,OPTTIUS_FUZZ=$(FUZZ) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile \
		$(if $(SEED),--hypothesis-seed=$(SEED)) tests/generative)

sample: $(VENV)/.installed ## write sample_data/ anew
	$(BIN)/python -m opttius_cli.sample --out sample_data --customers 800 --seed 2026 --until 2026-11-22

$(TEMPLATE): $(VENV)/.developing FORCE
	@mkdir -p build
	@$(BABEL) extract --keyword n_:1,2 --sort-by-file --add-location=file --no-wrap --project=opttius \
		--output=$@ opttius_cli

messages: $(TEMPLATE) ## the message catalogs: extract, update, compile
	$(BABEL) update --domain opttius --input-file $< --output-dir $(LOCALE) --no-wrap --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date
	$(BABEL) compile --domain opttius --directory $(LOCALE)

messages-check: $(TEMPLATE)
	$(BABEL) update --check --domain opttius --input-file $< --output-dir $(LOCALE) --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

docs: $(VENV)/.developing ## the generated parts of the pages: references, transcripts, the map of modules
	$(BIN)/python -m docs

site: $(VENV)/.developing ## build/site: the docs as pages with search, in both languages, that open from disk
	$(BIN)/python -m tools.site

wheel: $(VENV)/.developing ## dist/*.whl
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

constraints: ## constraints.txt: the newest versions that pyproject.toml allows
	rm -rf build/newest && $(PYTHON) -m venv build/newest
	build/newest/bin/python -m pip --quiet install --editable '.[dev,sail]' editables
	{ sed -n '/^#/p' constraints.txt; \
	  build/newest/bin/python -m pip freeze --exclude opttius-cli | grep -v '^#'; } > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean: ## remove what was made, the virtual environment among it
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/.developing: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --editable '.[dev]' editables
	@touch $(VENV)/.installed $@

$(VENV)/.rivals: $(VENV)/.developing
	$(PIP) install --editable '.[rivals]'
	@touch $@

$(VENV)/.sail: $(VENV)/.developing
	$(PIP) install --editable '.[sail]'
	@touch $@

# The server of the client's version: both fill one package folder, so it has an environment of its own.
$(APACHE_SPARK)/.installed: constraints.txt
	$(PYTHON) -m venv $(APACHE_SPARK)
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(APACHE_SPARK)/bin/python -m pip --quiet install \
		"pyspark==$$(sed -n 's/^pyspark-client==//p' constraints.txt)"
	@touch $@

FORCE:
