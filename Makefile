# A machine with Go, make and git can run build, demo, test, fuzz, size, cross, repro, bench and evidence. With a C
# compiler the tests run under the race detector; check also needs shellcheck, image, servers and platforms need Docker.

# Nothing of the clone but its commit goes into the version, and so into the bytes: not tags, nor how many objects
# there are, which would change the length of a short hash.
ifndef VERSION
VERSION := 0.1.0-dev$(addprefix +,$(shell git --no-optional-locks describe --always --dirty --exclude='*' --abbrev=12 2>/dev/null))
endif

# What keeps it small: no HTTP/2, cryptography without assembly, no inlining (a sixteenth) but in Go's runtime, where
# 45 KB save a twentieth of the start and a twelfth of the front's processor time. Bounds checks stay.
FLAGS     := -trimpath -buildvcs=false -tags=nethttpomithttp2,purego -gcflags=all=-l -gcflags=runtime=
PLATFORMS := amd64 arm64 arm-v7 ppc64le s390x riscv64
MAX_BYTES := 8710000
FUZZTIME  ?= 20s
CHECKS    := fmt vet fix staticcheck mod shellcheck cross size repro

# Functions of amd64 begin at multiples of 32 bytes by default; a program that waits gains nothing by it (209 KB).
ALIGN = $(if $(filter amd64,$(ARCH)),-funcalign=1 )

# Settings of the machine that would show in the bytes are given their usual values.
SETTINGS = CGO_ENABLED=0 GOOS=linux GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT= GOFLAGS=-mod=readonly
DRAINIT  = $(SETTINGS) go build $(FLAGS) -ldflags '-s -w $(ALIGN)-X main.version=$(VERSION)' -o $@ ./cmd/drainit

# The race detector needs cgo and a compiler that works; building something with it is the only sure way to know.
RACE = $(shell go build -race -o /dev/null ./test/summary 2>/dev/null && echo -race)

# Where CI runs, and in check, a test may be skipped only for a reason listed in test/skips.txt.
SKIPS = $(if $(CI),-allow-skips test/skips.txt)

.DEFAULT_GOAL := build
.PHONY: build demo demo-full test check $(CHECKS) fuzz image bench frontbench evidence servers pods sidecar platforms clean help print-checks FORCE

build: bin/drainit ## bin/drainit, static, for this machine

demo: bin/drainit ## a rolling restart under load, bare, with a sleep, under drainit, and with --front (under a minute)
	go run ./examples/rollout
	go run ./examples/rollout -keep -hold 3s

demo-full: bin/drainit ## the same for every lag, response time and kind of server (about twelve minutes)
	go run ./examples/rollout -full

test: ## all tests, and what was skipped and why
	@race='$(RACE)'; [ "$$race" ] || echo 'without the race detector: no C compiler that works here'; \
	go run ./test/summary $(SKIPS) -- $$race -shuffle=on -timeout=15m ./...

check: SKIPS = -allow-skips test/skips.txt
check: $(CHECKS) test ## what CI runs: the checks below, then the tests, with no skip but those allowed by name

fmt: ## gofmt has nothing to say
	@out=$$($$(go env GOROOT)/bin/gofmt -l $$(go list -f '{{.Dir}}' ./...)) && [ -z "$$out" ] || { echo "run gofmt -w on:" $$out; exit 1; }

vet: ## go vet, here and where words are 32 bits (arm), big-endian (s390x), or system calls differ (arm64)
	go vet ./...
	for arch in arm arm64 s390x; do $(SETTINGS) GOARCH=$$arch go vet $(FLAGS) ./... || exit; done

fix: ## go fix has nothing to modernise
	go fix -diff ./...

staticcheck: ## staticcheck, of the version in tools.mod
	go tool -modfile=tools.mod staticcheck ./...

mod: ## go.mod and go.sum are tidy and what was downloaded is what they say
	go mod tidy -diff
	go mod verify

shellcheck: ## shellcheck on every script
	git grep --untracked -lE '^#!.*\b(ba)?sh\b' -- ':!*.md' ':!*.go' | xargs -r shellcheck

pods: ## 200 pods of three drainits, stopped in random ways (two minutes)
	POD_RUNS=200 go test ./cmd/drainit -run TestRandomPods -count=1 -timeout=15m -parallel=8

sidecar: ## an app, pgbouncer and PostgreSQL in Docker, stopped 20 times with drainit and 20 without (two minutes)
	SIDECAR_STOPS=20 go test ./test/docker -run TestProxyLeaves -count=1 -timeout=15m -v

fuzz: ## every fuzz test, FUZZTIME (20s) each
	scripts/fuzz.sh $(FUZZTIME)

size: bin/drainit-linux-amd64 bin/drainit-linux-arm64 ## fails where the one for amd64 has outgrown its limit
	@go run ./scripts/binary -max amd64=$(MAX_BYTES) $^

cross: $(PLATFORMS:%=bin/drainit-linux-%) ## builds for every platform, each static
	@go run ./scripts/binary $^
	@echo "only built, not run: all but $$(go env GOARCH)"

repro: ## two builds of the last commit, in two places and with two caches, are the same bytes
	scripts/repro.sh

image: bin/drainit bin/server ## the image of Dockerfile.example
	docker build -f Dockerfile.example -t drainit-example .

bench: bin/drainit ## what drainit costs against tini, dumb-init and catatonit where installed (six minutes)
	go run ./test/bench $(BENCHFLAGS)

frontbench: bin/drainit ## what --front costs next to the program alone and nginx (four minutes; wrk, nginx)
	go run ./test/frontbench $(FRONTFLAGS)

evidence: bin/drainit bin/server ## what is seen of connections and what ranges are worth (five minutes; root)
	go run ./test/evidence $(EVIDENCEFLAGS)

servers: bin/drainit ## the servers of docs/servers.md stopped under drainit and tini, and the verdicts compared (ten minutes, Docker)
	go run ./test/servers $(SERVERFLAGS)

platforms: bin/drainit bin/server ## rollouts on Swarm, Compose and behind balancers (four minutes, Docker; with PLATFORMFLAGS=-full 70 to 80)
	go run ./test/platforms $(PLATFORMFLAGS)

clean: ## removes bin; .cache, where the tests keep Debian roots, is left
	rm -rf bin

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

print-checks:
	@echo $(CHECKS)

bin/drainit: ARCH = $(shell go env GOARCH)
bin/drainit: FORCE
	$(DRAINIT)

# arm-v7 is GOARCH=arm GOARM=7; the others have no variant.
bin/drainit-linux-%: ARCH = $(firstword $(subst -v, ,$*))
bin/drainit-linux-%: FORCE
	GOARCH=$(ARCH) GOARM=$(word 2,$(subst -v, ,$*)) $(DRAINIT)

bin/server: FORCE
	$(SETTINGS) go build $(FLAGS) -o $@ ./examples/server
