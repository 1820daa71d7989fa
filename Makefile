# The verbs of this repository. They need python3 (3.11 or newer), pip and make; everything else lands in .venv.
#   make run ARGS='...'   the program, as `gemwright ...`        make test ARGS='-k wire'   the tests
#   make check            linters, types, floors, dependencies   make docs   generated pages, and the site
#   make prove            the long proofs                        make bench  side by side with other software
#   make tune-env         PyTorch and transformers, for training  make lock   resolve the locks anew
#   make peers-env        mlx-lm, transformers serve and mistral.rs, for the long proofs
#   make clean            forget everything that was installed or built

PYTHON ?= python3
ARGS ?=
BIN = .venv/bin

.PHONY: run test check prove bench docs lock oracles trees clients tune-env peers-env clean python env-run env-test

run: env-run
	@$(BIN)/gemwright $(ARGS)

test: env-test oracles trees clients
	@$(BIN)/pytest -n 2 $(ARGS)

check: env-test clients
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@if test -e build/clients/gemwright-clients.stamp; \
	  then $(BIN)/pyright -p requirements/clients.pyright.json --pythonpath build/clients/bin/python; \
	  else echo "types of src/gemwright/plugins not checked: build/clients is missing" >&2; fi
	@$(BIN)/lint-imports --no-logo
	@cd apps/simon && ../../$(BIN)/lint-imports --no-logo
	@cd apps/visualizer && ../../$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry src
	@cd apps/simon && ../../$(BIN)/deptry src
	@cd apps/visualizer && ../../$(BIN)/deptry src
	@$(BIN)/python scripts/write_error_reference.py --check
	@$(BIN)/python scripts/write_cli_reference.py --check
	@$(BIN)/python scripts/write_tape_reference.py --check
	@$(BIN)/python scripts/write_acid_vectors.py --check
	@$(BIN)/python scripts/write_acid_page.py --check
	@$(BIN)/gemwright corpus lint
	@$(BIN)/python scripts/write_corpus_reference.py --check

docs: env-test
	@$(BIN)/python scripts/write_error_reference.py
	@$(BIN)/python scripts/write_cli_reference.py
	@$(BIN)/python scripts/write_tape_reference.py
	@$(BIN)/python scripts/write_acid_page.py
	@$(BIN)/gemwright corpus compose
	@$(BIN)/python scripts/write_corpus_reference.py
	@$(BIN)/python scripts/build_site.py

prove: env-test oracles trees clients
	@GEMWRIGHT_PROVE=1 $(BIN)/pytest -n 2 --hypothesis-profile=search --timeout=1800 \
	  tests/wire tests/runtimes tests/formats tests/foundation tests/contract tests/acid tests/agent apps/simon/tests/tree apps/simon/tests/conversation apps/simon/tests/leaks apps/visualizer/tests/audio apps/visualizer/tests/output apps/visualizer/tests/project $(ARGS)
	@cat build/simon-index.json build/simon-proof.json
	@$(BIN)/python scripts/measure_acid.py build/acid

bench: env-test oracles
	@$(BIN)/python -m benchmarks bench $(ARGS)

# Official templates to compare with. Without a network the tests that need them say so and are skipped.
oracles: env-test
	@$(PYTHON) scripts/fetch_oracles.py

# Family trees that others published. Without a network the tests that need them say so and are skipped.
trees: env-test
	@$(PYTHON) scripts/fetch_oracles.py trees

# Official clients, in an environment of their own. Without a network the tests that need them say so and are skipped.
clients: python
	@$(PYTHON) scripts/set_up.py clients

# What training needs and no lock holds: hundreds of megabytes that few people want.
tune-env: env-test
	@$(BIN)/python -m pip install -qq --disable-pip-version-check "torch==2.13.0" "transformers==5.23.0"

# Other runtimes, an environment each under .cache/peers: the long proofs meet them for real. Gigabytes; never made by itself.
peers-env: env-test
	@cd standin && ../$(BIN)/python -m training.peers make

lock: python
	@$(PYTHON) scripts/write_locks.py

clean:
	rm -rf .venv .cache build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

env-run: python
	@$(PYTHON) scripts/set_up.py run

env-test: python
	@$(PYTHON) scripts/set_up.py test

python:
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON) here; gemwright needs Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gemwright needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "hint: name a newer one: make $(firstword $(MAKECMDGOALS) run) PYTHON=python3.12" >&2; exit 1; }
