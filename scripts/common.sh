# What the scripts share; sourced from the root of the checkout.
configuration=${CONFIGURATION:-Release}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

usage() { sed -n '2,/^set /{/^# \{0,1\}/s///p}' "$0"; exit 0; }

# PG_BIN and the like, as scripts/setup found them.
load_environment() { . .build/env; }

# PROJECT [ARGUMENT...]: builds it and what it needs, shows nothing but errors and warnings; a warning is an error. One build at a time in a clone.
build() {
  local log=.build/build.log
  exec 7> .build/build.lock
  flock 7
  if ! dotnet build "$@" -c "$configuration" -v q --no-restore -warnaserror -nodeReuse:false -clp:NoSummary > "$log" 2>&1 < /dev/null; then
    cat "$log" >&2
    echo "build: $1 failed" >&2
    exit 1
  fi
  if grep -Eq '(^|[: ])warning( [A-Z]+[0-9]+)?:' "$log"; then
    cat "$log" >&2
    echo "build: $1 has warnings" >&2
    exit 1
  fi
  exec 7>&-
}

# COMMAND [ARGUMENT...]: sets up, builds and becomes AllInOne (so that Ctrl-C reaches it and nothing else).
all_in_one() {
  scripts/setup
  load_environment
  # The analyzers judge in `make build`, `make test` and CI; whoever only wants to see it run need not wait for them.
  build src/AllInOne/AllInOne.csproj -p:RunAnalyzers=false
  exec dotnet "src/AllInOne/bin/$configuration/net10.0/ContestPipeline.AllInOne.dll" "$@" ${SPEED:+--speed "$SPEED"} ${SEED:+--seed "$SEED"}
}
