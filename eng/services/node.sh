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
    local sockets_input=${SOCKETS[1]} sockets_output=${SOCKETS[0]} line requests_input pipe
    pipe=$(mktemp -u)
    mkfifo "$pipe"
    exec {requests_output}< <(exec python3 "$HERE/http_load.py" "$ADDRESS" "$PORT" store hash <"$pipe")
    exec {requests_input}>"$pipe"
    rm "$pipe"
    read -r -u "$sockets_output" line || fault "the WebSockets have ended."
    read -r -u "$requests_output" line || fault "the requests have ended."
    echo ready
    until_told tell_both report
    tell_both
}

# tell_both [LINE]: asks both with the line, or ends them without one, and adds up what they say.
tell_both() {
    local sockets requests
    if [ $# -gt 0 ]; then
        echo "$1" >&"$sockets_input"
        echo "$1" >&"$requests_input"
    else
        exec {requests_input}>&- {sockets_input}>&-
    fi
    read -r -u "$requests_output" requests || fault "the requests have ended."
    read -r -u "$sockets_output" sockets || fault "the WebSockets have ended."
    printf '%s\n' "$sockets" "$requests" | python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
print(json.dumps({name: (max if name == "longestStallMs" else sum)(row[name] for row in rows) for name in rows[0]}))'
}

check() {
    :
}

run_service "$@"
