#!/bin/bash
# source.sh PID DIRECTORY DESTINATION PAGE-PORT IMAGE-PORT ADDRESS/PREFIX DEVICE
# The source side of a migration by CRIU alone. Obeys lines on its standard input: `pre-dump N` sends the memory, or what was written
# since round N - 1, while the tree runs; `dump N` dumps the tree through the page server of the destination, sends the small images,
# and lets go of the address (`-` for a process without one). Prints "NAME VALUE" per step; times are in seconds.
set -euo pipefail
pid=$1 directory=$2 destination=$3 page_port=$4 image_port=$5 address=$6 device=$7

rm -rf "$directory"
# Fills CRIU's cache of kernel features, which would otherwise be asked for while the tree is frozen.
criu check >/dev/null 2>&1 || true
ip link show "$device" >/dev/null

sent() { cat "/sys/class/net/$device/statistics/tx_bytes"; }

# run_criu COMMAND ROUND OPTION...
run_criu() {
    local command=$1 round=$2 images=$directory/$2/images work=$directory/$2/work previous=()
    mkdir -p "$images" "$work"
    [ "$round" = 0 ] || previous=(--prev-images-dir "../../$((round - 1))/images")
    criu "$command" --tree "$pid" --images-dir "$images" --work-dir "$work" --log-file criu.log -v1 "${previous[@]}" \
        --page-server --address "$destination" --port "$page_port" --tcp-established --network-lock nftables --shell-job --file-locks "${@:3}" \
        </dev/null >/dev/null 2>&1 || {
        echo "failed $EPOCHREALTIME"
        cat "$work/criu.log" >&2
        exit 1
    }
}

echo "ready $EPOCHREALTIME"
while read -r command round; do
    [ "$command" = pre-dump ] || break
    sent_before=$(sent)
    echo "begin-$round $EPOCHREALTIME"
    run_criu pre-dump "$round" --track-mem
    echo "end-$round $EPOCHREALTIME"
    echo "wire-$round $(($(sent) - sent_before))"
    echo "stats-$round $(base64 -w0 "$directory/$round/work/stats-dump")"
done

track=()
[ "$round" = 0 ] || track=(--track-mem)
sent_before=$(sent)
echo "begin-$round $EPOCHREALTIME"
run_criu dump "$round" "${track[@]}"
echo "dumped $EPOCHREALTIME"
[ "$address" = - ] || ip address del "$address" dev "$device"
# The restore needs the images only; statistics stay here, and the chain of the destination is its own.
tar --create --directory "$directory/$round/images" --exclude=./parent . | nc -N "$destination" "$image_port"
echo "sent $EPOCHREALTIME"
echo "wire-$round $(($(sent) - sent_before))"
echo "stats-$round $(base64 -w0 "$directory/$round/work/stats-dump")"
echo "frozen $(stat -c %.9Y "$directory/$round/work/stats-dump")"

# CRIU leaves its lock of the connections behind; it would drop them when the workload comes back here.
nft list tables | while read -r _ family table; do
    case $table in CRIU-*) nft delete table "$family" "$table" ;; esac
done
rm -rf "$directory"
