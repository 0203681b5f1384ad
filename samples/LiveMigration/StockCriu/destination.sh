#!/bin/bash
# destination.sh DIRECTORY LISTEN PAGE-PORT IMAGE-PORT ADDRESS/PREFIX DEVICE CGROUP
# The destination side of a migration by CRIU alone: page server and image receiver wait from the beginning; when both are
# done, takes over the address and restores. Prints "NAME SECONDS" per step.
set -euo pipefail
directory=$1 listen=$2 page_port=$3 image_port=$4 address=$5 device=$6 cgroup=$7

rm -rf "$directory"
mkdir -p "$directory/images" "$directory/work"
criu check >/dev/null 2>&1 || true

# Until the sockets are restored the kernel would answer their packets with a reset.
nft "table inet stock_hidden { chain input { type filter hook input priority -400; ip daddr ${address%/*} drop; }; }"
undo() {
    nft delete table inet stock_hidden 2>/dev/null || true
    jobs -p | xargs -r kill 2>/dev/null || true
}
trap undo EXIT

criu page-server --images-dir "$directory/images" --work-dir "$directory/work" --log-file page-server.log -v1 \
    --address "$listen" --port "$page_port" </dev/null >/dev/null 2>&1 &
pages=$!
nc -l "$listen" "$image_port" | tar --extract --directory "$directory/images" &
images=$!
until ss -Hltn "src $listen:$page_port" | grep -q . && ss -Hltn "src $listen:$image_port" | grep -q .; do sleep 0.01; done
echo "ready $EPOCHREALTIME"

wait "$pages" || { cat "$directory/work/page-server.log" >&2; exit 1; }
wait "$images"
echo "received $EPOCHREALTIME"
# The address is announced before the restore: the client's link layer has found this host by the time the sockets answer.
ip address replace "$address" dev "$device"
arping -q -U -c 1 -I "$device" "${address%/*}" &
(
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec criu restore --images-dir "$directory/images" --work-dir "$directory/work" --log-file restore.log -v1 \
        --tcp-established --shell-job --file-locks --restore-detached --pidfile "$directory/work/pid" </dev/null >/dev/null 2>&1
) || {
    echo "failed $EPOCHREALTIME"
    cat "$directory/work/restore.log" >&2
    exit 1
}
echo "restored $EPOCHREALTIME"
nft delete table inet stock_hidden
arping -q -U -c 1 -I "$device" "${address%/*}"
echo "resumed $(stat -c %.9Y "$directory/work/stats-restore")"
echo "pid $(<"$directory/work/pid")"
