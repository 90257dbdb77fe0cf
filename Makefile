# Two commands are enough: `make app` and `make test`.
DATA ?= data
PORT ?= 8501
NEO4J_PORT ?= 7687
WORKERS ?= 3
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help app build test check bench provision neo4j lock stop clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# A stamp carries its lock's content: an environment is completed when, and only when, a lock changes.
STAMP := $(VENV)/installed-$(shell cksum requirements.lock | cut -d' ' -f1)
DEV_STAMP := $(VENV)/installed-dev-$(shell cksum requirements-dev.lock | cut -d' ' -f1)
$(STAMP): requirements.lock
	@test -x "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name one with PYTHON=…"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: name a newer one with PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	@rm -f $(VENV)/installed-[0-9]* && touch $@
$(DEV_STAMP): requirements-dev.lock | $(STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	@rm -f $(VENV)/installed-dev-* && touch $@

app: $(STAMP) ## install, build the graph from the bundled data, serve the app
	@$(BIN)/python -m ingest build --data "$(DATA)"
	@echo "The app opens on http://localhost:$(PORT) — stop it with Ctrl-C"
	@$(BIN)/python -m graph start --data "$(DATA)" >/dev/null 2>&1 & \
	EXPLORER_DATA_DIR="$(DATA)" $(BIN)/python -m streamlit run app.py --server.port $(PORT) --server.headless true

build: $(STAMP) ## build the graph only
	$(BIN)/python -m ingest build --data "$(DATA)"

test: check ## checks, then every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(PYTEST_ARGS)

check: $(DEV_STAMP) ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV_STAMP) ## time measures beside networkx, briefings, loads and ingest beside raw loaders; writes artefacts/
	@$(BIN)/python -m ingest build --data "$(DATA)" >/dev/null
	$(BIN)/python -m tests.benchmarks.bench_network
	$(BIN)/python -m tests.benchmarks.bench_briefing
	$(BIN)/python -m tests.benchmarks.bench_load
	$(BIN)/python -m tests.benchmarks.bench_ingest

provision: $(DEV_STAMP) # fetch the other engines `make test` runs on: real Neo4j servers, and Spark
	@$(BIN)/python -m tests.engines provision
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-spark.lock

neo4j: provision ## fetch a real Neo4j, for `make test` to run on too, and start it (needs Debian's maven)
	@$(BIN)/python -m tests.engines start --home "$(DATA)/neo4j" --port $(NEO4J_PORT)

COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 --universal --custom-compile-command "make lock"
lock: $(DEV_STAMP) ## resolve pyproject.toml again into the locks; UPGRADE=--upgrade takes newer versions
	$(COMPILE) $(UPGRADE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --extra spark --constraint requirements.lock --output-file requirements-spark.lock pyproject.toml

stop: $(STAMP) ## stop the embedded store
	$(BIN)/python -m graph stop --data "$(DATA)"

clean: ## remove the environment and the built graph, keep raw snapshots
	-@test -x $(BIN)/python && $(BIN)/python -m graph stop --data "$(DATA)"
	rm -rf $(VENV) $(DATA)/store $(DATA)/cache $(DATA)/rejects artefacts
