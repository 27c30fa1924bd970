# What the scripts share; sourced from the root of the checkout.
configuration=${CONFIGURATION:-Release}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

usage() { sed -n '2,/^set /{/^# \{0,1\}/s///p}' "$0"; exit 0; }

# PG_BIN and the like, as scripts/setup found them.
load_environment() { . .build/env; }

# PROJECT [ARGUMENT...]: builds it and what it needs, shows nothing but errors and warnings; a warning is an error. One build at a time in a clone.
build() {
  local log=.build/build.log server='' status=0 shared=()
  exec 7> .build/build.lock
  flock 7
  # All compilations of this build share one compiler process, which ends with it.
  local compiler
  compiler=$(dotnet --list-sdks | sed -n "s|^$(dotnet --version) \[\(.*\)\]$|\1/$(dotnet --version)/Roslyn/bincore/VBCSCompiler|p")
  if [ -x "$compiler" ]; then
    local pipe=contestpipeline-$BASHPID tenth
    "$compiler" "-pipename:$pipe" > /dev/null 2>&1 < /dev/null 7>&- & server=$!
    for tenth in {1..100}; do [ ! -S "${TMPDIR:-/tmp}/$pipe" ] && kill -0 "$server" 2> /dev/null || break; sleep 0.1; done
    # Before it listens, the build would start another that nobody ends.
    if [ -S "${TMPDIR:-/tmp}/$pipe" ]; then shared=(-p:UseSharedCompilation=true "-p:SharedCompilationId=$pipe"); fi
  fi
  dotnet build "$@" "${shared[@]}" -c "$configuration" -v q --no-restore -warnaserror -nodeReuse:false -clp:NoSummary > "$log" 2>&1 < /dev/null || status=$?
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2> /dev/null || true
  if [ "$status" != 0 ]; then
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

# COMMAND [ARGUMENT...]: runs it as a process group of its own; Ctrl-C and SIGTERM end all of it.
as_group() {
  local group status=0
  set -m
  "$@" < /dev/null & group=$!
  set +m
  trap : INT TERM
  wait "$group" || status=$?
  if kill -0 "$group" 2> /dev/null; then
    # Only a signal ends the waiting before the work.
    trap '' INT TERM
    kill -TERM -- "-$group" 2> /dev/null || true
    wait "$group" 2> /dev/null || true
    echo 'Stopped; nothing is left running.' >&2
    exit 1
  fi
  trap - INT TERM
  return "$status"
}

# The size and time of everything that a build reads.
sources() {
  find src Directory.*.props Directory.Build.targets global.json BannedSymbols*.txt \
    \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' 2> /dev/null | LC_ALL=C sort | cksum
}
outputs() { find "$(dirname "$1")/bin/$configuration" -type f \( -name '*.dll' -o -name '*.so' -o -name '*.json' \) -printf '%p %s %T@\n' 2> /dev/null | LC_ALL=C sort | cksum; }

# PROJECT [ARGUMENT...]: builds it, unless it was built from the very files that are there.
build_if_changed() {
  local stamp before
  stamp=.build/built-$(basename "$1" .csproj)-$configuration
  before=$(sources)
  [ "$(cat "$stamp" 2> /dev/null)" != "$before $(outputs "$1")" ] || return 0
  build "$@"
  echo "$before $(outputs "$1")" > "$stamp"
}

# FOLDER [ARGUMENT...]: becomes the simulation that was built there. The database's answer is handled where it comes in, since a seed is one thread of events and handing
# it on would only take time; every connection has a thread for that, or seeds played side by side would wait for each other.
# Code that was compiled is not mapped a second time to be written: most of a short run is compiling.
play_seeds() {
  local folder=$1
  shift
  DOTNET_EnableWriteXorExecute=0 DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT=128 exec dotnet "$folder/ContestPipeline.Simulation.dll" "$@"
}

# NAME MAX: what is set to NAME must be a whole number, before anything is built for it.
whole_number() {
  [ -n "${!1+x}" ] || return 0
  if ! [[ ${!1} =~ ^[0-9]{1,20}$ ]] || [ "$(printf '%s\n%s\n' "${!1}" "$2" | sort -n | tail -n 1)" != "$2" ]; then
    echo "$1 is '${!1}', expected a whole number from 0 to $2" >&2
    exit 2
  fi
}

# COMMAND [ARGUMENT...]: sets up, builds and becomes the demo (so that Ctrl-C reaches it and nothing else).
run_demo() {
  local project=src/Demo/Demo.csproj
  whole_number SPEED 1000000
  whole_number SEED 18446744073709551615
  as_group scripts/setup --for="$project" || exit
  load_environment
  # The analyzers judge in `make build`, `make test` and CI; whoever only wants to see it run need not wait for them.
  as_group build_if_changed "$project" -p:RunAnalyzers=false -graph || exit
  exec dotnet "src/Demo/bin/$configuration/net10.0/ContestPipeline.Demo.dll" "$@" ${SPEED+--speed "$SPEED"} ${SEED+--seed "$SEED"}
}
