# The commands of this repository. `make` or `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := contracts services/chassis services/lists-api services/trakt-sync services/notifier deploy/trakt-simulator deploy/local
# What is checked beside them. Each tests folder is checked alone: two of them may have files of the same name.
SCRIPTS := benchmarks conftest.py deploy/*.py deploy/containers/*.py deploy/kubernetes/*.py deploy/observability/*.py
TESTS := $(PACKAGES:%=%/tests) deploy/tests deploy/containers/tests deploy/kubernetes/tests deploy/observability/tests $(wildcard tests/*)
# The tests run in as many processes, each with servers of its own. Twice the two processors: tests wait a lot
# (measured on two: 13 min with 3, 11 with 4).
WORKERS := 4
# A test that hangs shows where.
PARALLEL := --numprocesses $(WORKERS) --override-ini faulthandler_timeout=420
# Which Python the environment should have: PYTHON's version where it is given, else the one that is there. The stamp is
# named after it, so that another Python makes another environment and never a mixture.
GIVEN := $(if $(filter file,$(origin PYTHON)),,$(PYTHON))
version = $(basename $(lastword $(shell $(1) -V 2>/dev/null)))
VERSION := $(or $(call version,$(or $(GIVEN),$(BIN)/python)),$(call version,$(PYTHON)))
STAMP := $(VENV)/.installed-$(VERSION)

# Compiled modules are kept, whatever the environment says. Without them each process compiles all of ours that it loads
# (half of what lists-api's start costs), and each process of the tests rewrites every test.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check lint documents types fmt schemas bench soak faults kafka up down containers kubernetes token console account accounts catalogue lock version audit sbom release rolling clean

help: ## list these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make the virtual environment (every other command does it by itself)

$(STAMP): requirements.lock $(PACKAGES:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "WatchBuddy needs Python 3.11 or newer; $(PYTHON) is $(or $(call version,$(PYTHON)),not there)." \
			"Try: make $(strip $(MAKECMDGOALS) PYTHON=python3.13)"; exit 2; }
	@echo "Setting up $(VENV) (once; a minute with an empty package cache)"
	@$(PYTHON) -m venv --clear $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock >$(VENV)/installer.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/installer.txt \
		|| { echo "The packages could not be fetched. Is there a network, or a package index that answers?"; exit 2; }
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --requirements requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(PACKAGES:%=--editable ./%)
	@touch $(VENV)/.installed-$(call version,$(PYTHON))

demo: $(STAMP) ## run the whole system on embedded parts and play the main job
	@$(BIN)/python -m local_stack demo

run: $(STAMP) ## run the whole system for daily use, its data kept
	@$(BIN)/python -m local_stack run

test: $(STAMP) ## run every test
	@$(BIN)/pytest $(PARALLEL) --durations 10

check: $(STAMP) ## lint, types and tests of one package (make check PACKAGE=services/notifier)
	@test -d "$(PACKAGE)/src" || { echo "Which package? One of: $(PACKAGES)." \
		"Try: make check PACKAGE=services/notifier"; exit 2; }
	@$(MAKE) --no-print-directory lint
	@$(BIN)/mypy $(PACKAGE)/src
	@$(BIN)/mypy $(PACKAGE)/tests
	@$(BIN)/pytest $(PARALLEL) $(PACKAGE)

lint: $(STAMP) documents ## ruff, import-linter, migrations, committed documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/squawk --no-error-on-unmatched-pattern 'services/*/src/*/migrations/*.sql'

# For `make lint` and the hooks before a commit.
documents: $(STAMP)
	@$(BIN)/python -m watchbuddy_contracts.schemas --check
	@$(BIN)/python -m watchbuddy_contracts.asyncapi --check
	@$(BIN)/python -m lists_api openapi --check docs/openapi/lists-api.json
	@$(BIN)/python -m notifier openapi --check docs/openapi/notifier.json
	@$(BIN)/python -m trakt_sync openapi --check docs/openapi/trakt-sync.json
	@$(BIN)/python -m chassis.telemetry.document --check docs/telemetry.md
	@$(BIN)/python deploy/observability/dashboards.py --check
	@$(BIN)/python deploy/version.py --check

types: $(STAMP) ## mypy, strict
	@$(BIN)/mypy $(PACKAGES:%=%/src) $(SCRIPTS)
	@for tests in $(TESTS); do $(BIN)/mypy "$$tests" || exit; done

fmt: $(STAMP) ## format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

schemas: $(STAMP) ## write the documents that are made from the code: JSON Schemas, AsyncAPI, OpenAPI, telemetry
	@$(BIN)/python -m watchbuddy_contracts.schemas
	@$(BIN)/python -m watchbuddy_contracts.asyncapi
	@$(BIN)/python -m lists_api openapi --write docs/openapi/lists-api.json
	@$(BIN)/python -m notifier openapi --write docs/openapi/notifier.json
	@$(BIN)/python -m trakt_sync openapi --write docs/openapi/trakt-sync.json
	@$(BIN)/python -m chassis.telemetry.document --write docs/telemetry.md
	@$(BIN)/python deploy/observability/dashboards.py --write

bench: $(STAMP) ## measure, and print the figures beside their goals
	@$(BIN)/python -m benchmarks

soak: $(STAMP) ## look for new schedules and examples that fail, for an hour (make soak SCHEDULES=50000)
	@SCHEDULES=$(or $(SCHEDULES),50000) $(BIN)/pytest -s services/trakt-sync/tests/test_simulation.py
	@EXAMPLES=new $(BIN)/pytest -m hypothesis --ignore services/trakt-sync/tests/test_simulation.py

# A network namespace of its own: what is lost there is lost to nobody else. It has no way out, so Kafka is fetched before.
faults: $(STAMP) ## troubles under load with the real parts, five minutes each (make faults SECONDS=60 ONLY=Postgres)
	@$(BIN)/python -c 'import asyncio; from local_stack.kafka.distribution import KafkaDistribution as K; \
		asyncio.run(K.find().download(print))'
	@run="$(BIN)/python -m pytest -s -q -p no:cacheprovider tests/faults $(if $(ONLY),-k $(ONLY))"; \
		export FAULTS_SECONDS="$(SECONDS)"; \
		if unshare --net true 2>/dev/null; then \
			exec unshare --net sh -c "ip link set lo up; FAULTS_OWN_NETWORK=1 exec $$run"; \
		else exec $$run; fi

kafka: $(STAMP) ## start a real Apache Kafka on one node (needs Java and Maven)
	@$(BIN)/python -m local_stack kafka

up: ## start the production-like system with Docker Compose
	@sh deploy/containers/make-env
	docker compose up --build --wait

down: ## stop it; its data stay
	docker compose down

containers: ## build the images and check the Compose system for real (needs a Docker engine; some minutes)
	@$(PYTHON) deploy/containers/check.py

kubernetes: ## build the overlays for Kubernetes and check each object by its schema (needs kubectl; offline)
	@$(PYTHON) deploy/kubernetes/check.py

token: $(STAMP) ## print a token for a user of the running stack (make token USER_ID=demo)
	@$(BIN)/python -m local_stack token --user "$${USER_ID:-demo}"

console: $(STAMP) ## print a one-time link to the running stack's console (make console USER_ID=demo)
	@$(BIN)/python -m local_stack console --user "$${USER_ID:-demo}"

account: $(STAMP) ## connect a Trakt account on the running stack (make account USER_ID=ada < tokens.json)
	@$(BIN)/python -m local_stack account --user "$${USER_ID:-demo}"

accounts: $(STAMP) ## show the Trakt accounts of the running stack
	@$(BIN)/python -m local_stack account --list

catalogue: $(STAMP) ## import titles into the running stack's catalogue (make catalogue FILE=title.basics.tsv.gz)
	@$(BIN)/python -m local_stack catalogue $(FILE)

lock: $(STAMP) ## compile requirements.lock anew
	@$(BIN)/python deploy/lock.py

version: $(STAMP) ## write the version that stands in VERSION into every package and image
	@$(BIN)/python deploy/version.py

audit: $(STAMP) ## ask for known vulnerabilities of all dependencies (needs an index that answers: exit 2 when none does)
	@$(BIN)/python deploy/audit.py

sbom: $(STAMP) ## list what the images hold, as CycloneDX in dist/sbom
	@$(BIN)/python deploy/sbom.py

release: $(STAMP) ## make a release of what is committed, pushing nothing (make release TO=0.2.0)
	@$(BIN)/python deploy/release.py $(TO)

rolling: $(STAMP) ## upgrade from a version before under load, process by process, and back (make rolling FROM=v0.2.0)
	@$(BIN)/python deploy/rolling.py $(FROM)

clean: ## remove what these commands made, but the state of `make run`
	rm -rf $(VENV) .local .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
