# Thin aliases of the scripts; `make demo SPEED=60 SEED=7` passes both on.
ifneq ($(origin SPEED),undefined)
export SPEED
endif
ifneq ($(origin SEED),undefined)
export SEED
endif
ifneq ($(origin CASES),undefined)
export CASES
endif
ifneq ($(origin INPUTS),undefined)
export INPUTS
endif
ifneq ($(origin SEEDS),undefined)
export SEEDS
endif
export CONFIGURATION
.PHONY: demo test demo-processes real-contest bench build clean contracts properties fuzz simulate

demo demo-processes real-contest bench test contracts properties fuzz simulate:
	@scripts/$@

build:
	@bash -c '. scripts/common.sh; scripts/setup && build ContestPipeline.sln'

clean:
	@scripts/clean
