# A machine with Go, make and git can run build, demo, test, fuzz, size, cross, repro, bench and evidence. test-all
# needs root, Docker, debootstrap and, for the race detector, a C compiler; check also needs shellcheck, shapes root
# and debootstrap, image, servers and platforms need Docker, vm a Debian (apt, dpkg, xz) and nothing of root.

# Nothing of the clone but its commit goes into the version, and so into the bytes: not tags, nor how many objects
# there are, which would change the length of a short hash.
ifndef VERSION
COMMIT  := $(shell git --no-optional-locks describe --always --dirty --exclude='*' --abbrev=12 2>/dev/null)
VERSION := 0.1.0-dev$(addprefix +,$(COMMIT))
endif

# What keeps it small: no HTTP/2, cryptography without assembly, no inlining (a sixteenth) but in Go's runtime, where
# 45 KB save a twentieth of the start and a twelfth of the front's processor time. Bounds checks stay.
FLAGS     := -trimpath -buildvcs=false -tags=nethttpomithttp2,purego -gcflags=all=-l -gcflags=runtime=
PLATFORMS := amd64 arm64 arm-v7 ppc64le s390x riscv64
MAX_BYTES := 9216000
FUZZTIME  ?= 20s
CHECKS    := fmt vet fix staticcheck mod shellcheck cross size repro

# Functions of amd64 begin at multiples of 32 bytes by default; a program that waits gains nothing by it (209 KB).
ALIGN = $(if $(filter amd64,$(ARCH)),-funcalign=1 )

# Neither symbols nor DWARF. For parts the symbols stay.
STRIP = -s -w

# Settings of the machine that would show in the bytes are given their usual values.
SETTINGS = CGO_ENABLED=0 GOOS=linux GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT= GOFLAGS=-mod=readonly
DRAINIT  = $(SETTINGS) go build $(FLAGS) -ldflags '$(STRIP) $(ALIGN)-X drainit/internal/version.Version=$(VERSION)' -o $@ ./cmd/drainit

# The race detector needs cgo and a compiler that works; building something with it is the only sure way to know. It
# is left out where its argument is empty.
RACE = $$([ -z '$(1)' ] || if go build -race -o /dev/null ./test/summary 2>/dev/null; then echo -race; \
	else echo 'without the race detector: no C compiler that works here' >&2; fi)

# The test runner is a file and takes the shell's place, so that a signal to make reaches it.
SUMMARY = go build -o .cache/summary ./test/summary && exec .cache/summary $(COUNTS:%=-counts %)

# Where CI runs, and in check, a test may be skipped only for a reason listed in test/skips.txt.
SKIPS ?= $(if $(CI),-allow-skips test/skips.txt)

# Nor may a test fail there for want of processor time: what fails is run once more, alone, if it is ten tests at most.
AGAIN ?= $(if $(CI),-again 10)

# nfpm has modules of its own, in packaging.mod: they are downloaded only where packages are made.
NFPM = go tool -modfile=packaging.mod nfpm
DIST = dist
SOURCE_DATE_EPOCH ?= $(shell git --no-optional-locks log -1 --format=%ct 2>/dev/null)

# The platforms of repro; with REPRO= all of them.
REPRO = $(shell go env GOARCH)

.DEFAULT_GOAL := build
.PHONY: build release demo demo-full demo-build test test-rest test-all need-go check $(CHECKS) fuzz drainlint image bench frontbench parts evidence servers stops wrappers pods shapes sidecar hostile platforms kubernetes vm runtimes idlecheck pictures documented clean help print-version print-checks FORCE

build: bin/drainit ## bin/drainit, static, for this machine
	@[ '$(COMMIT)' ] || [ '$(origin VERSION)' != file ] || echo 'the version is $(VERSION), without the commit: no git here, or this is no clone'

demo: demo-build ## a rolling restart under load, bare, with a sleep, under drainit, and with --front (under a minute)
	@bin/rollout -demo -server bin/server -report bin/demo.html

demo-full: demo-build ## the same for every lag, response time and kind of server (about twelve minutes)
	@bin/rollout -full -server bin/server

# With the same flags, so that the standard library is compiled once for all three.
demo-build: | need-go
	@echo 'building drainit, the demonstration and its server: seconds, or minutes the first time'
	@scripts/aloud.sh $(MAKE) -s FLAGS='$(FLAGS) -v' bin/drainit bin/rollout bin/server

test: | need-go ## the tests that take nothing but Go, and what was skipped and why (three minutes)
	@echo 'The quick tests, about three minutes, and one more for the first build.'
	@$(SUMMARY) -part quick $(SKIPS) $(AGAIN) -- $(call RACE,$(CI)$(COUNTS)) -shuffle=on -parallel=8 -timeout=10m

FIRST = test/docker/debian-root.sh --all

# What test leaves out, and before it the Debian roots. Where it is the second half of test-all it adds the counts of the first.
test-rest: | need-go
	@echo 'The tests that take long, Docker or Debian roots: about ten minutes.'
	@$(SUMMARY) -part rest -first '$(FIRST)' $(SKIPS) $(AGAIN) -- $(call RACE,yes) -shuffle=on -parallel=4 -timeout=20m

test-all: ## all tests, with the race detector where there is a C compiler (15 minutes; root, Docker, debootstrap)
	@echo 'All tests: about 15 minutes, and some five more the first time, for Debian roots and kernels of 1.8 GB under .cache.'
	@rm -f .cache/counts
	-@$(MAKE) --no-print-directory test COUNTS=.cache/counts
	@$(MAKE) --no-print-directory test-rest COUNTS=.cache/counts

check: export SKIPS = -allow-skips test/skips.txt
check: $(CHECKS) test-all ## what CI runs: the checks below, then the tests, with no skip but those allowed by name

fmt: ## gofmt has nothing to say
	@out=$$($$(go env GOROOT)/bin/gofmt -l $$(go list -f '{{.Dir}}' ./...) cmd/drainlint test/render test/kubernetes/cluster) && [ -z "$$out" ] || { echo "run gofmt -w on:" $$out; exit 1; }

vet: ## go vet; of what is shipped also where words are 32 bits (arm), big-endian (s390x), or system calls differ (arm64)
	go vet ./...
	go vet -C cmd/drainlint ./...
	for arch in arm arm64 s390x; do $(SETTINGS) GOARCH=$$arch go vet $(FLAGS) ./cmd/... ./internal/... || exit; done

fix: ## go fix has nothing to modernise
	go fix -diff ./...
	go fix -C cmd/drainlint -diff ./...

staticcheck: ## staticcheck, of the version in tools.mod
	go tool -modfile=tools.mod staticcheck ./...
	cd cmd/drainlint && go tool -modfile=../../tools.mod staticcheck ./...

mod: ## go.mod and go.sum are tidy and what was downloaded is what they say
	go mod tidy -diff
	go mod verify
	go mod tidy -C cmd/drainlint -diff
	go mod tidy -C test/render -diff

shellcheck: ## shellcheck on every script
	git grep --untracked -lE '^#!.*\b(ba)?sh\b' -- ':!*.md' ':!*.go' | xargs -r shellcheck

pods: ## 200 pods of three drainits, stopped in random ways (two minutes)
	POD_RUNS=200 go test ./cmd/drainit -run TestRandomPods -count=1 -timeout=15m -parallel=8

shapes: ## entrypoints as people write them, under drainit and tini, on all shells, and 50 random trees (four minutes, root)
	SHAPES_FULL=1 SHAPES_RUNS=50 go test ./test/shapes/... -count=1 -timeout=15m

sidecar: ## an app, pgbouncer and PostgreSQL in Docker, stopped 20 times with drainit and 20 without (two minutes)
	SIDECAR_STOPS=20 go test ./test/docker -run TestProxyLeaves -count=1 -timeout=15m -v

hostile: ## what neighbours, crowds and strangers can do, at length: 100 stops each, five minutes of probes each (an hour and a half; root)
	HOSTILE_RUNS=100 HOSTILE_FOR=5m HELPER_RUNS=200 go test ./cmd/drainit -run 'TestHelpersMayFail|TestNeighboursDelayNoStop|TestProbesInACrowd|TestMemoryInACrowd|TestNonsenseEndsNoWait' -count=1 -timeout=3h -v

fuzz: ## every fuzz test, FUZZTIME (20s) each
	scripts/fuzz.sh $(FUZZTIME)
	cd cmd/drainlint && ../../scripts/fuzz.sh $(FUZZTIME)

size: bin/drainit-linux-amd64 bin/drainit-linux-arm64 ## fails where the one for amd64 has outgrown its limit
	@go run ./scripts/binary -max amd64=$(MAX_BYTES) $^

parts: bin/drainit-parts ## what each part of the binary is, in bytes
	@go run ./scripts/binary -parts $< $(PARTSFLAGS)

cross: $(PLATFORMS:%=bin/drainit-linux-%) ## builds for every platform, each static
	@go run ./scripts/binary $^
	@echo "only built, not run: all but $$(go env GOARCH)"

release: $(PLATFORMS:%=bin/drainit-linux-%) ## dist: for every platform the binary, its SBOM, deb, rpm and apk; an image of all; sums
	rm -rf $(DIST)
	go run ./scripts/release -out $(DIST) -version '$(VERSION)' -time '$(SOURCE_DATE_EPOCH)' -nfpm '$(NFPM)' $^

repro: ## two releases of the last commit for this machine, in two places and with two caches, are the same bytes
	scripts/repro.sh $(REPRO)

drainlint: bin/drainlint ## bin/drainlint, which judges Kubernetes manifests before they are applied

image: bin/drainit bin/server ## the image of Dockerfile.example
	docker build -f Dockerfile.example -t drainit-example .

bench: bin/drainit ## what drainit costs against tini, dumb-init and catatonit where installed (six minutes)
	go run ./test/bench $(BENCHFLAGS)

frontbench: bin/drainit ## what --front costs next to the program alone and nginx (five minutes; wrk, h2load, nginx)
	go run ./test/frontbench $(FRONTFLAGS)

evidence: bin/drainit bin/server ## what is seen of connections and what ranges are worth (five minutes; root)
	go run ./test/evidence $(EVIDENCEFLAGS)

servers: bin/drainit ## the servers of docs/proof/servers.md stopped under drainit and tini, and the verdicts compared (ten minutes, Docker)
	go run ./test/servers $(SERVERFLAGS)

stops: bin/drainit ## what programs of Debian do on signals, as far as docs/proof/stops.tsv does not have it in their version (up to an hour; root, debootstrap)
	go run ./test/stops $(STOPFLAGS)

wrappers: ## what su, timeout, shells and other wrappers do with signals, compared with docs/proof/wrappers.md (ten minutes; root, debootstrap)
	CGO_ENABLED=0 go run ./test/wrappers $(WRAPPERFLAGS)

platforms: bin/drainit bin/server ## rollouts on Swarm, Compose and behind balancers (four minutes, Docker; with PLATFORMFLAGS=-full 70 to 80)
	go run ./test/platforms $(PLATFORMFLAGS)

# A cluster is not guessed: the context has to be named, and how its nodes get images.
kubernetes: bin/drainit bin/server | need-go ## the examples and the Kubernetes guide on a cluster: CONTEXT=…, IMAGE_LOAD='kind load docker-image' (25 minutes)
	CGO_ENABLED=0 go build -o bin/loadcheck ./examples/loadcheck
	CGO_ENABLED=0 go build -o bin/kubernetes-standin ./test/kubernetes/standin
	go run ./test/kubernetes $(if $(KUBECTL),-kubectl '$(KUBECTL)') -kubeconfig '$(KUBECONFIG)' -context '$(CONTEXT)' -image-load '$(IMAGE_LOAD)' $(KUBERNETESFLAGS)

vm: | need-go ## drainit and its tests on machines of six architectures and under four kernels, in QEMU (20 minutes; Debian; VMFLAGS='-only arm64')
	go run ./test/vm $(VMFLAGS)

runtimes: | need-go ## drainit under Podman, Docker, gVisor, systemd, LXC and others, from Debian's packages (20 minutes; root, debootstrap, Docker; RUNTIMESFLAGS='-only gVisor')
	CGO_ENABLED=0 go run ./test/runtimes $(RUNTIMESFLAGS)

idlecheck: bin/drainit ## programs whose work the kernel does not show, stopped with --idle-check and without (three minutes)
	go run ./test/idlecheck -w docs/proof/idle-checks.md $(IDLECHECKFLAGS)

pictures: ## docs/pictures/*.svg and the tables of docs/proof/propagation.md, from internal/drain, a simulation and what was measured
	go run ./scripts/pictures

documented: | need-go ## the commands of the README, the Compose guide and the examples, in a new clone with empty Go caches; bin/documented.log (20 minutes; Docker, root)
	mkdir -p bin && go run ./test/commands -run -fresh -log bin/documented.log README.md docs/guides/compose.md examples/README.md

clean: ## removes bin and dist; .cache, where the tests keep Debian roots, is left
	rm -rf bin dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

print-version:
	@echo '$(VERSION)'

print-checks:
	@echo $(CHECKS)

# An older Go, before 1.21, says something that few understand; a later one fetches the Go that go.mod names, or cannot.
need-go:
	@v=$$(go env GOVERSION 2>/dev/null) || v=$$(go env GOVERSION 2>&1 | tail -n 1); case $$v in go1.2[6-9]*|go1.[3-9][0-9]*|devel*) ;; *) \
		echo "Go 1.26 or later is needed ($$v): install it from https://go.dev/dl" >&2; exit 1;; esac

bin/drainit: ARCH = $(shell go env GOARCH)
bin/drainit: FORCE | need-go
	$(DRAINIT)

bin/drainit-parts: ARCH = $(shell go env GOARCH)
bin/drainit-parts: STRIP = -w
bin/drainit-parts: FORCE | need-go
	$(DRAINIT)

# arm-v7 is GOARCH=arm GOARM=7; the others have no variant.
bin/drainit-linux-%: ARCH = $(firstword $(subst -v, ,$*))
bin/drainit-linux-%: FORCE | need-go
	GOARCH=$(ARCH) GOARM=$(word 2,$(subst -v, ,$*)) $(DRAINIT)

# A module of its own, so that drainit's has nothing of Kubernetes.
bin/drainlint: FORCE | need-go
	$(SETTINGS) go build -C cmd/drainlint -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o '$(CURDIR)/$@' .

bin/server bin/rollout: FORCE | need-go
	$(SETTINGS) go build $(FLAGS) -o $@ ./examples/$(@F)
