# Everything starts here: demo, test, check, bench. Each prepares what it needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test check bench faults faults-quick lint types contracts requirements spss clean

help:
	@echo "make demo    the whole thing in a browser, without a token"
	@echo "make test    everything needed, then all tests"
	@echo "make check   all checks that CI runs: lint, types, import contracts, tests"
	@echo "make bench   benchmarks; writes benchmarks/results/*.json"
	@echo "make faults-quick   kills, full disks, a lying Telegram, wrong clocks, power cuts, a flood: ten minutes"
	@echo "make faults  ten times as much, an hour; writes docs/reliability.md"
	@echo "make spss    what micic open --format spss needs beside the rest"

$(VENV)/.run: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

$(VENV)/.spss: $(VENV)/.run requirements/spss.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/spss.txt
	@touch $@

spss: $(VENV)/.spss

demo: $(VENV)/.run
	$(BIN)/micic demo $(if $(PLAY),--play $(PLAY))

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

check: lint types contracts test

# What we are compared with asks for other versions than ours: each in an environment of its own.
.aiogram/.ready .datasketch/.ready: .%/.ready: requirements/%.txt
	test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

bench: $(VENV)/.dev .aiogram/.ready .datasketch/.ready
	$(BIN)/python -m benchmarks

faults-quick: $(VENV)/.dev
	$(BIN)/python -m tests.faults --quick

faults: $(VENV)/.dev
	$(BIN)/python -m tests.faults

requirements:
	$(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet uv
	.uv/bin/uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements/run.txt
	.uv/bin/uv pip compile pyproject.toml requirements/build.in --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -c requirements/run.txt -o requirements/dev.txt
	.uv/bin/uv pip compile --group spss -c requirements/run.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements/spss.txt
	for other in aiogram datasketch; do \
	  .uv/bin/uv pip compile requirements/$$other.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements/$$other.txt; \
	done
	rm -rf .uv

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
