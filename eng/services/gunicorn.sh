#!/usr/bin/env bash
# gunicorn: a Python service with four processes of four threads.
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PORT=8082

prepare() {
    cp "$HERE/gunicorn_app.py" "$DIR/"
}

serve() {
    exec gunicorn --chdir "$DIR" --workers 4 --threads 4 --keep-alive 600 --timeout 600 --bind "0.0.0.0:$PORT" --log-file "$DIR/gunicorn.log" gunicorn_app:application
}

load() {
    await_port "$PORT"
    exec python3 "$HERE/http_load.py" "$ADDRESS" "$PORT" hash count
}

check() {
    ! grep -E 'ERROR|CRITICAL|Traceback' "$DIR/gunicorn.log" || fault "gunicorn complains (above)."
}

run_service "$@"
