# Chute: drop a file, get a link. "make help" lists what there is.

VERSION := $(shell sed -n 's/^Version *= *"\(.*\)"/\1/p' FyneApp.toml)
EXE     := $(shell go env GOEXE 2>/dev/null)
PREFIX  ?= /usr/local
# Go programs of the build's own: ./... leaves out folders that begin with a dot.
OWN     := $(patsubst %/,./%,$(sort $(dir $(wildcard .ci/*/*.go .ci/dist/*/*.go))))

# The program keeps to Fyne's rules for goroutines, so Fyne need not check.
export GOFLAGS += -tags=migrated_fynedo

.DEFAULT_GOAL := help
.PHONY: help build run test lint e2e soak bench screenshots install dist dist-test setup-build setup-test setup-dist setup-dist-test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: setup-build ## build the program, ./chute
	go build -trimpath -ldflags "-s -w -X chute/app.Version=$(VERSION)" -o chute$(EXE) .

run: build ## build it and open the window
	@.ci/open ./chute$(EXE)

test: setup-test lint ## run every check and test that needs no more than this machine
	go test -race -p 2 -timeout 30m ./... $(OWN)
	@.ci/dist/linux-check
	go test -C .ci/dist/tools ./...

e2e: setup-test ## run the end-to-end tests alone (they are part of test)
	go test -race -count=1 -v -timeout 10m ./app/e2e

soak: setup-test ## kill 100 uploads at random moments and let them go on (5 of them are part of test)
	CHUTE_SOAK=$${CHUTE_SOAK:-100} go test -count=1 -v -timeout 60m -run TestSoak ./app/e2e

# ARGS are the flags of the bench, such as ARGS="-run line -n 5".
bench: setup-test build .bin/s5cmd ## measure beside s5cmd, the AWS CLI and an empty window (half an hour, 12 GiB of disk, Linux)
	go run ./.ci/bench $(ARGS)

screenshots: setup-test ## take the pictures in docs/pictures from the real window
	@.ci/screenshots

lint: setup-build .bin/staticcheck ## check format, vet, staticcheck and who may import whom
	@.ci/lint

install: ## put it below DESTDIR and PREFIX (/usr/local), on Linux
	@.ci/dist/install "$(DESTDIR)$(PREFIX)"

dist: setup-dist .bin/dist/nfpm ## make everything that is released, in dist/
	@.ci/dist/run

dist-test: setup-dist-test .bin/dist/nfpm ## make it, and try it: twice the same bytes, installed in a clean system, under Wine
	@.ci/dist/test

setup-build:
	@.ci/setup build

setup-test:
	@.ci/setup test

setup-dist:
	@.ci/setup dist

setup-dist-test:
	@.ci/setup dist-test

# All the tools that .ci/tools/go.mod pins are built together.
.bin/staticcheck: .ci/tools/go.mod .ci/tools/go.sum
	go build -C .ci/tools -o ../../.bin/ tool
	@touch $@

.bin/s5cmd: .ci/bench/peers/go.mod .ci/bench/peers/go.sum
	GOFLAGS= go build -C .ci/bench/peers -o ../../../.bin/s5cmd github.com/peak/s5cmd/v2
	@touch $@

.bin/dist/nfpm: .ci/dist/tools/go.mod .ci/dist/tools/go.sum $(wildcard .ci/dist/tools/*/*.go)
	go build -C .ci/dist/tools -o ../../../.bin/dist/ tool ./licences
	@touch $@
