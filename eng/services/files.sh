# shellcheck shell=bash
# The files that web servers serve to the client. Sourced.
make_files() {
    local number
    mkdir -p "$DIR/www" "$DIR/logs"
    for number in $(seq 20); do
        head -c $((number * number * 1000)) /dev/urandom >"$DIR/www/file-$number"
    done
}

# tell_files: what the client that checks has seen, if wrk runs on.
tell_files() {
    kill -0 "$wrk" || fault "wrk has ended."
    echo report >&"$input"
    read -r -u "$output" answer || fault "the client ended."
    echo "$answer"
}

# load_files PORT CONNECTIONS-OF-WRK: a client that checks, and wrk beside it, whose own verdict counts too.
load_files() {
    local wrk code=0
    await_port "$1"
    coproc CHECKED { exec python3 "$HERE/http_load.py" "$ADDRESS" "$1" "files=$DIR/www"; }
    local input=${CHECKED[1]} output=${CHECKED[0]} line answer
    read -r -u "$output" line || fault "the client ended."
    wrk -t 1 -c "$2" -d 3600 --timeout 120s "http://$ADDRESS:$1/file-1" >"$DIR/wrk.out" 2>&1 &
    wrk=$!
    echo "$line"
    until_told tell_files
    # By this signal wrk ends with its report.
    kill -INT "$wrk"
    wait "$wrk" || code=$?
    exec {input}>&-
    read -r -u "$output" answer || fault "the client ended."
    if [ "$code" != 0 ] || grep -qE 'Socket errors|Non-2xx' "$DIR/wrk.out"; then
        cat "$DIR/wrk.out" >&2
        fault "wrk had errors."
    fi
    echo "$answer"
}
