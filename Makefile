# A thin front: what these commands do is in infra/local.
PYTHON ?= python3
PORT ?= 4566
PACKS ?=
ONLY ?=
ARCH ?=
SOURCE ?=
STAGE ?=
YES ?=
CONFIG ?=
TO ?=
REGION ?=
FORCE ?=
QUEUE ?=
DO ?=
USER_ID ?=
REPAIR ?=

.PHONY: help run test down deploy rollback remove preflight smoke backup-keys restore-keys restore rotate-keys \
	recount-badges recount-timeline dead-letters package fmt bless bless-budgets bench

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 22

run: ## build, start the local cloud, deploy, show the logs (PORT=4566 PACKS=community|none)
	@exec $(PYTHON) infra/local/atoll.py run --port $(PORT) --packs "$(PACKS)"

test: ## every check and test (ONLY=e2e,faults for some steps, PACKS=community for one pack)
	@exec $(PYTHON) infra/local/atoll.py test --only "$(ONLY)" --packs "$(PACKS)"

down: ## stop what a crashed run left behind
	@exec $(PYTHON) infra/local/atoll.py down

# What every operator command takes: STAGE is a section of samconfig.toml, YES=1 asks nothing, CONFIG is another file.
OPERATE = @exec $(PYTHON) infra/local/atoll.py $@ --stage "$(STAGE)" $(if $(YES),--yes) $(if $(CONFIG),--config "$(CONFIG)")

deploy: ## build and deploy a stage (STAGE=dev PACKS=community ARCH=x86_64 SOURCE=.)
	$(OPERATE) --packs "$(PACKS)" --architecture "$(ARCH)" $(if $(SOURCE),--source "$(abspath $(SOURCE))")

rollback: ## deploy an earlier release, or list releases (STAGE= TO=<release>)
	$(OPERATE) --packs "$(PACKS)" --to "$(TO)"

remove: ## delete stacks of a stage, keep data and keys (STAGE= PACKS=community)
	$(OPERATE) --packs "$(PACKS)"

preflight: ## check an account before a deployment, read-only (STAGE=)
	$(OPERATE) --packs "$(PACKS)"

smoke: ## use a deployment as an app does (STAGE=)
	$(OPERATE) --packs "$(PACKS)"

backup-keys: ## copy a stage's keys to Secrets Manager (STAGE= REGION=)
	$(OPERATE) --region "$(REGION)"

restore-keys: ## write missing keys from the backup (STAGE= REGION= FORCE=yes)
	$(OPERATE) --region "$(REGION)" $(if $(FORCE),--force)

restore: ## make an earlier table live (STAGE= TO=2026-11-21T10:00:00Z, TO=original)
	$(OPERATE) --to "$(TO)"

rotate-keys: ## replace a stage's signing key, with overlap (STAGE=)
	$(OPERATE)

recount-badges: ## compare badges with activities (STAGE= USER_ID= REPAIR=yes)
	$(OPERATE) --user "$(USER_ID)" $(if $(REPAIR),--repair)

recount-timeline: ## compare timelines with their logs (STAGE= AQUARIUM_ID= REPAIR=yes)
	$(OPERATE) --aquarium "$(AQUARIUM_ID)" $(if $(REPAIR),--repair)

dead-letters: ## count, show or redrive dead letters (STAGE= QUEUE=media DO=redrive)
	$(OPERATE) --queue "$(QUEUE)" --do "$(DO)"

package: ## build every function for Lambda, as the archives of a release (many minutes)
	@exec $(PYTHON) infra/local/atoll.py package

bench: ## measure what tests cannot, write the report (many minutes; ONLY=functions,report)
	@exec $(PYTHON) infra/local/atoll.py bench --only "$(ONLY)"

fmt: ## format the code
	cargo fmt --all

bless: ## rewrite the generated files that the contract tests compare
	BLESS=1 cargo test --package tests --test contract

bless-budgets: ## rewrite tests/budgets.json from what is measured (many minutes)
	@exec $(PYTHON) infra/local/atoll.py bless-budgets
