# A thin front: what these commands do is in infra/local.
PYTHON ?= python3
PORT ?= 4566
PACKS ?=
ONLY ?=
ARCH ?=
USER_ID ?=
REPAIR ?=

.PHONY: help run test down deploy rotate-keys recount-badges fmt bless bless-budgets bench

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 18

run: ## build, start the local cloud, deploy, show the logs (PORT=4566 PACKS=community|none)
	@exec $(PYTHON) infra/local/atoll.py run --port $(PORT) --packs "$(PACKS)"

test: ## every check and test (ONLY=e2e,faults for some steps, PACKS=community for one pack)
	@exec $(PYTHON) infra/local/atoll.py test --only "$(ONLY)" --packs "$(PACKS)"

down: ## stop what a crashed run left behind
	@exec $(PYTHON) infra/local/atoll.py down

deploy: ## build for AWS and deploy with your credentials (ARCH=x86_64)
	@exec $(PYTHON) infra/local/atoll.py deploy --architecture "$(ARCH)"

rotate-keys: ## replace the deployment's signing key, with overlap
	@exec $(PYTHON) infra/local/atoll.py rotate-keys

recount-badges: ## compare badges with their history (USER_ID=, REPAIR=yes)
	@exec $(PYTHON) infra/local/atoll.py recount-badges --user "$(USER_ID)" --repair "$(REPAIR)"

bench: ## measure what tests cannot, write the report (many minutes; ONLY=functions,report)
	@exec $(PYTHON) infra/local/atoll.py bench --only "$(ONLY)"

fmt: ## format the code
	cargo fmt --all

bless: ## rewrite the generated files that the contract tests compare
	BLESS=1 cargo test --package tests --test contract

bless-budgets: ## rewrite tests/budgets.json from what is measured (many minutes)
	@exec $(PYTHON) infra/local/atoll.py bless-budgets
