# shellcheck shell=bash
# Rigs of two emulated machines and a client. Sourced by vm.sh after testbed-rig.sh, of which it changes what a rig is made of.

BOOT_SECONDS=90
MACHINES=(a b)

cmd_up() {
    local rig='' mbit=0 delay=0 service='' owner='' kernel=${KERNELS[0]} criu=$DEFAULT_CRIU files=()
    while [ $# -gt 0 ]; do
        case $1 in
            --bandwidth-mbit) mbit=${2:?--bandwidth-mbit needs a number}; shift 2 ;;
            --delay-ms) delay=${2:?--delay-ms needs a number}; shift 2 ;;
            --service-address) service=${2:?--service-address needs an address}; shift 2 ;;
            --owner) owner=${2:?--owner needs a process id}; shift 2 ;;
            --kernel) kernel=${2:?--kernel needs a version}; shift 2 ;;
            --criu) criu=${2:?--criu needs a version}; shift 2 ;;
            --with) files+=("${2:?--with needs a path}"); shift 2 ;;
            -*) die "up does not know '$1'; see --help." ;;
            *) [ -z "$rig" ] || die "up takes one name; got '$rig' and '$1'."; rig=$1; shift ;;
        esac
    done
    [ -n "$rig" ] || die "up needs a name for the rig."
    check_rig_name "$rig"
    check_mbit "$mbit"
    check_delay "$delay"
    [[ -z $service || $service =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "a service address is an IPv4 address like 10.77.0.100; '$service' is not."
    check_kernel "$kernel"
    check_criu "$criu" "$kernel"
    build_vm "$kernel"
    [ ! -d "$STATE_ROOT/$rig" ] || die "a rig '$rig' is up already: take it down first (eng/vm.sh down $rig) or choose another name."
    # Whatever ends this before the rig stands takes down what there is of it.
    trap down_after_failure EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    with_state_lock rig_register "$rig" "$owner"
    rig_start "$rig" "$kernel" "$criu" "${files[@]}"
    network_finish "$rig" "$mbit" "$delay" "$service"
    trap - EXIT INT TERM HUP
}

check_delay() {
    [[ $1 =~ ^[0-9]{1,4}$ ]] || die "a delay is a whole number of milliseconds, 0 to 9999; '$1' is not."
}

rig_register() {
    local rig=$1 owner=$2 host
    sweep_orphans
    # mkdir decides between two that come at the same time.
    mkdir "$STATE_ROOT/$rig" 2>/dev/null || die "a rig '$rig' is up already: take it down first (eng/vm.sh down $rig) or choose another name."
    REGISTERED=$rig
    mkdir "$STATE_ROOT/$rig/hub"
    for host in "${HOSTS[@]}"; do mkdir "$STATE_ROOT/$rig/$host"; done
    [ -z "$owner" ] || printf '%s\n' "$owner" >"$STATE_ROOT/$rig/owner"
}

# rig_start RIG KERNEL CRIU PATH...
rig_start() {
    local rig=$1 kernel=$2 criu=$3 host line='' pipe state=$STATE_ROOT/$1
    cp "$VM/bin/vmexec" "$state/vmexec"
    payload_disk "$state/payload.img" artifacts/samples artifacts/native native samples/LiveMigration "${@:4}"
    exec {pipe}< <(exec setsid unshare --mount --pid --fork --kill-child --net \
        bash "$LIB/vm-hub.sh" "$state" "$VM" "$kernel" "$criu" "$REPO" "$(dotnet_root)" "${MACHINES[@]}" </dev/null 2>"$state/hub/log")
    read -r -t 30 -u "$pipe" line || true
    exec {pipe}<&-
    if [ "$line" != ready ]; then
        cat "$state/hub/log" >&2
        die "the machines of rig $rig did not start (their last words are above)."
    fi
    for host in "${MACHINES[@]}"; do
        "$state/vmexec" --wait "$BOOT_SECONDS" "$state/$host" || {
            tail -n 20 "$state/$host/console.log" >&2
            die "machine $host of rig $rig did not boot within $BOOT_SECONDS s (its last words are above)."
        }
    done
}

# network_finish RIG MBIT DELAY SERVICE: the client's address and that of the service, then the limits.
network_finish() {
    local state=$STATE_ROOT/$1
    in_network "$state/client" ip -batch - <<BATCH
link set lo up
address add $(host_address client)/24 dev eth0
link set eth0 up
BATCH
    [ -z "$4" ] || "$state/vmexec" "$state/a" ip address add "$4/24" dev eth0 </dev/null
    printf '%s\n' "$3" >"$state/delay"
    shape_links "$state" "$2"
}

# shape_links STATE MBIT: both directions of the links of a and b; 0 takes the limit away. What a machine sends is delayed besides.
shape_links() {
    local state=$1 mbit=$2 host delay
    delay=$(<"$state/delay")
    for host in "${MACHINES[@]}"; do
        shape_device "$state/hub" "port-$host" "$mbit"
        "$state/vmexec" "$state/$host" bash -c "$(declare -f shape_inside); shape_inside $mbit $delay" </dev/null
    done
}

# Runs inside a machine. The bucket holds what the rate lets through in 4 ms, at least one full segment.
shape_inside() {
    local mbit=$1 delay=$2 burst=$(($1 * 1000000 / 8 / 250)) parent=root
    [ "$burst" -ge 65536 ] || burst=65536
    tc qdisc del dev eth0 root 2>/dev/null || true
    if [ "$mbit" != 0 ]; then
        tc qdisc add dev eth0 root handle 1: tbf rate "${mbit}mbit" burst "$burst" latency 50ms
        parent='parent 1:1'
    fi
    # shellcheck disable=SC2086  # one word or two
    [ "$delay" = 0 ] || tc qdisc add dev eth0 $parent netem delay "${delay}ms" limit 10000
}

rig_remove() {
    local state=$STATE_ROOT/$1
    end_first_process "$state/hub" net
    rm -rf --one-file-system "$state"
}

cmd_clock() {
    [ $# -eq 2 ] || die "clock needs a rig and a host."
    require_rig "$1"
    "$STATE_ROOT/$1/vmexec" --clock "$STATE_ROOT/$1/$2"
}

# exec outside of any rig: a machine for one command.
cmd_exec_once() {
    local kernel=${KERNELS[0]} criu=$DEFAULT_CRIU files=() rig=exec-$$ code=0 word
    while [ $# -gt 0 ]; do
        case $1 in
            --kernel) kernel=${2:?--kernel needs a version}; shift 2 ;;
            --criu) criu=${2:?--criu needs a version}; shift 2 ;;
            --with) files+=("${2:?--with needs a path}"); shift 2 ;;
            --) shift; break ;;
            -*) die "exec does not know '$1'; see --help." ;;
            *) break ;;
        esac
    done
    [ $# -gt 0 ] || die "exec needs a command."
    for word in "$@"; do
        word=$(realpath -m "$word" 2>/dev/null) || continue
        # The folder of each file that is named goes along.
        case $word in "$REPO"/?*) [ ! -f "$word" ] || word=$(dirname "$word"); [ ! -e "$word" ] || files+=("${word#"$REPO"/}") ;; esac
    done
    child=
    MACHINES=(a)
    local with=()
    for word in "${files[@]}" U2CMigration.Core.sln eng; do with+=(--with "$word"); done
    cmd_up "$rig" --owner $$ --kernel "$kernel" --criu "$criu" "${with[@]}"
    trap down_after_failure EXIT
    trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' INT TERM HUP
    "$STATE_ROOT/$rig/vmexec" "$STATE_ROOT/$rig/a" sh -c 'cd "$1" && shift && exec "$@"' sh "$REPO" "$@" <&0 &
    child=$!
    while :; do
        code=0
        wait "$child" || code=$?
        # wait also returns when a signal was caught; then the command is still ending.
        kill -0 "$child" 2>/dev/null || break
    done
    exit "$code"
}
