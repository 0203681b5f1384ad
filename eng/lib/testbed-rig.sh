# shellcheck shell=bash
# Rigs: sets of hosts. Sourced by testbed.sh. All a rig is stands in $STATE_ROOT/RIG, written before it is made, so that `down`
# can take apart what an interrupted `up` left.

HOSTS=(a b client)
# The rig that this command has begun to make.
REGISTERED=

rig_names() {
    local directory
    for directory in "$STATE_ROOT"/*/; do
        [ ! -d "$directory" ] || basename "$directory"
    done
}

check_rig_name() {
    [[ $1 =~ ^[a-zA-Z0-9][a-zA-Z0-9._-]{0,39}$ ]] || die "a rig's name has 1 to 40 letters, digits, dots, dashes; '$1' has not."
}

require_rig() {
    check_rig_name "$1"
    [ -d "$STATE_ROOT/$1" ] || die "there is no rig '$1' (up now: $(rig_names | paste -sd' ' -))."
}

check_mbit() {
    [[ $1 =~ ^[0-9]{1,6}$ ]] || die "a bandwidth is a whole number of Mbit/s, 0 to 999999 (0 = no limit); '$1' is not."
}

cmd_up() {
    local rig='' mbit=0 service='' owner='' layers=()
    while [ $# -gt 0 ]; do
        case $1 in
            --bandwidth-mbit) mbit=${2:?--bandwidth-mbit needs a number}; shift 2 ;;
            --service-address) service=${2:?--service-address needs an address}; shift 2 ;;
            --owner) owner=${2:?--owner needs a process id}; shift 2 ;;
            --services | --podman) layers+=("$1"); shift ;;
            -*) die "up does not know '$1'; see --help." ;;
            *) [ -z "$rig" ] || die "up takes one name; got '$rig' and '$1'."; rig=$1; shift ;;
        esac
    done
    [ -n "$rig" ] || die "up needs a name for the rig."
    check_rig_name "$rig"
    check_mbit "$mbit"
    [[ -z $service || $service =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "a service address is an IPv4 address like 10.77.0.100; '$service' is not."
    cmd_build "${layers[@]}"
    install_missing util-linux iproute2
    build_hostexec
    [ ! -d "$STATE_ROOT/$rig" ] || die "a rig '$rig' is up already: take it down first (eng/$(basename "$0") down $rig) or choose another name."
    # Whatever ends this before the rig stands takes down what there is of it.
    trap down_after_failure EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    with_state_lock rig_register "$rig" "$owner" "${layers[@]}"
    rig_start "$rig" "$mbit" "$service"
    trap - EXIT INT TERM HUP
}

down_after_failure() {
    local code=$?
    trap '' INT TERM HUP
    [ -z "$REGISTERED" ] || cmd_down "$REGISTERED" || true
    exit "$code"
}

rig_register() {
    local rig=$1 owner=$2 layer
    shift 2
    sweep_orphans
    # mkdir decides between two that come at the same time.
    mkdir "$STATE_ROOT/$rig" 2>/dev/null || die "a rig '$rig' is up already: take it down first (eng/$(basename "$0") down $rig) or choose another name."
    REGISTERED=$rig
    [ -z "$owner" ] || printf '%s\n' "$owner" >"$STATE_ROOT/$rig/owner"
    printf '%s\n' "$TESTBED" >"$STATE_ROOT/$rig/testbed"
    for layer in "$@"; do
        printf '%s\n' "$TESTBED/${layer#--}" >>"$STATE_ROOT/$rig/layers"
    done
    machine_prepare
}

rig_start() {
    local rig=$1 mbit=$2 service=$3 host line dotnet first_pid=10000
    local state=$STATE_ROOT/$rig layers=$TESTBED/root
    [ ! -f "$state/layers" ] || layers=$(sort -u "$state/layers" | paste -sd: -):$layers
    dotnet=$(dotnet_root)
    cp "$TESTBED/bin/hostexec" "$state/hostexec"

    declare -A ready
    mkdir "$state/hub"
    exec {pipe}< <(exec setsid unshare --net bash "$LIB/testbed-hub.sh" "$state/hub" </dev/null 2>"$state/hub/log")
    ready[hub]=$pipe
    for host in "${HOSTS[@]}"; do
        mkdir -p "$state/$host/scratch"
        cgroups_make "$state" "$host"
        exec {pipe}< <(enter_cgroups "$state/$host/cgroups" && exec setsid unshare --mount --pid --fork --kill-child --net --ipc --uts --cgroup \
            bash "$LIB/testbed-host.sh" "$state" "$host" "$layers" "$REPO" "$dotnet" "$first_pid" </dev/null 2>"$state/$host/log")
        ready[$host]=$pipe
        first_pid=$((first_pid + 10000))
    done
    for host in hub "${HOSTS[@]}"; do
        line=''
        read -r -t 30 -u "${ready[$host]}" line || true
        if [ "$line" != ready ]; then
            cat "$state/$host/log" >&2
            die "host $host of rig $rig did not start (its last words are above)."
        fi
    done
    network_up "$state" "$service"
    shape_links "$state" "$mbit"
}

enter_cgroups() {
    local path
    while read -r path; do
        echo 0 >"$path/cgroup.procs"
    done <"$1"
}

dotnet_root() {
    local dotnet
    dotnet=$(command -v dotnet) || dotnet=${DOTNET_ROOT:-/nonexistent}/dotnet
    [ -x "$dotnet" ] || die ".NET is not installed: hosts run the tests with the machine's own dotnet (install .NET 10 so that 'dotnet' is on PATH)."
    dirname "$(readlink -f "$dotnet")"
}

# The program that enters a host; compiled once per source.
build_hostexec() {
    local program=$TESTBED/bin/hostexec
    [ ! "$program" -nt "$LIB/hostexec.c" ] || return 0
    install_missing gcc libc6-dev
    mkdir -p "$TESTBED/bin"
    gcc -O2 -Wall -Wextra -Werror -static -o "$program.$$" "$LIB/hostexec.c"
    mv "$program.$$" "$program"
}

cmd_shape() {
    [ $# -eq 2 ] || die "shape needs a rig and a bandwidth in Mbit/s."
    require_rig "$1"
    check_mbit "$2"
    shape_links "$STATE_ROOT/$1" "$2"
}

cmd_down() {
    [ $# -eq 1 ] || die "down needs the name of one rig."
    require_rig "$1"
    with_state_lock rig_remove "$1"
}

rig_remove() {
    local rig=$1 host
    local state=$STATE_ROOT/$rig
    for host in "${HOSTS[@]}"; do
        cgroups_thaw "$state" "$host"
        end_first_process "$state/$host" pid
    done
    end_first_process "$state/hub" net
    for host in "${HOSTS[@]}"; do
        cgroups_remove "$state" "$host"
    done
    rm -rf --one-file-system "$state"
    machine_restore
}

# end_first_process STATE-OF-HOST NAMESPACE-KIND: the kernel ends the rest of its PID namespace.
end_first_process() {
    local pid inode tries=200
    read -r pid inode 2>/dev/null <"$1/init" || return 0
    # A process id that is another's by now is left alone.
    [ "$(stat -Lc %i "/proc/$pid/ns/$2" 2>/dev/null)" = "$inode" ] || return 0
    kill -KILL "$pid" 2>/dev/null || return 0
    # A zombie has let go of everything already; who reaps it is not our business.
    while [ -e "/proc/$pid/stat" ] && ! grep -qs ' (.*) Z ' "/proc/$pid/stat"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "process $pid ($1) does not end; the rig is left as it is, try again."
        sleep 0.01
    done
}

# Rigs whose owner is gone (a test runner that was killed) go too.
sweep_orphans() {
    local rig owner
    for rig in $(rig_names); do
        owner=$(cat "$STATE_ROOT/$rig/owner" 2>/dev/null) || continue
        [ -d "/proc/$owner" ] || rig_remove "$rig"
    done
}

cmd_list() {
    local rig host pid state
    for rig in $(rig_names); do
        printf '%s' "$rig"
        for host in "${HOSTS[@]}"; do
            state=gone
            pid=''
            read -r pid _ 2>/dev/null <"$STATE_ROOT/$rig/$host/init" || true
            [ -z "$pid" ] || [ ! -d "/proc/$pid" ] || state=$pid
            printf '\t%s=%s' "$host" "$state"
        done
        printf '\n'
    done
}

cmd_sweep() {
    with_state_lock sweep_orphans
}

cmd_clean() {
    local rig
    for rig in $(rig_names); do
        cmd_down "$rig"
    done
}
