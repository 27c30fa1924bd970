# Thin aliases of the scripts; `make demo SPEED=60 SEED=7` passes both on.
ifneq ($(origin SPEED),undefined)
export SPEED
endif
ifneq ($(origin SEED),undefined)
export SEED
endif
export CONFIGURATION
.PHONY: demo test demo-processes real-contest bench build clean contracts

demo demo-processes real-contest bench test contracts:
	@scripts/$@

build:
	@bash -c '. scripts/common.sh; scripts/setup && build ContestPipeline.sln'

clean:
	@scripts/clean
