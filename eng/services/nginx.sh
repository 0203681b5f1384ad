#!/usr/bin/env bash
# nginx with four workers that serves files over kept connections.
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
# shellcheck source=eng/services/files.sh
. "$HERE/files.sh"
PORT=8080

prepare() {
    make_files
    cat >"$DIR/nginx.conf" <<CONF
user root;
daemon off;
worker_processes 4;
pid $DIR/nginx.pid;
error_log $DIR/logs/error.log;
events { worker_connections 512; }
http {
    access_log off;
    keepalive_requests 100000000;
    keepalive_timeout 600;
    client_body_temp_path $DIR/logs/body;
    proxy_temp_path $DIR/logs/proxy;
    fastcgi_temp_path $DIR/logs/fastcgi;
    uwsgi_temp_path $DIR/logs/uwsgi;
    scgi_temp_path $DIR/logs/scgi;
    server {
        listen 0.0.0.0:$PORT reuseport;
        root $DIR/www;
    }
}
CONF
}

serve() {
    exec nginx -c "$DIR/nginx.conf" -e "$DIR/logs/error.log"
}

load() {
    load_files "$PORT" 32
}

check() {
    ! grep -E '\[(alert|emerg|crit|error)\]' "$DIR/logs/error.log" || fault "nginx complains (above)."
}

run_service "$@"
