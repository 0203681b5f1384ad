# shellcheck shell=bash
# What the services have in common; sourced by each. A service is a script with these commands, called inside the hosts of a rig that has the layer with the services:
#   prepare   makes its files in SERVICE_DIR, which both hosts see
#   start     both: prepare and serve
#   serve     becomes the service; the root of the tree that is moved
#   load      (in the host of the client) says `ready` once every connection has had a right answer, works until its input is closed, and says what it saw as one line of JSON:
#             {"answers": N, "wrong": N, "lost": N, "longestStallMs": X}; lost are connections, the stall is the longest that one connection waited for one answer
#             (from `ready` on where the client is ours, else from its beginning). What the demo moves says the same, of the stalls those since it was asked last, for each line of its input.
#   check     (in the host of the client, after the load) compares rows and sums; ends with 1 and a sentence when they are wrong
# SERVICE_VARIANT chooses between the settings that a service has.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
REPO=$(cd "$HERE/../.." && pwd -P)
NATIVE=$REPO/artifacts/native
DIR=${SERVICE_DIR:?names the directory of the service}
ADDRESS=${SERVICE_ADDRESS:-10.77.0.100}
VARIANT=${SERVICE_VARIANT:-}
MIB=${SERVICE_MIB:-}
export HERE REPO NATIVE DIR ADDRESS VARIANT MIB LC_ALL=C

fault() {
    printf '%s\n' "$1" >&2
    exit 1
}

# tell ANSWERS WRONG LOST STALL-MS
tell() {
    printf '{"answers": %s, "wrong": %s, "lost": %s, "longestStallMs": %s}\n' "$@"
}

# until_told [COMMAND...]: waits until the input is closed; for each line of it, runs the command.
until_told() {
    local asked
    while read -r asked; do
        [ $# = 0 ] || "$@"
    done
}

# await_port PORT: until something listens at the address.
await_port() {
    local tries=600
    until (exec 3<>"/dev/tcp/$ADDRESS/$1") 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fault "nothing listens at $ADDRESS:$1."
        sleep 0.1
    done
}

# run_service COMMAND: the function of that name.
run_service() {
    case ${1:-} in
        prepare) mkdir -p "$DIR"; prepare ;;
        start) mkdir -p "$DIR"; prepare; serve ;;
        serve | load | check) "$1" ;;
        *) fault "a service takes prepare, serve, start, load or check; got '${1:-}'." ;;
    esac
}
