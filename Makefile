# `make` alone explains itself. Every target that needs a tool installs it first.

# Go needs a home; services and containers often have none.
ifeq ($(HOME),)
export HOME := $(shell getent passwd "$$(id -u)" | cut -d: -f6)
endif

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

MODULE := github.com/football-prediction/football-prediction
BUILDINFO := $(MODULE)/cmd/internal/buildinfo
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
LDFLAGS := -X $(BUILDINFO).version=$(VERSION) -X $(BUILDINFO).commit=$(COMMIT)

# Of the tests: what to test, how long a package may take, and further flags.
PACKAGES ?= ./...
TEST_TIMEOUT ?= 30m
TESTFLAGS ?=

WITH_SERVERS := go run ./test/withservers --

.PHONY: help
help: ## explain the targets
	@printf 'Usage: make TARGET [VARIABLE=value]...\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile
	@printf '\nVariables of run:\n'
	@printf '  DATA   auto (default), openfootball, simulated, football-data.co.uk, football-data.org, or a folder\n'
	@printf '  AS_OF  YYYY-MM-DD: the world as it was known then\n'
	@printf '  EXIT   1: stop once everything is up and printed\n'
	@printf '  OBSERVE  1: also start Prometheus and Alertmanager, when they are installed\n'
	@printf '\nVariables of test: PACKAGES (%s), TEST_TIMEOUT (%s), TESTFLAGS\n' '$(PACKAGES)' '$(TEST_TIMEOUT)'

.PHONY: run
run: ## start everything on this machine, print forecasts and URLs, stay up until Ctrl-C
	@deploy/scripts/install-tools.sh run
	@$(MAKE) build
	@exec bin/devstack

.PHONY: build
build: ## build api, worker, footballctl and devstack into bin/
	@go build -buildvcs=false -ldflags '$(LDFLAGS)' -o bin/ ./cmd/api ./cmd/worker ./cmd/footballctl ./cmd/devstack

.PHONY: install
install: ## install what development needs: servers, tools, modules
	@deploy/scripts/install-tools.sh test
	@deploy/scripts/install-tools.sh lint
	@go mod download

.PHONY: test
test: ## run every test but the long proofs, with the race detector, on real servers
	@deploy/scripts/install-tools.sh test
	@CGO_ENABLED=1 $(WITH_SERVERS) go test -race -timeout $(TEST_TIMEOUT) $(TESTFLAGS) $(PACKAGES)

.PHONY: prove
prove: ## run the long proofs (tests named TestProve…, build tag prove); each prints its figure
	@deploy/scripts/install-tools.sh test
	@$(WITH_SERVERS) go test -tags prove -run '^TestProve' -v -timeout 3h -p 1 $(TESTFLAGS) $(PACKAGES)

.PHONY: bench
bench: ## run the benchmarks
	@deploy/scripts/install-tools.sh run
	@$(WITH_SERVERS) go test -run '^$$' -bench . -benchmem -timeout 1h -p 1 $(TESTFLAGS) $(PACKAGES)

.PHONY: dist
dist: ## make a release: programs, their parts and licences, checksums, in dist/
	@VERSION=$(VERSION) COMMIT=$(COMMIT) deploy/scripts/dist.sh

.PHONY: dashboards
dashboards: ## write Grafana's dashboards from their tables in deploy/grafana/generate
	@go run ./deploy/grafana/generate deploy/grafana/dashboards

.PHONY: openapi
openapi: ## write the API's description into docs/openapi
	@go run ./cmd/footballctl openapi --out docs/openapi

.PHONY: sdk
sdk: openapi ## generate the Go and TypeScript clients in sdk/ from that description
	@deploy/scripts/install-tools.sh sdk
	@deploy/scripts/generate-sdk.sh docs/openapi sdk

.PHONY: lint
lint: ## check style, imports, modules, known vulnerabilities and secrets
	@deploy/scripts/install-tools.sh lint
	@deploy/scripts/lint.sh

# The operations manual's names: they drive Docker Compose. OVERLAYS adds files of
# deploy/compose, such as OVERLAYS="prod monitoring".
OVERLAYS ?=
COMPOSE := VERSION=$(VERSION) docker compose -f docker-compose.yml $(foreach o,$(OVERLAYS),-f deploy/compose/$(o).yml)

.PHONY: secrets
secrets: build ## make the secrets that containers are given, in deploy/secrets
	@deploy/scripts/make-secrets.sh

.PHONY: up-db
up-db: ## start PostgreSQL, Redis and Temporal in containers
	@$(COMPOSE) up -d --wait postgres redis temporal

.PHONY: db-migrate
db-migrate: ## make roles, database and schema in the containers
	@$(COMPOSE) run --rm --build provision
	@$(COMPOSE) run --rm migrate

.PHONY: up
up: ## start everything in containers
	@$(COMPOSE) up -d --build --wait

.PHONY: down
down: ## stop the containers; data stays
	@$(COMPOSE) down

.PHONY: health-check
health-check: ## is all well? with the containers, or with what `make run` started
	@if [ -n "$$($(COMPOSE) ps -q 2>/dev/null)" ]; then \
		$(COMPOSE) ps && $(COMPOSE) exec -T api /api --probe ready && $(COMPOSE) run --rm ctl check all; \
	else \
		go run ./cmd/footballctl check all --local; \
	fi

.PHONY: clean
clean: ## remove binaries and the data of `make run`
	@rm -rf bin .data
