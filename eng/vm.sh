#!/usr/bin/env bash
# Two emulated machines with kernels of their own, in which CRIU can dump and restore, and migrations between them. `eng/vm.sh --help` tells more.
set -euo pipefail
STATE_ROOT=/run/u2c-vm

# First and by itself: exec in a rig is called often and must not wait for the rest to load.
if [ "${1:-}" = exec ] && [ $# -ge 4 ] && [ -x "$STATE_ROOT/$2/vmexec" ]; then
    rig=$2 host=$3
    if [ "$4" = -- ]; then set -- "${@:5}"; else set -- "${@:4}"; fi
    case $host in
        a | b) exec "$STATE_ROOT/$rig/vmexec" "$STATE_ROOT/$rig/$host" "$@" ;;
        client)
            read -r pid _ <"$STATE_ROOT/$rig/client/init"
            exec nsenter --net="/proc/$pid/ns/net" -- "$@"
            ;;
    esac
fi

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
TESTBED=${U2C_TESTBED:-$REPO/artifacts/testbed}
VM=${U2C_VM:-$(dirname "$TESTBED")/vm}
DEFAULT_CRIU=4.2  # that of the testbed
for part in output packages native samples testbed-machine testbed-network testbed-rig vm-image vm-rig; do
    # shellcheck source=/dev/null
    . "$LIB/$part.sh"
done

usage() {
    cat <<'HELP'
usage: eng/vm.sh [MIGRATION OPTIONS]      migrates a workload between two emulated machines, as eng/demo.sh does between namespaces
       eng/vm.sh compare [OPTIONS]        the same under several strategies, as eng/compare.sh does
       eng/vm.sh COMMAND

The machines a (10.77.0.1) and b (10.77.0.2) run in QEMU without hardware acceleration, with kernels of Debian that have
soft-dirty, two processors and 1536 MiB each. The client (10.77.0.9) is a network namespace of this machine: its own speed is
not that of emulation. Above about 200 Mbit/s the emulated processors are the limit, not the link.

Migration options: those of eng/demo.sh (or compare), with --memory-mib 128, --bandwidth-mbit 100, --write-rate 200, --floor 3 and
--dirty-rate unless given, and
  --kernel 6.12|6.1          Debian trixie's or bookworm's kernel in both machines (default 6.12)
  --criu 4.2|4.1|3.17        the testbed's CRIU, or that of trixie (with kernel 6.12) or bookworm (with 6.1) (default 4.2)
  --delay-ms N               what a and b send is delayed by N ms

  build [--kernel K]         make QEMU, kernel and disks (cached in $U2C_VM, default `vm` beside the testbed root)
  exec [--kernel K] [--criu V] [--with PATH]... -- CMD...
                             run CMD in a machine made for it, in the folder of this checkout. There the machine finds artifacts/samples,
                             artifacts/native, eng, each PATH, the folder of each file that CMD names, and .NET. What is written there is
                             gone afterwards. An integration test project:
                               eng/vm.sh exec -- dotnet exec artifacts/bin/NAME/release/NAME.dll
  up RIG [--kernel K] [--criu V] [--bandwidth-mbit N] [--delay-ms N] [--service-address ADDRESS] [--owner PID] [--with PATH]...
                             bring a rig up, as eng/testbed.sh does (ten seconds)
  exec RIG HOST [--] CMD...  run CMD in a host of a rig: cwd /, exit code passed through, signals passed on; when this command is
                             killed, CMD is too
  shape RIG N                change the limit of the links to N Mbit/s; 0 takes it away
  clock RIG HOST             the clocks of a machine against those of here (see eng/lib/vmexec.c)
  down RIG                   end everything in the rig
  list, sweep, clean         the rigs that are up; take down those whose owner is gone; take down all
  --help                     this text; `eng/vm.sh migrate --help` lists the migration options
HELP
}

# has_option NAME WORD...: whether an option was given.
has_option() {
    local name=$1 word
    for word in "${@:2}"; do
        case $word in "$name" | "$name"=*) return 0 ;; esac
    done
    return 1
}

# value_of NAME DEFAULT WORD...: what an option was given.
value_of() {
    local name=$1 value=$2 word previous=''
    for word in "${@:3}"; do
        [ "$previous" != "$name" ] || value=$word
        case $word in "$name"=*) value=${word#*=} ;; esac
        previous=$word
    done
    printf '%s\n' "$value"
}

# migrate COMMAND-OR-NOTHING OPTION...
migrate() {
    local command=$1 defaults=(--rig vm)
    shift
    if ! has_option --help "$@" && ! has_option -h "$@"; then
        build_vm "$(value_of --kernel "${KERNELS[0]}" "$@")"
        install_missing gcc libc6-dev
        build_native
        has_option --memory-mib "$@" || defaults+=(--memory-mib 128)
        has_option --bandwidth-mbit "$@" || has_option --pressure "$@" || defaults+=(--bandwidth-mbit 100)
        has_option --write-rate "$@" || defaults+=(--write-rate 200)
        has_option --dirty-rate "$@" || defaults+=(--dirty-rate)
        has_option --floor "$@" || defaults+=(--floor 3)
    fi
    publish_samples
    # shellcheck disable=SC2086  # one word or none
    exec "$SAMPLES/LiveMigration/LiveMigration" $command "${defaults[@]}" "$@"
}

case ${1:-} in
    -h | --help | help) usage; exit ;;
esac
require_root eng/vm.sh
case ${1:-} in
    build) shift; build_vm "$(value_of --kernel "${KERNELS[0]}" "$@")" ;;
    exec)
        shift
        case ${1:-} in
            -*) cmd_exec_once "$@" ;;
            *) require_rig "${1:-}"; die "rig '$1' has the hosts ${HOSTS[*]}, and exec needs one of them and a command." ;;
        esac
        ;;
    up | shape | clock | down | list | sweep | clean) command=$1; shift; "cmd_$command" "$@" ;;
    migrate) shift; migrate '' "$@" ;;
    compare) shift; migrate compare "$@" ;;
    '' | -*) migrate '' "$@" ;;
    *) die "no command '$1'; see eng/vm.sh --help." ;;
esac
