#!/usr/bin/env bash
# Sets up what the tests need and runs them. `eng/test.sh --help` tells more. The last line is `N passed, N failed, N skipped`.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
LOGS=$REPO/artifacts/test-logs
CONFIGURATION=Release
# No single project may hold up the rest forever.
PROJECT_SECONDS=${U2C_TEST_SECONDS:-1500}
for part in output packages native test-report; do
    # shellcheck source=/dev/null
    . "$LIB/$part.sh"
done

usage() {
    cat <<'HELP'
usage: eng/test.sh [--filter unit|torch|integration|vm|e2e|services|soak]

Installs what is missing (by apt; root), builds the testbed and the solution, then runs
  unit         tests/*.Tests              on this machine; before them the model of the commit (eng/model.sh) in all its states, and with each known defect put in, and after them half a minute of
               fuzzing (eng/fuzz.sh)
  torch        tests/*.Torch.Tests        inside a host of the testbed, whose C++ library is new enough for TorchSharp
  integration  tests/*.IntegrationTests   inside a host of the testbed, where CRIU is
  vm           what needs a kernel with soft-dirty bits, in an emulated machine (eng/vm.sh): trackers, CRIU's pre-dump. The slow ones of these, chaos and
               reading page maps entry by entry, are left to `eng/vm.sh exec -- dotnet exec DLL -class '*.SoftDirty*'`
  e2e          tests/*.EndToEndTests      on this machine; they bring up rigs of their own
  services     only when asked for: PostgreSQL, MariaDB, nginx, Apache, Node.js, JVM, ASP.NET Core, gunicorn, Redis and a build, each five times there and back under
               load, their usual settings that cannot be moved, what a check says of them, limits of the downtime over slow links, and the services of the
               demo; of these the end-to-end tests have a subset. Ends with the table of docs/services.md
  soak         only when asked for, an hour: trees whose processes come and go (a shell loop, make -j4, servers of processes), under each strategy, with and without a
               control group of their own, twenty moves each
and prints as its last line `N passed, N failed, N skipped`. Logs and reports are left in artifacts/test-logs.
Ends with 1 when a test failed. A runner that crashes and a project that has tests but runs none count as one failure each.

  CI=true            an absent need fails a test instead of skipping it (U2C_REQUIRE=all)
  U2C_TESTBED=DIR    a testbed root to share between checkouts
  U2C_TEST_SECONDS   the most one project may take (default 1500)
HELP
}

passed=0 failed=0 skipped=0

# run_project NAME KIND [OPTION OF THE RUNNER...]
run_project() {
    local name=$1 kind=$2 code=0 counts
    shift 2
    local dll=$REPO/artifacts/bin/$name/release/$name.dll report=$LOGS/$name.xml log=$LOGS/$name.log
    # A test that hangs is named before the whole is ended.
    local command=(dotnet exec "$dll" -noLogo -noColor -longRunning 240 -xml "$report")
    if ! grep -rqsE '^\s*\[(Fact|Theory)' --include='*.cs' "$REPO/tests/$name"; then
        printf '%-45s has no tests\n' "$name"
        return
    fi
    [ "$kind" != e2e ] || command+=(-class- '*.EveryServiceTests' -class- '*.CheckServiceTests' -class- '*.ServiceDemoTests' -class- '*.DowntimeLimitTests' -class- '*.EveryComingAndGoingTests' -class- '*.EverySlopeTests')
    [ "$kind" != services ] || command+=(-class '*.ServiceTests' -class '*.EveryServiceTests' -class '*.CheckServiceTests' -class '*.ServiceDemoTests' -class '*.DowntimeLimitTests')
    [ "$kind" != soak ] || command+=(-class '*.EveryComingAndGoingTests' -class '*.EverySlopeTests')
    [ "$kind" != integration ] || command+=(-class- '*.SoftDirty*' -class- '*.PreDumpTests')
    case $kind in integration | torch) command=(bash "$REPO/eng/testbed.sh" run -- "${command[@]}") ;; esac
    [ "$kind" != vm ] || { report=$LOGS/$name.vm.xml log=$LOGS/$name.vm.log; command=(in_machine "$dll" "$log" "$report" "$@"); }
    rm -f "$report"
    if [ "$kind" = vm ]; then
        "${command[@]}" || code=$?
    else
        timeout --foreground --kill-after=30 "$PROJECT_SECONDS" "${command[@]}" >"$log" 2>&1 </dev/null || code=$?
    fi
    if ! counts=$(report_counts "$report" 2>/dev/null); then
        printf '%-45s\n' "$name"
        broken "the runner ended with $code and left no whole report" "$log"
        return
    fi
    local p f s
    read -r p f s <<<"$counts"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-45s %s passed, %s failed, %s skipped\n' "$name" "$p" "$f" "$s"
    report_skips "$report"
    if [ "$f" -gt 0 ]; then
        grep -avE '^  (Discover|Starting|Finished)|^ +at (FluentAssertions|System|Xunit)\.|\[SKIP\]' "$log" | sed 's/^/  /'
    elif [ "$code" -ne 0 ]; then
        broken "no test failed, but the runner ended with $code" "$log"
    elif [ $((p + s)) -eq 0 ]; then
        broken "the project has tests, but none ran" "$log"
    fi
}

# in_machine DLL LOG REPORT [OPTION OF THE RUNNER...]: what is written in the machine is gone afterwards, so the report comes behind the log.
in_machine() {
    local dll=$1 log=$2 report=$3 code=0 marker='=== report ==='
    shift 3
    timeout --foreground --kill-after=30 "$PROJECT_SECONDS" \
        bash "$REPO/eng/vm.sh" exec -- bash "$REPO/eng/lib/vm-test.sh" "$dll" "$marker" "$@" >"$log" 2>&1 </dev/null || code=$?
    sed "1,/^$marker$/d" "$log" >"$report"
    sed -i "/^$marker$/,\$d" "$log"
    return "$code"
}

# run_vm: on Debian's kernel with soft-dirty bits. Machines are built once, and take six seconds to boot.
run_vm() {
    [ -z "$filter" ] || [ "$filter" = vm ] || return 0
    printf '== tests in an emulated machine\n'
    if ! bash "$REPO/eng/vm.sh" build >"$LOGS/vm-build.log" 2>&1 </dev/null; then
        broken 'the machines can not be built' "$LOGS/vm-build.log"
        return
    fi
    # Guard pages came with Linux 6.13, after the machine's kernel; the native run has them.
    run_project U2CMigration.PageTracking.IntegrationTests vm \
        -class '*.SoftDirtyExactnessTests' -class '*.SoftDirtyMappingChangeTests' -class '*.SoftDirtyProcessTreeTests' -class '*.SoftDirtyTests' \
        -class '*.SoftDirtyCostTests' -class '*.SoftDirtyEntriesCostTests' -method- '*.Collect_GuardPages_*'
    run_project U2CMigration.Criu.IntegrationTests vm -class '*.PreDumpTests'
}

# run_model: the commit, in all of its states.
run_model() {
    [ -z "$filter" ] || [ "$filter" = unit ] || return 0
    printf '== model of the commit\n'
    local log=$LOGS/model.log code=0 p f
    timeout --foreground --kill-after=30 "$PROJECT_SECONDS" bash "$REPO/eng/model.sh" --defects >"$log" 2>&1 </dev/null || code=$?
    if read -r p f < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log"); then
        passed=$((passed + p)) failed=$((failed + f))
        printf '%-45s %s passed, %s failed\n' eng/model.sh "$p" "$f"
        [ "$f" -eq 0 ] || grep FAILED "$log" | sed 's/^/  /'
    else
        broken "the check ended with $code and no counts" "$log"
    fi
}

# run_fuzzing: the corpora, and half a minute of looking for more.
run_fuzzing() {
    [ -z "$filter" ] || [ "$filter" = unit ] || return 0
    printf '== fuzzing\n'
    local log=$LOGS/fuzz.log code=0 n c h
    U2C_FUZZ_BUILT=1 timeout --foreground --kill-after=30 "$PROJECT_SECONDS" bash "$REPO/eng/fuzz.sh" --seconds 30 >"$log" 2>&1 </dev/null || code=$?
    if read -r n c h < <(sed -nE '$s/^([0-9]+) executions, ([0-9]+) crashes, ([0-9]+) hangs$/\1 \2 \3/p' "$log"); then
        passed=$((passed + (c + h == 0))) failed=$((failed + c + h))
        printf '%-45s %s executions, %s crashes, %s hangs\n' eng/fuzz.sh "$n" "$c" "$h"
        [ $((c + h)) -eq 0 ] || sed 's/^/  /' "$log"
    else
        broken "fuzzing ended with $code and no counts" "$log"
    fi
}

# use_published_agent: the agent as users have it, which starts ten times as fast.
use_published_agent() {
    case $filter in '' | e2e | services | soak) ;; *) return 0 ;; esac
    local log=$LOGS/publish.log
    # shellcheck source=/dev/null
    if (. "$LIB/samples.sh" && publish_samples) >"$log" 2>&1 </dev/null; then
        export U2C_PUBLISHED_AGENT=1
    else
        broken 'the sample agent cannot be published' "$log"
    fi
}

# run_services: what they measured as a table.
run_services() {
    [ "$filter" = services ] || return 0
    printf '== tests of services\n'
    export U2C_SERVICE_RESULTS=$LOGS/services.jsonl
    rm -f "$U2C_SERVICE_RESULTS"
    PROJECT_SECONDS=${U2C_TEST_SECONDS:-3600}
    run_project U2CMigration.EndToEndTests services
    [ ! -f "$U2C_SERVICE_RESULTS" ] || bash "$REPO/eng/services/table.sh" "$U2C_SERVICE_RESULTS"
}

# run_soak: the same again and again, for what happens once in a hundred times.
run_soak() {
    [ "$filter" = soak ] || return 0
    printf '== soak tests\n'
    PROJECT_SECONDS=${U2C_TEST_SECONDS:-10800}
    run_project U2CMigration.EndToEndTests soak
}

# broken WHAT LOG: counts as a failure, so that the last line tells.
broken() {
    failed=$((failed + 1))
    printf '  BROKEN: %s; from %s:\n' "$1" "$2"
    { head -n 10 "$2"; echo ...; tail -n 10 "$2"; } | cut -c1-200 | sed 's/^/    /'
}

# run_kind KIND PATTERN
run_kind() {
    [ -z "$filter" ] || [ "$filter" = "$1" ] || return 0
    printf '== %s tests\n' "$1"
    local project
    for project in "$REPO"/tests/*."$2"/*.csproj; do
        # The unit tests' pattern matches those of TorchSharp too.
        [ "$1" = torch ] || case $project in *.Torch.Tests.csproj) continue ;; esac
        [ ! -e "$project" ] || run_project "$(basename "$project" .csproj)" "$1"
    done
}

filter=''
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage; exit 0 ;;
        --filter) filter=${2:-}; shift 2 || die "--filter needs unit, torch, integration, vm, e2e, services or soak." ;;
        *) die "does not know '$1'; see --help." ;;
    esac
done
case $filter in '' | unit | torch | integration | vm | e2e | services | soak) ;; *) die "--filter takes unit, torch, integration, vm, e2e, services or soak; got '$filter'." ;; esac

require_root "eng/test.sh"
command -v dotnet >/dev/null || die ".NET is not installed: install the .NET 10 SDK so that 'dotnet' is on PATH."
[ "${CI:-}" != true ] || export U2C_REQUIRE=all
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
mkdir -p "$LOGS"

printf '== setup\n'
install_missing gcc libc6-dev util-linux iproute2
build_native
if [ "$filter" != unit ]; then
    install_missing debootstrap debian-archive-keyring
    bash "$REPO/eng/testbed.sh" build
    # Without them their tests are skipped, and say so.
    case $filter in '' | e2e | services) bash "$REPO/eng/testbed.sh" build --services || say "the services cannot be installed here" ;; esac
    case $filter in '' | e2e) bash "$REPO/eng/testbed.sh" build --podman || say "podman cannot be installed here" ;; esac
fi

printf '== build (%s)\n' "$CONFIGURATION"
# Nothing of the build may keep running after it: node reuse and build servers off.
if ! dotnet build "$REPO/U2CMigration.Core.sln" -c "$CONFIGURATION" -nologo -nodeReuse:false -p:UseSharedCompilation=false >"$LOGS/build.log" 2>&1 </dev/null; then
    grep -E '(error|warning) ' "$LOGS/build.log" | sort -u | head -n 30
    printf 'The solution does not build (all of it in %s).\n0 passed, 1 failed, 0 skipped\n' "$LOGS/build.log"
    exit 1
fi

run_model
run_kind unit Tests
run_fuzzing
run_kind torch Torch.Tests
run_kind integration IntegrationTests
run_vm
use_published_agent
run_kind e2e EndToEndTests
run_services
run_soak

# A runner that was killed has left its rigs.
[ "$filter" = unit ] || bash "$REPO/eng/testbed.sh" sweep
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
