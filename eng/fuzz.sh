#!/usr/bin/env bash
# Coverage-guided fuzzing of everything that takes bytes of others. `eng/fuzz.sh --help` tells more. The last line is `N executions, N crashes, N hangs`.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PROJECT=U2CMigration.Fuzzing
CORPORA=$REPO/tests/$PROJECT/Corpora
WORK=$REPO/artifacts/fuzz
# What is instrumented: ours, and what takes bytes for us.
readonly INSTRUMENTED=(U2CMigration.Transport U2CMigration.Criu U2CMigration.PageTracking U2CMigration.Prediction U2CMigration.Core U2CMigration.Files K4os.Compression.LZ4 Google.Protobuf)
for part in output packages; do
    # shellcheck source=/dev/null
    . "$REPO/eng/lib/$part.sh"
done

usage() {
    cat <<'HELP'
usage: eng/fuzz.sh [--seconds N] [--target T] [--keep] | --replay TARGET FILE...

Installs afl++ if it is missing (by apt; root), builds, has SharpFuzz instrument a copy of the assemblies, runs the corpora in the repository, and then has afl-fuzz look
for inputs that make anything but a documented exception come out, take 64 MiB or ten seconds. Without --target the time is divided among all targets:
  frames    all control messages; what is understood must be the same when it is sent again
  pages     batches of pages: heads, LZ4 blocks, deltas, references
  codec     pages through the codec, sent and forgotten in any order: the other end holds what was sent last
  greeting  the first 32 bytes
  images    CRIU's images, and all that reads or rewrites them
  rpc       replies of CRIU, and its log
  traces, weights   files
  proc      what the kernel says of processes
  state     carried state, and what a restore needs
  files     rounds of files and questions about them: nothing outside the target is touched
  receiver  a destination, all but the processes, and sources that say what they like in any order: nothing runs that was not committed to
  sender    the dialogue of a source and its questions, and destinations that say what they like: the original is ended, or runs on, only on the right word

  --seconds N  for all of it (default 300)
  --target T   only this one; also several, with commas
  --keep       copies inputs that reach something new into the corpora (small ones, at most 100 KiB for each target)
  --replay     runs inputs as they are and prints the stack of what comes out
What was found lies in artifacts/fuzz/TARGET/default/{crashes,hangs}. Ends with 1 when there is any.
HELP
}

seconds=300 wanted='' keep=''
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --seconds) seconds=${2:-}; shift 2 || die "--seconds needs a number." ;;
        --target) wanted=${2:-}; shift 2 || die "--target needs a name; see --help." ;;
        --keep) keep=yes; shift ;;
        --replay) break ;;
        *) die "does not know '$1'; see --help." ;;
    esac
done
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "--seconds takes a whole number above 0; got '$seconds'."
command -v dotnet >/dev/null || die ".NET is not installed: install the .NET 10 SDK so that 'dotnet' is on PATH."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_ROLL_FORWARD=Major
mkdir -p "$WORK"
# afl-fuzz kills what it has started, and images are files: in memory they are a hundred times as fast.
TMPDIR=$(mktemp -d /dev/shm/u2c-fuzz-XXXXXX)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

# build: a build of its own project; eng/test.sh has built it already.
build() {
    [ -n "${U2C_FUZZ_BUILT:-}" ] && return
    dotnet build "$REPO/tests/$PROJECT" -c Release -nologo -nodeReuse:false -p:UseSharedCompilation=false >"$WORK/build.log" 2>&1 </dev/null && return
    grep -E '(error|warning) ' "$WORK/build.log" | sort -u | head -n 20 >&2
    die "the fuzzing project does not build (all of it in $WORK/build.log)."
}

# program ARGUMENT...: not instrumented.
program() { dotnet exec "$REPO/artifacts/bin/$PROJECT/release/$PROJECT.dll" "$@"; }

instrument() {
    local version tool=$WORK/tool
    version=$(sed -nE 's/.*Include="SharpFuzz" Version="([^"]+)".*/\1/p' "$REPO/Directory.Packages.props")
    [ -x "$tool/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version "$version" --tool-path "$tool" >"$WORK/tool.log" 2>&1 </dev/null || die "SharpFuzz.CommandLine $version cannot be installed: $(tail -n 1 "$WORK/tool.log")"
    rm -rf "$WORK/bin"
    cp -r "$REPO/artifacts/bin/$PROJECT/release" "$WORK/bin"
    local name
    for name in "${INSTRUMENTED[@]}"; do
        "$tool/sharpfuzz" "$WORK/bin/$name.dll" >"$WORK/tool.log" 2>&1 </dev/null || die "SharpFuzz cannot instrument $name: $(tail -n 1 "$WORK/tool.log")"
    done
}

# figure TARGET NAME: of what afl-fuzz says of itself.
figure() { sed -nE "s/^$2 +: +([0-9]+).*/\1/p" "$WORK/$1/default/fuzzer_stats" 2>/dev/null || true; }

executions=0 crashes=0 hangs=0

# fuzz TARGET SECONDS
fuzz() {
    local target=$1 code=0
    rm -rf "${WORK:?}/$target"
    mkdir -p "$WORK/$target"
    # afl-fuzz counts its time from its first executions on, so that starting, some seconds on a busy machine, is not taken off.
    AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_FORKSRV_INIT_TMOUT=120000 DOTNET_TieredPGO=0 \
        timeout --kill-after=10 $(($2 + 240)) afl-fuzz -V "$2" -t 10000 -m none -i "$CORPORA/$target" -o "$WORK/$target" -- \
        dotnet exec "$WORK/bin/$PROJECT.dll" fuzz "$target" >"$WORK/$target.log" 2>&1 </dev/null || code=$?
    local done_ found hung edges
    done_=$(figure "$target" execs_done) found=$(figure "$target" saved_crashes) hung=$(figure "$target" saved_hangs) edges=$(figure "$target" edges_found)
    # It has no child that it could end alone: with the input that took too long the target is gone.
    if grep -q 'Unable to communicate with fork server' "$WORK/$target.log"; then
        mkdir -p "$WORK/$target/default/hangs"
        cp "$WORK/$target/default/.cur_input" "$WORK/$target/default/hangs/id:endless"
        hung=$((${hung:-0} + 1))
    fi
    if [ -z "$done_" ]; then
        printf '%-9s did not run: afl-fuzz ended with %s, see %s\n' "$target" "$code" "$WORK/$target.log"
        tail -n 5 "$WORK/$target.log" | sed 's/^/  /'
        crashes=$((crashes + 1))
        return
    fi
    printf '%-9s %9s executions, %5s edges, %s crashes, %s hangs\n' "$target" "$done_" "$edges" "$found" "$hung"
    executions=$((executions + done_)) crashes=$((crashes + found)) hangs=$((hangs + hung))
    local input
    for input in "$WORK/$target"/default/crashes/id* "$WORK/$target"/default/hangs/id*; do
        [ ! -e "$input" ] || { timeout 60 dotnet exec "$REPO/artifacts/bin/$PROJECT/release/$PROJECT.dll" replay "$target" "$input" 2>&1 | head -n 8 | sed 's/^/  /' || true; }
    done
    [ -z "$keep" ] || keep_new "$target"
}

# keep_new TARGET: the smallest first, up to a sum.
keep_new() {
    local target=$1 size path sum=0
    sum=$(du -sb "$CORPORA/$target" | cut -f1)
    while read -r size path; do
        sum=$((sum + size))
        [ "$sum" -le 102400 ] || break
        cp "$path" "$CORPORA/$target/$(sha1sum "$path" | cut -c1-16)"
    done < <(find "$WORK/$target/default/queue" -name '*+cov*' -size -8k -printf '%s %p\n' | sort -n)
}

build
if [ "${1:-}" = --replay ]; then
    [ $# -ge 3 ] || die "--replay takes a target and files."
    shift
    program replay "$@"
    exit
fi
install_missing afl++
mapfile -t targets < <(if [ -n "$wanted" ]; then tr , '\n' <<<"$wanted"; else program list; fi)
for target in "${targets[@]}"; do
    [ -d "$CORPORA/$target" ] || die "there is no target '$target'; see --help."
    program replay "$target" "$CORPORA/$target" >"$WORK/replay.log" || { cat "$WORK/replay.log"; crashes=$((crashes + 1)); }
done
instrument
each=$((seconds / ${#targets[@]}))
for target in "${targets[@]}"; do fuzz "$target" $((each > 0 ? each : 1)); done
printf '%s executions, %s crashes, %s hangs\n' "$executions" "$crashes" "$hangs"
[ $((crashes + hangs)) -eq 0 ]
