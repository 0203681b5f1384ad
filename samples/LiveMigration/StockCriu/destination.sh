#!/bin/bash
# destination.sh DIRECTORY LISTEN PAGE-PORT IMAGE-PORT ADDRESS/PREFIX DEVICE CGROUP
# The destination side of a migration by CRIU alone. Obeys lines on its standard input: `serve N` takes the pages of round N, `last N`
# those of the final dump and the images; when both are there, takes over the address (`-` for none) and restores. Prints "NAME VALUE"
# per step; times are in seconds.
set -euo pipefail
directory=$1 listen=$2 page_port=$3 image_port=$4 address=$5 device=$6 cgroup=$7

rm -rf "$directory"
mkdir -p "$directory"
criu check >/dev/null 2>&1 || true

# Until the sockets are restored the kernel would answer their packets with a reset.
[ "$address" = - ] || nft "table inet stock_hidden { chain input { type filter hook input priority -400; ip daddr ${address%/*} drop; }; }"
undo() {
    nft delete table inet stock_hidden 2>/dev/null || true
    jobs -p | xargs -r kill 2>/dev/null || true
}
trap undo EXIT

# serve ROUND: a page server for one round; the images of the round before are its parent.
serve() {
    local round=$1 previous=()
    mkdir -p "$directory/$round/images" "$directory/$round/work"
    [ "$round" = 0 ] || previous=(--prev-images-dir "../../$((round - 1))/images")
    criu page-server --images-dir "$directory/$round/images" --work-dir "$directory/$round/work" --log-file page-server.log -v1 "${previous[@]}" \
        --address "$listen" --port "$page_port" </dev/null >/dev/null 2>&1 &
    pages=$!
    until ss -Hltn "src $listen:$page_port" | grep -q .; do sleep 0.01; done
}

# served ROUND: until all of its pages are there.
served() {
    wait "$pages" || { cat "$directory/$1/work/page-server.log" >&2; exit 1; }
}

echo "ready $EPOCHREALTIME"
while read -r command round; do
    [ "$command" = serve ] || break
    serve "$round"
    echo "serving-$round $EPOCHREALTIME"
    served "$round"
    echo "served-$round $EPOCHREALTIME"
done

serve "$round"
images_directory=$directory/$round/images work=$directory/$round/work
nc -l "$listen" "$image_port" | tar --extract --directory "$images_directory" &
images=$!
until ss -Hltn "src $listen:$image_port" | grep -q .; do sleep 0.01; done
echo "serving-$round $EPOCHREALTIME"
served "$round"
wait "$images"
echo "received $EPOCHREALTIME"
if [ "$address" != - ]; then
    # The address is announced before the restore: the client's link layer has found this host by the time the sockets answer.
    ip address replace "$address" dev "$device"
    arping -q -U -c 1 -I "$device" "${address%/*}" &
fi
(
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec criu restore --images-dir "$images_directory" --work-dir "$work" --log-file restore.log -v1 \
        --tcp-established --shell-job --file-locks --restore-detached --pidfile "$work/pid" </dev/null >/dev/null 2>&1
) || {
    echo "failed $EPOCHREALTIME"
    cat "$work/restore.log" >&2
    exit 1
}
echo "restored $EPOCHREALTIME"
if [ "$address" != - ]; then
    nft delete table inet stock_hidden
    arping -q -U -c 1 -I "$device" "${address%/*}"
fi
echo "resumed $(stat -c %.9Y "$work/stats-restore")"
echo "pid $(<"$work/pid")"
rm -rf "$directory"
