#!/usr/bin/env bash
# PostgreSQL. Variants: kept (pgbench over 8 connections), connection-each (a connection, and with it a process, per transaction), default-memory (as Debian starts it, which is refused).
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PORT=5432 CLIENTS=8
BIN=$(echo /usr/lib/postgresql/*/bin)
export PGHOST=$ADDRESS PGPORT=$PORT PGUSER=postgres PGDATABASE=postgres

prepare() {
    export LD_PRELOAD=$NATIVE/preload/asroot.so
    # The owner that it believes to be.
    install -d -m 700 -o nobody "$DIR/data"
    "$BIN/initdb" -D "$DIR/data" -U postgres -A trust --no-sync >"$DIR/initdb.log" 2>&1 || fault "$(tail -n 5 "$DIR/initdb.log")"
    printf 'host all all 10.77.0.0/24 trust\n' >>"$DIR/data/pg_hba.conf"
}

serve() {
    local settings=(-c listen_addresses='*' -c "port=$PORT" -c unix_socket_directories= -c "shared_buffers=${MIB:-128}MB" -c fsync=off -c log_destination=stderr)
    [ "$VARIANT" = default-memory ] || settings+=(-c dynamic_shared_memory_type=mmap)
    export LD_PRELOAD=$NATIVE/preload/asroot.so
    [ "$VARIANT" = default-memory ] || exec unshare --ipc "$BIN/postgres" -D "$DIR/data" "${settings[@]}"
    exec "$BIN/postgres" -D "$DIR/data" "${settings[@]}"
}

load() {
    local options=(-n -c "$CLIENTS" -j 2 -T 3600 -l --log-prefix=transactions) bench code=0
    await_port "$PORT"
    [ "$VARIANT" != connection-each ] || exec python3 "$HERE/connecting_load.py" "$ADDRESS" "$PORT"
    cd "$(mktemp -d)"
    pgbench -i -s "$((${MIB:-128} / 16 + 1))" -q >init.log 2>&1 || fault "$(tail -n 5 init.log)"
    pgbench "${options[@]}" >out 2>err &
    bench=$!
    until [ -n "$(psql -Atc 'select 1 from pgbench_history limit 1')" ]; do sleep 0.1; done
    echo ready
    until_told
    # By this signal pgbench's own clock ends it: transactions under way are finished and counted.
    kill -ALRM "$bench"
    wait "$bench" || code=$?
    cp out "$DIR/pgbench.out"
    cat err >&2
    # A line per transaction: client, number, microseconds, script, second and microsecond of its end. What a client waited is the time between two of its ends.
    cat transactions.* | sort -k1,1n -k2,2n | awk -v code="$code" -v aborted="$(grep -c 'aborted' err || true)" '
        { end = $5 * 1000 + $6 / 1000; if (NR > 1 && $1 == client && end - last > stall) stall = end - last; client = $1; last = end; answers++ }
        END { printf "{\"answers\": %d, \"wrong\": %d, \"lost\": %d, \"longestStallMs\": %.1f}\n", answers, code != 0 && !aborted, aborted, stall }'
}

check() {
    local told sums
    [ "$VARIANT" != connection-each ] || return 0
    told=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$DIR/pgbench.out")
    sums=$(psql -AtF ' ' -c 'select (select sum(abalance) from pgbench_accounts), (select sum(tbalance) from pgbench_tellers), (select sum(bbalance) from pgbench_branches),
        coalesce(sum(delta), 0), count(*) from pgbench_history')
    awk -v told="$told" '{ exit !($1 == $2 && $2 == $3 && $3 == $4 && $5 == told) }' <<<"$sums" || fault "accounts, tellers, branches, history, rows: $sums; pgbench counted $told."
    psql -Atqc 'create extension if not exists amcheck' -c "select bt_index_check(indexrelid, true) from pg_index join pg_class on pg_class.oid = indexrelid where relname like 'pgbench%'" >/dev/null
}

run_service "$@"
