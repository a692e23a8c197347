# wasix-top: every target does the set-up it needs and nothing twice. `make run` and `make test` start from nothing.
#
#   make run [GUEST=module.wasm] [ARGS='...'] [OPTIONS='...']   the inspector on a guest; without GUEST a list of demos and lessons
#   make build                                                  .build/release/wasix-top
#   make test                                                   lint and every test
#   make bench                                                  the table of speeds, each beside its native twin
#   make sanitize [FILTER='KernelTests|...']                    tests under the thread and the address sanitizer
#   make docs                                                   the rooms' documentation, .build/docs; broken links fail
#   make differential [WALK=walk] [SEEDS=1-200] [STEPS=5000]    random walks on this machine and as guests, compared
#   make install [PREFIX=/usr/local]                            program, engine library, manual, completions, guests
#   make deps | guests | lint | clean

PREFIX ?= /usr/local
GUEST ?=
ARGS ?=
OPTIONS ?=
WALK ?= walk
SEEDS ?= 1-200
STEPS ?= 5000

FILTER ?= ^(KernelTests|SyscallsTests|TraceTests)\.

PROGRAM := .build/release/wasix-top
ENGINE := .deps/lib/libwasmtime.so
STAMPS := .build/stamps
LOGS := .build/test-logs
GUESTS := .build/guests
TEST_GUESTS := .build/test-guests

# The Swift runtime goes into the program: it starts sooner, and needs no toolchain where it is installed.
RELEASE := swift build -c release --static-swift-stdlib

SOURCES := Package.swift $(shell find Sources)
GUEST_SOURCES := $(shell find assets/guests)
TEST_GUEST_SOURCES := $(shell find Tests/Guests)
TEST_PACKAGES := $(shell cat Tests/Guests/packages.txt)
DOCUMENTED := $(notdir $(basename $(wildcard Sources/*/*.docc)))
DOCS := .build/docs

.PHONY: build run test test-build test-rooms test-screens test-commands lint sanitize bench docs differential deps guests install clean
.DELETE_ON_ERROR:

build: $(STAMPS)/release

deps: $(STAMPS)/packages $(ENGINE) $(STAMPS)/resolved

guests: $(STAMPS)/guests

run: $(STAMPS)/release $(STAMPS)/guests
	@$(PROGRAM) $(OPTIONS) $(if $(GUEST),$(GUEST) $(ARGS))

# What the tests need is built side by side: Swift's compiler and the guests' compilers mostly use one core each. What all
# of that needs comes before, so that the program, which takes longest, is begun first.
test: deps $(STAMPS)/test-packages
	@$(MAKE) --no-print-directory --jobs 3 --output-sync=line test-build lint $(STAMPS)/guests $(STAMPS)/test-guests \
	    $(STAMPS)/toolchain-guests $(STAMPS)/program-guests $(STAMPS)/process-guests $(STAMPS)/linking-guests \
	    $(STAMPS)/shell-guests
	@rm -rf $(LOGS)
	@mkdir -p $(LOGS)
	@$(MAKE) --no-print-directory --jobs 3 --keep-going test-rooms test-screens test-commands || \
	    { .ci/failures $(LOGS)/*.log; exit 1; }

# Swift Testing runs as many tests at once as there are processors, but those of whole programs mostly wait for what they have
# started: three runs side by side. Each writes line by line and ends by itself, so that one that hangs is known by name.
SCREENS := '^EndToEndTests\.(EndToEnd|Explained)\b'
define run-tests
@{ stdbuf -oL timeout --foreground --signal=INT --kill-after=10 1800 swift test --skip-build --ignore-lock $(2) 2>&1; \
    echo $$? >$(LOGS)/$(1).status; } | tee $(LOGS)/$(1).log; exit $$(cat $(LOGS)/$(1).status)
endef

test-rooms:
	$(call run-tests,rooms,--skip '^EndToEndTests\.')

test-screens:
	$(call run-tests,screens,--filter $(SCREENS))

test-commands:
	$(call run-tests,commands,--filter '^EndToEndTests\.' --skip $(SCREENS))

# The program first: two builds at once take longer than one after the other. For tests it is built as a release alone.
test-build: $(STAMPS)/release $(STAMPS)/test-packages
	@swift build --product wasix-topPackageTests
	@swift build --product Benchmarks

lint: $(STAMPS)/packages
	@swift format lint --strict --parallel --recursive Sources Tests Package.swift

# Each sanitizer has a build folder of its own, beside the ordinary one. Leaks are not asked for: what belongs to a row of the
# call table, to a rule or to a thread's wake word lives as long as the program.
sanitize: $(STAMPS)/test-packages $(ENGINE) $(STAMPS)/resolved
	@for kind in thread address; do \
	    swift build --sanitize=$$kind --scratch-path .build-$$kind --build-tests && \
	    TSAN_OPTIONS="halt_on_error=0 exitcode=66" ASAN_OPTIONS="detect_leaks=0" \
	    swift test --sanitize=$$kind --scratch-path .build-$$kind --skip-build --filter '$(FILTER)' || exit 1; \
	done

bench: $(STAMPS)/test-packages $(STAMPS)/release $(STAMPS)/test-guests $(STAMPS)/process-guests $(STAMPS)/linking-guests
	@$(RELEASE) --product Benchmarks
	@.build/release/Benchmarks $(TEST_GUESTS) $(PROGRAM)

# One site of all catalogs: the rooms link to each other.
docs: $(STAMPS)/resolved
	@swift package --allow-writing-to-directory $(DOCS) generate-documentation $(DOCUMENTED:%=--target %) \
	    --enable-experimental-combined-documentation --warnings-as-errors --output-path $(DOCS)
	@echo "to read it: python3 -m http.server --directory $(DOCS), then http://localhost:8000/documentation"

differential: $(STAMPS)/release $(STAMPS)/test-guests $(STAMPS)/process-guests
	@$(RELEASE) --product Differential
	@.build/release/Differential $(WALK) --seeds $(SEEDS) --steps $(STEPS) --guests $(TEST_GUESTS) --runtime $(PROGRAM)

install: $(STAMPS)/release $(STAMPS)/guests
	@$(RELEASE) --product generate-manual
	@.ci/install "$(DESTDIR)$(PREFIX)"

# What was fetched stays, so that the next build needs no network.
clean:
	@rm -rf $(STAMPS) $(GUESTS) $(TEST_GUESTS)
	@swift package clean

$(STAMPS)/packages: .ci/check-swift .ci/install-packages Makefile
	@.ci/check-swift
	@.ci/install-packages git libncurses-dev pkg-config python3-pip
	@mkdir -p $(@D) && touch $@

$(STAMPS)/test-packages: $(STAMPS)/packages Tests/Guests/packages.txt
	@.ci/install-packages tmux
	@.ci/install-packages --optional zsh fish
	@.ci/install-packages --optional $(TEST_PACKAGES)
	@touch $@

$(ENGINE): .ci/fetch-engine | $(STAMPS)/packages
	@.ci/fetch-engine $@

$(STAMPS)/resolved: Package.swift | $(STAMPS)/packages
	@swift package resolve >.build/resolve.log 2>&1 || { \
	    echo "make: error: cannot fetch the Swift packages (offline? .build/resolve.log has the words)" >&2; exit 1; }
	@touch $@

$(STAMPS)/release: $(SOURCES) $(ENGINE) $(STAMPS)/resolved
	@$(RELEASE) --product wasix-top
	@touch $@

$(STAMPS)/guests: $(GUEST_SOURCES) | $(STAMPS)/packages
	@assets/guests/build.sh $(GUESTS)
	@touch $@

$(STAMPS)/test-guests: $(GUEST_SOURCES) $(TEST_GUEST_SOURCES) | $(STAMPS)/packages
	@Tests/Guests/build.sh $(TEST_GUESTS)
	@touch $@

$(STAMPS)/toolchain-guests: $(TEST_GUEST_SOURCES) $(STAMPS)/test-packages
	@Tests/Guests/toolchains/build.sh $(TEST_GUESTS)
	@touch $@

$(STAMPS)/program-guests: $(TEST_GUEST_SOURCES) $(STAMPS)/test-packages
	@Tests/Guests/programs/build.sh $(TEST_GUESTS)
	@touch $@

$(STAMPS)/process-guests: $(GUEST_SOURCES) $(TEST_GUEST_SOURCES) $(STAMPS)/test-packages
	@Tests/Guests/processes/build.sh $(TEST_GUESTS)
	@touch $@

$(STAMPS)/shell-guests: $(GUEST_SOURCES) $(TEST_GUEST_SOURCES) $(STAMPS)/test-packages
	@Tests/Guests/shells/build.sh $(TEST_GUESTS)
	@touch $@

$(STAMPS)/linking-guests: $(GUEST_SOURCES) $(TEST_GUEST_SOURCES) $(STAMPS)/test-packages
	@Tests/Guests/linking/build.sh $(TEST_GUESTS)
	@touch $@
