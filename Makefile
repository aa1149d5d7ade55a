# Hopsdesk. Four commands are all a person must know; each installs what it needs and is missing.
.DEFAULT_GOAL := help
.PHONY: help run test check bench types

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run: ## Build the console and open it on the sandbox (without a display: a tour in screenshots)
	@scripts/run.sh

test: ## Run every test: Rust, SQL, UI, end to end in the real window
	@scripts/test.sh

check: ## The fast loop: format, lints, types, architecture, generated files
	@scripts/check.sh

bench: ## Measure, as ratios against references taken in the same run
	@scripts/bench.sh

types: ## Write the window's types anew from the Rust ones
	@cargo test --quiet --lib export_bindings
