# shellcheck shell=bash
# The network of a rig: one bridge in a namespace of its own, one shaped link per host. Sourced by testbed.sh.

host_address() {
    case $1 in
        a) echo 10.77.0.1 ;;
        b) echo 10.77.0.2 ;;
        client) echo 10.77.0.9 ;;
    esac
}

# in_network STATE-OF-HOST CMD...: with the machine's own programs, in the network namespace of a host (or of the hub).
in_network() {
    local pid
    read -r pid _ <"$1/init"
    nsenter --net="/proc/$pid/ns/net" -- "${@:2}"
}

network_up() {
    local state=$1 service=$2 host pid
    in_network "$state/hub" ip -batch - <<BATCH
link add br0 type bridge stp_state 0 forward_delay 0
link set br0 up
BATCH
    for host in "${HOSTS[@]}"; do
        read -r pid _ <"$state/$host/init"
        in_network "$state/hub" ip -batch - <<BATCH
link add port-$host type veth peer name eth0 netns $pid
link set port-$host master br0 up
BATCH
        in_network "$state/$host" ip -batch - <<BATCH
link set lo up
address add $(host_address "$host")/24 dev eth0
link set eth0 up
BATCH
    done
    [ -z "$service" ] || in_network "$state/a" ip address add "$service/24" dev eth0
}

# shape_links STATE MBIT: both directions of the links of a and b; 0 takes the limit away.
shape_links() {
    local state=$1 mbit=$2 host
    for host in a b; do
        shape_device "$state/$host" eth0 "$mbit"
        shape_device "$state/hub" "port-$host" "$mbit"
    done
}

shape_device() {
    local where=$1 device=$2 mbit=$3
    if [ "$mbit" = 0 ]; then
        in_network "$where" tc qdisc del dev "$device" root 2>/dev/null || true
        return
    fi
    # The bucket holds what the rate lets through in 4 ms (a timer tick), at least one full segment.
    local burst=$((mbit * 1000000 / 8 / 250))
    [ "$burst" -ge 65536 ] || burst=65536
    in_network "$where" tc qdisc replace dev "$device" root tbf rate "${mbit}mbit" burst "$burst" latency 50ms
}
