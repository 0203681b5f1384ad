#!/usr/bin/env bash
# Redis behind a filter of system calls, as its unit has one under systemd.
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PORT=6379

prepare() { :; }

serve() {
    exec "$NATIVE/noring" redis-server --port "$PORT" --bind 0.0.0.0 --protected-mode no --save '' --appendonly no --dir "$DIR"
}

load() {
    await_port "$PORT"
    exec python3 "$HERE/redis_load.py" "$ADDRESS" "$PORT"
}

check() {
    :
}

run_service "$@"
