#!/usr/bin/env bash
# Checks the model of the commit (docs/model) with spin. `eng/model.sh --help` tells more. The last line is `N passed, N failed`.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
MODEL=$REPO/docs/model/commit.pml
WORK=$REPO/artifacts/model
for part in output packages; do
    # shellcheck source=/dev/null
    . "$REPO/eng/lib/$part.sh"
done

# Each has been in the product, or would be an easy mistake. The model without it holds, with it spin finds a run that breaks a property.
declare -rA DEFECTS=(
    [C3]='an answer from another ledger is believed'
    [C4]='a second offer with the same id replaces the record'
    [C5]='CRIU lets the tasks run after the commit, and its death is taken for an end of the workload'
    [C6]='the commit is recorded before the restored processes stand for themselves, and living processes are taken for running ones'
    [H3]='the source has no journal'
    [M6]='a destination that holds the workload is taken for one that has given it up'
    [M9]='records go by their age alone'
    [ANSWERED]='a limit that stands, after a week: an answer that was sent counts as one that the source has acted on, and the record goes'
    [M10]='records do not say in which boot they were written'
    [UNFLUSHED]='the workload is thawed before the record is on the disk'
    [BELIEVING]='an agent acts on a record that the one before it did not flush'
    [EARLY]='Resumed is answered between its record and the thaw, and the next agent has another ledger'
    [WINDOW]='no one kills what runs when CRIU and the agent die before the freeze'
    [LOCKS]='a limit that stands: file locks of the frozen original are free only when it has ended, before the restored processes are complete'
    [GUARDIAN]='the guardian of the source stays armed while Commit is sent'
)
readonly ORDER=(C3 C4 C5 C6 H3 M6 M9 ANSWERED M10 UNFLUSHED BELIEVING EARLY WINDOW GUARDIAN LOCKS)
# A run is found at once: here the compiler takes longer than the search.
readonly QUICK='-O0 -DSAFETY'
readonly ENDS=(RUNS_HERE RUNS_THERE ASKS_A_HUMAN DIED_WITH_ITS_HOST)

usage() {
    cat <<'HELP'
usage: eng/model.sh [--defects | --run DEFECT | --list | --deep]

Installs spin if it is missing (by apt; root) and searches all states of docs/model: the commit holds with two crashes of each agent, a loss of power, deaths of
CRIU at every step, lost, late and repeated messages, and another receiver at the same address; every run ends; each good end is reached; each step is taken.

  --defects     as well puts in each known defect by a macro, and fails unless spin finds a run that breaks a property
  --run DEFECT  prints the shortest such run of one defect
  --list        prints the defects
  --deep        three crashes of each agent and two losses of power instead (a minute, 2 GiB)
HELP
}

passed=0 failed=0

# count GOOD WORDS
count() {
    if [ "$1" = yes ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    printf '%-7s %s\n' "$([ "$1" = yes ] && echo passed || echo FAILED)" "$2"
}

# build NAME [MACRO...]: a checker in a directory of its own. OPTIONS holds the options of the compiler.
build() {
    local directory=$WORK/$1
    shift
    rm -rf "$directory"
    mkdir -p "$directory"
    cd "$directory"
    spin "$@" -a "$MODEL" >spin.log 2>&1 || die "spin does not take the model: $(head -n 3 spin.log)"
    # shellcheck disable=SC2086
    gcc ${OPTIONS:--O2 -DSAFETY} -w -DNOREDUCE -DMEMLIM=8192 -o pan pan.c
}

# search [OPTION...]: whether all states were seen and none is wrong.
search() {
    ./pan -m1000000 "$@" >search.log 2>&1 || true
    grep -q 'errors: 0$' search.log && ! grep -qE 'Search not completed|max search depth too small|out of memory' search.log
}

states() { awk '/states, stored/ { print $1; exit }' search.log; }

# violated MACRO...: what the run that was found breaks.
violated() { spin "$@" -k commit.pml.trail "$MODEL" 2>/dev/null | sed -n 's/^ *VIOLATED: //p' | head -n 1; }

check_sound() {
    build sound "$@"
    if search; then
        count yes "the commit holds in all of $(states) states${*:+ ($*)}"
    else
        count no "the commit does not hold${*:+ ($*)}: $(violated "$@"); the run: spin -p -g $* -k $PWD/commit.pml.trail $MODEL"
        return
    fi
    [ $# -eq 0 ] || return 0
    # The steps of defects are not compiled in, so nothing but the ends of processes and the words of a fault may be left.
    local idle
    idle=$(sed -n '/^unreached/,$p' search.log | grep -E ', state [0-9]+,' | grep -vE '"-end-"|VIOLATED|"assert' | head -n 3 || true)
    [ -z "$idle" ] && count yes 'every step is taken in some run' || count no "steps that are never taken: $idle"
    OPTIONS='-O2 -DNP' build cycles
    search -l && count yes 'every run ends' || count no "there is a run without end: $PWD/search.log"
}

check_ends() {
    local end
    for end in "${ENDS[@]}"; do
        OPTIONS=$QUICK build "end-$end" "-DREACHES=$end"
        ! search && [ -n "$(violated "-DREACHES=$end")" ] && count yes "a run ends with $end" || count no "no run ends with $end"
    done
}

check_defects() {
    local defect what
    for defect in "${ORDER[@]}"; do
        OPTIONS=$QUICK build "defect-$defect" "-D$defect"
        what=''
        search || what=$(violated "-D$defect")
        [ -n "$what" ] && count yes "$defect (${DEFECTS[$defect]}) is found: $what" || count no "$defect (${DEFECTS[$defect]}) is not found"
    done
}

# show DEFECT: spin numbers the steps; variables are printed as they change.
show() {
    OPTIONS='-O2 -DSAFETY -DREACH' build "run-$1" "-D$1"
    ! search -i || die "nothing is wrong with $1."
    spin "-D$1" -k commit.pml.trail -p -g "$MODEL" 2>/dev/null |
        awk '/^spin: text|^spin: trail/ { exit }
             /^ *VIOLATED/ { sub(/^ */, ""); print; exit }
             /proc +[0-9]+ \(/ { match($0, /\([A-Za-z]+:/); who = substr($0, RSTART + 1, RLENGTH - 2); next }
             /^\t\t[a-zA-Z]+ = / { line = $0; sub(/^\t\t/, "", line); name = line; sub(/ = .*/, "", name)
                 if (seen[name] != line && name !~ /^(sourceCrashes|destinationCrashes|powerLosses|strays|replays|prunes|was)/) { seen[name] = line; printf "%-12s %s\n", who, line } }'
}

mode=sound
case ${1:-} in
    '') ;;
    -h | --help) usage; exit 0 ;;
    --list) for defect in "${ORDER[@]}"; do printf '%-10s %s\n' "$defect" "${DEFECTS[$defect]}"; done; exit 0 ;;
    --defects | --deep) mode=${1#--} ;;
    --run) mode=run; [ -n "${DEFECTS[${2:-none}]:-}" ] || die "--run takes one of ${ORDER[*]}; got '${2:-}'." ;;
    *) die "does not know '$1'; see --help." ;;
esac

install_missing spin gcc libc6-dev
case $mode in
    run) show "$2"; exit 0 ;;
    deep) check_sound -DCRASHES=3 -DPOWER_LOSSES=2 ;;
    *)
        check_sound
        check_sound -DREPLAY
        check_ends
        [ "$mode" = sound ] || check_defects
        ;;
esac
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
