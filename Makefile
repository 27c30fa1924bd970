# Thin aliases of the scripts; `make demo SPEED=60 SEED=7` passes both on.
$(foreach name,SPEED SEED SEEDS CASES INPUTS FAULTS MESSAGES,$(if $(filter-out undefined,$(origin $(name))),$(eval export $(name))))
export CONFIGURATION
.PHONY: demo dev test demo-processes real-contest bench build clean contracts properties fuzz simulate mutants replay-proof chaos load

demo dev demo-processes real-contest bench test contracts properties fuzz simulate mutants replay-proof chaos load:
	@scripts/$@

build:
	@bash -c '. scripts/common.sh; scripts/setup && build ContestPipeline.sln'

clean:
	@scripts/clean
