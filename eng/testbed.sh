#!/usr/bin/env bash
# The testbed: hosts made of namespaces in which CRIU can dump and restore. `eng/testbed.sh --help` lists the commands.
set -euo pipefail
STATE_ROOT=/run/u2c-testbed

# First and by itself: exec is called often and must not wait for the rest to load.
if [ "${1:-}" = exec ] && [ $# -ge 4 ]; then
    rig=$2 host=$3
    shift 3
    [ "$1" != -- ] || shift
    if [ -x "$STATE_ROOT/$rig/hostexec" ] && [ -d "$STATE_ROOT/$rig/$host" ] && [ $# -gt 0 ]; then
        exec "$STATE_ROOT/$rig/hostexec" "$STATE_ROOT/$rig/$host" "$@"
    fi
    set -- exec "$rig" "$host"
fi

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
# shellcheck disable=SC2034  # read by the parts
TESTBED=${U2C_TESTBED:-$REPO/artifacts/testbed}
for part in output packages testbed-root testbed-layers testbed-machine testbed-cgroups testbed-network testbed-rig; do
    # shellcheck source=/dev/null
    . "$LIB/$part.sh"
done

usage() {
    cat <<'HELP'
usage: eng/testbed.sh COMMAND

A rig is three hosts on one bridge: a (10.77.0.1), b (10.77.0.2) and client (10.77.0.9), each with its own network, mount, PID,
IPC, UTS namespace and cgroup root, all on a Debian root file system with CRIU, redis, memcached, runc and crun. What a host
writes is gone when the rig goes down, except below this checkout, which every host sees at its own path.

  build [--services] [--podman]
                             make the root file system (cached in $U2C_TESTBED, default artifacts/testbed), with --services also
                             the layer above it with PostgreSQL, MariaDB, nginx and the other services of docs/services.md, with
                             --podman also the layer with podman
  up RIG [--bandwidth-mbit N] [--service-address ADDRESS] [--owner PID] [--services] [--podman]
                             bring a rig up; N limits the links of a and b both ways; ADDRESS (e.g. 10.77.0.100) is given to a
                             besides its own; when process PID is gone the rig is taken down by the next up; --services
                             and --podman give the hosts these layers
  exec RIG HOST [--] CMD...  run CMD in a host: cwd /, no descriptor above 2, exit code passed through, signals passed on; when
                             this command is killed, CMD is too. Without a terminal CMD leads a session of its own (CRIU needs that)
  shape RIG N                change the limit of the links to N Mbit/s; 0 takes it away
  down RIG                   end everything in the rig and put back what it changed on the machine
  run [--] CMD...            run CMD in host a of a rig made for it
  list                       the rigs that are up, with the first process of each host
  sweep                      take down the rigs whose owner is gone
  clean                      take all rigs down
  --help                     this text
HELP
}

cmd_exec() {
    [ $# -ge 2 ] || die "exec needs a rig, a host and a command."
    require_rig "$1"
    [ -d "$STATE_ROOT/$1/$2" ] || die "rig '$1' has the hosts ${HOSTS[*]}; there is no '$2'."
    die "exec needs a command to run in host $2 of rig $1."
}

cmd_run() {
    [ "${1:-}" != -- ] || shift
    [ $# -gt 0 ] || die "run needs a command."
    local rig=run-$$ code=0
    child=
    cmd_up "$rig" --owner $$
    trap down_after_failure EXIT
    trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' INT TERM HUP
    "$STATE_ROOT/$rig/hostexec" "$STATE_ROOT/$rig/a" "$@" <&0 &
    child=$!
    while :; do
        code=0
        wait "$child" || code=$?
        # wait also returns when a signal was caught; then the command is still ending.
        kill -0 "$child" 2>/dev/null || break
    done
    exit "$code"
}

[ $# -gt 0 ] || { usage >&2; exit 2; }
command=$1
shift
case $command in
    -h | --help | help) usage ;;
    up | exec | shape | down | run | sweep | clean) require_root "$command"; "cmd_$command" "$@" ;;
    build | list) "cmd_$command" "$@" ;;
    *) die "no command '$command'; see eng/testbed.sh --help." ;;
esac
