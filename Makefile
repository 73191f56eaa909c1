# `make help` lists what can be asked for. Each target sets up what it needs, once:
# a file in .venv/ or .servers/ remembers that it is done.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SERVERS := .servers
PEERS := benchmarks/peers/node_modules
SERVER_FILES := package.json package-lock.json .npmrc

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench servers clean

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.runtime  ## load 10,000 users and follows into the embedded simulator
	$(BIN)/python -m ddbbulk.examples.tweeter

test: $(VENV)/.dev servers  ## run every test, with the coverage gate
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses 4 --dist loadfile
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(VENV)/.dev  ## format, lint, types and import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## write the code the way that check wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.bench $(PEERS)/.npm  ## measure what the README promises (two hours)
	$(BIN)/python benchmarks/marshalling.py
	$(BIN)/python benchmarks/client_cost.py
	$(BIN)/python benchmarks/fuzz_readers.py
	$(BIN)/python benchmarks/simulator_throughput.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/chaos.py
	$(BIN)/python benchmarks/kill_and_resume.py
	$(BIN)/python benchmarks/raise_and_restore.py
	$(BIN)/python benchmarks/clear.py
	$(BIN)/python benchmarks/safety_cost.py
	$(BIN)/python benchmarks/conditional_puts.py
	$(BIN)/python benchmarks/read_budget.py
	$(BIN)/python benchmarks/transport_cost.py
	$(BIN)/python benchmarks/plan_rate.py
	$(BIN)/python benchmarks/verify.py
	$(BIN)/python benchmarks/import_time.py
	$(BIN)/python benchmarks/less_than_budget.py
	$(BIN)/python benchmarks/adaptive.py
	$(BIN)/python benchmarks/hot_keys.py
	$(BIN)/python benchmarks/seconds_per_10k.py

servers: $(SERVERS)/.node $(SERVERS)/.ministack  ## install the servers that the tests talk to

clean:  ## remove all that make has made
	rm -rf $(VENV) $(SERVERS) $(PEERS) dist .coverage .coverage.* .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "There is no $(PYTHON): ddbbulk needs Python 3.11 or newer." \
	    "Install one, or name it: make PYTHON=python3.12 ..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$("$(PYTHON)" --version 2>&1): ddbbulk needs Python 3.11" \
	    "or newer. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: pyproject.toml $(VENV)/.made
	$(PIP) install --editable .
	@touch $@

# Dependency groups are younger than the pip that comes with Python 3.11. Pyright runs
# on Node: where there is none, it gets one of its own.
$(VENV)/.dev: $(VENV)/.runtime
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --group dev
	@command -v node >/dev/null || $(PIP) install 'pyright[nodejs]'
	@touch $@

$(VENV)/.bench: $(VENV)/.runtime
	$(PIP) install --editable '.[bench]'
	@touch $@

# Without Node the benchmark leaves this peer out, and says so.
$(PEERS)/.npm: benchmarks/peers/package.json benchmarks/peers/package-lock.json
	@if command -v npm >/dev/null; then \
	  cd benchmarks/peers && npm ci --ignore-scripts --loglevel=error && \
	    touch node_modules/.npm; \
	fi

# No package here needs an install script, so none may run. Without Node there is no
# file that says "done": the next run looks again.
$(SERVERS)/.node: $(SERVER_FILES:%=tests/servers/%)
	@mkdir -p $(SERVERS)
	@if command -v npm >/dev/null && command -v node >/dev/null; then \
	  echo "npm ci (dynoxide, dynalite, the AWS SDK for JavaScript)"; \
	  cp $^ $(SERVERS)/ && (cd $(SERVERS) && npm ci --ignore-scripts --loglevel=error) && touch $@; \
	elif [ "$$CI" = true ] || [ "$$CI" = 1 ]; then \
	  echo "There is no Node here, and CI runs the tests on dynoxide and dynalite." >&2; exit 1; \
	else \
	  echo "There is no Node here: the tests on dynoxide and dynalite will be skipped."; \
	fi

$(SERVERS)/.ministack: tests/servers/ministack.txt $(VENV)/.made
	@mkdir -p $(SERVERS)
	$(BIN)/python -m venv $(SERVERS)/ministack
	$(SERVERS)/ministack/bin/python -m pip --disable-pip-version-check --quiet \
	  install --requirement $<
	@touch $@
