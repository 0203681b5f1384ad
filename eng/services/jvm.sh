#!/usr/bin/env bash
# A service of the JVM. Variants: g1, zgc, default (with the file of performance data that every JVM has in /tmp).
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PORT=8084

prepare() {
    javac -d "$DIR" "$HERE/Service.java"
}

serve() {
    local kept=${MIB:-128} options=(-XX:-UsePerfData -XX:+UseG1GC)
    case $VARIANT in
        zgc) options=(-XX:-UsePerfData -XX:+UseZGC) ;;
        default) options=() ;;
    esac
    exec java "${options[@]}" "-Xmx$((3 * kept + 128))m" -Dsun.net.httpserver.nodelay=true -Dsun.net.httpserver.maxIdleConnections=1000 -Dsun.net.httpserver.idleInterval=600 -cp "$DIR" Service "$PORT" "$kept"
}

load() {
    await_port "$PORT"
    exec python3 "$HERE/http_load.py" "$ADDRESS" "$PORT" store hash
}

check() {
    :
}

run_service "$@"
