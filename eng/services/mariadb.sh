#!/usr/bin/env bash
# MariaDB under sysbench. Variants: moved (settings with which it moves), default-io (its own choice of asynchronous I/O, which is refused where it is io_uring).
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PORT=3306 CLIENTS=8

bench() {
    sysbench --db-driver=mysql --mysql-host="$ADDRESS" --mysql-port="$PORT" --mysql-user=bench --mysql-db=bench --threads="$CLIENTS" --time=0 --events=0 "$HERE/bank.lua" "$@"
}

query() {
    mariadb --no-defaults --skip-ssl -h "$ADDRESS" -P "$PORT" -u bench -BN bench -e "$1"
}

prepare() {
    mkdir -p "$DIR/data"
    mariadb-install-db --no-defaults --user=root --datadir="$DIR/data" --skip-test-db --auth-root-authentication-method=normal >"$DIR/install.log" 2>&1 || fault "$(tail -n 5 "$DIR/install.log")"
    printf 'CREATE DATABASE bench;\nCREATE USER bench@`%%`;\nGRANT ALL ON bench.* TO bench@`%%`;\n' >"$DIR/init.sql"
}

serve() {
    local settings=(--no-defaults --user=root --datadir="$DIR/data" --bind-address=0.0.0.0 --port="$PORT" --socket="$DIR/socket" --pid-file="$DIR/pid"
        --innodb-buffer-pool-size="${MIB:-128}M" --innodb-flush-log-at-trx-commit=2 --skip-name-resolve)
    # Once: the server that is moved runs without it.
    [ -d "$DIR/data/bench" ] || settings+=(--init-file="$DIR/init.sql")
    [ "$VARIANT" = default-io ] || settings+=(--innodb-linux-aio=aio)
    exec mariadbd "${settings[@]}"
}

load() {
    local sysbench code=0 told=0 stop=$DIR/stop
    await_port "$PORT"
    cd "$(mktemp -d)"
    bench prepare >prepare.log 2>&1 || fault "$(tail -n 5 prepare.log)"
    rm -f "$stop"
    # The longest of each second, which a report in between needs.
    bench --stop-file="$stop" --report-interval=1 --percentile=100 run >out 2>&1 &
    sysbench=$!
    until [ "$(query 'SELECT COUNT(*) > 100 FROM history')" = 1 ]; do sleep 0.1; done
    echo ready
    until_told tell_so_far
    touch "$stop"
    wait "$sysbench" || code=$?
    cp out "$DIR/sysbench.out"
    [ "$code" = 0 ] || tail -n 20 out >&2
    tell "$(sed -n 's/^ *total number of events: *//p' out)" "$(grep -c '^WRONG' out || true)" \
        "$(sed -n 's/^ *reconnects: *\([0-9]*\).*/\1/p' out)" "$(sed -n 's/^ *max: *//p' out | head -n 1)"
}

# tell_so_far: transactions are rows of the history.
tell_so_far() {
    kill -0 "$sysbench" || fault "sysbench has ended: $(tail -n 3 out)"
    local lines answers
    lines=$(wc -l <out)
    answers=$(query 'SELECT COUNT(*) FROM history')
    tell "$answers" "$(grep -c '^WRONG' out || true)" "$(grep -cE 'FATAL|reconn/s: *[0-9.]*[1-9]' out || true)" \
        "$(sed -n "$((told + 1)),${lines}s/.*lat (ms,100%): *\([0-9.]*\).*/\1/p" out | sort -n | tail -n 1 | grep . || echo 0)"
    told=$lines
}

check() {
    local told sums
    told=$(sed -n 's/^ *total number of events: *//p' "$DIR/sysbench.out")
    sums=$(query 'SELECT SUM(balance), (SELECT COUNT(*) FROM history) FROM accounts')
    [ "$sums" = "0"$'\t'"$told" ] || fault "sum of the accounts and rows of the history: $sums; sysbench counted $told transactions."
    query 'CHECK TABLE accounts, history EXTENDED' | awk '$NF != "OK" { bad = 1; print } END { exit bad }' || fault "a table is not sound."
}

run_service "$@"
