#!/bin/bash
# source.sh PID DIRECTORY DESTINATION PAGE-PORT IMAGE-PORT ADDRESS/PREFIX DEVICE
# The source side of a migration by CRIU alone. Waits for a line on its standard input, then dumps the tree through the page
# server of the destination, sends the small images, and lets go of the address. Prints "NAME SECONDS" per step.
set -euo pipefail
pid=$1 directory=$2 destination=$3 page_port=$4 image_port=$5 address=$6 device=$7

rm -rf "$directory"
mkdir -p "$directory/images" "$directory/work"
# Fills CRIU's cache of kernel features, which would otherwise be asked for while the tree is frozen.
criu check >/dev/null 2>&1 || true
ip link show "$device" >/dev/null
echo "ready $EPOCHREALTIME"
read -r _

sent_before=$(<"/sys/class/net/$device/statistics/tx_bytes")
echo "dump $EPOCHREALTIME"
criu dump --tree "$pid" --images-dir "$directory/images" --work-dir "$directory/work" --log-file dump.log -v1 \
    --page-server --address "$destination" --port "$page_port" --tcp-established --network-lock nftables --shell-job --file-locks \
    </dev/null >/dev/null 2>&1 || {
    echo "failed $EPOCHREALTIME"
    cat "$directory/work/dump.log" >&2
    exit 1
}
echo "dumped $EPOCHREALTIME"
ip address del "$address" dev "$device"
# The restore needs the images only; statistics stay here.
tar --create --directory "$directory/images" . | nc -N "$destination" "$image_port"
echo "sent $EPOCHREALTIME"
echo "wire $(($(<"/sys/class/net/$device/statistics/tx_bytes") - sent_before))"
echo "frozen $(stat -c %.9Y "$directory/work/stats-dump")"

# CRIU leaves its lock of the connections behind; it would drop them when the workload comes back here.
nft list tables | while read -r _ family table; do
    case $table in CRIU-*) nft delete table "$family" "$table" ;; esac
done
