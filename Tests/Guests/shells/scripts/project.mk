# A project of texts: what is made of what, by programs that a shell starts.
MAKEFLAGS += --no-print-directory
chapters := one two three four five six
texts := $(chapters:%=build/%.txt)

all: book report

# Made by make before it begins again with it.
include names.mk
names.mk:
	@echo "names := $(shell seq 3 | tr '\n' ' ')" >$@

build:
	@mkdir build

build/%.src: | build
	@seq 1 20 | sort -r >$@

build/%.txt: build/%.src
	@(echo "chapter $*"; sort -n <$< | head -n 3) >$@

book: $(texts)
	cat $(wildcard *.mk) | tail -n 1
	@cat $^ >$@ && wc $@

report: book
	@for name in $(names); do echo "name $$name"; done
	@echo $(words $(texts)) texts, $(shell tail -n 1 book) at the end
	-@false
	@if grep chapter book | grep six; then echo complete; fi
	+@$(MAKE) -f project.mk part

part:
	@echo "part of level $(MAKELEVEL)"

again: all
	@rm build/two.txt
	+@$(MAKE) -f project.mk book

failure: build
	@echo before
	@sh -c 'exit 7'
	@echo not here

killed:
	@kill -TERM $$$$
	@echo not here

missing: nosuchfile

parallel: $(chapters:%=slow-%)
	@sort order; rm order
slow-%:
	@sleep 0.05; echo $* >>order

# Two that wait for each other: without jobs at the same time neither ends.
meeting: first second
first:
	@echo ready >first.ready; until [ -s second.ready ]; do sleep 0.01; done
second:
	@echo ready >second.ready; until [ -s first.ready ]; do sleep 0.01; done
