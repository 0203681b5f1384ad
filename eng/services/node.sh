#!/usr/bin/env bash
# Node.js: HTTP and twenty WebSockets. Variants: filtered (io_uring is refused to it, as container engines do), default (with the ring that libuv makes, which is refused).
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PORT=8083
export NODE_PATH=/usr/share/nodejs

prepare() {
    cp "$HERE/node_server.js" "$DIR/"
}

serve() {
    [ "$VARIANT" = default ] || set -- "$NATIVE/noring"
    exec "$@" node "$DIR/node_server.js" "$PORT"
}

load() {
    await_port "$PORT"
    coproc SOCKETS { exec node "$HERE/node_load.js" "$ADDRESS" "$PORT"; }
    local sockets_input=${SOCKETS[1]} sockets_output=${SOCKETS[0]} line sockets requests
    exec {requests_output}< <(exec python3 "$HERE/http_load.py" "$ADDRESS" "$PORT" store hash)
    read -r -u "$sockets_output" line || fault "the WebSockets have ended."
    read -r -u "$requests_output" line || fault "the requests have ended."
    echo ready
    read -r -u "$requests_output" requests || fault "the requests have ended."
    exec {sockets_input}>&-
    read -r -u "$sockets_output" sockets || fault "the WebSockets have ended."
    printf '%s\n' "$sockets" "$requests" | python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
print(json.dumps({name: (max if name == "longestStallMs" else sum)(row[name] for row in rows) for name in rows[0]}))'
}

check() {
    :
}

run_service "$@"
