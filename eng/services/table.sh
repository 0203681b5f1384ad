#!/usr/bin/env bash
# table.sh RESULTS: the table of docs/services.md, from what the tests of the services measured (`eng/test.sh --filter services` leaves it in artifacts/test-logs/services.jsonl).
set -euo pipefail
python3 - "$1" <<'PYTHON'
import json, re, sys

names = {
    "postgresql": "PostgreSQL 17", "mariadb": "MariaDB 11.8", "nginx": "nginx, 4 workers", "apache": "Apache, prefork", "node": "Node.js 20, HTTP and WebSockets", "jvm": "JVM 21, HTTP",
    "aspnet": "ASP.NET Core 10, JIT", "gunicorn": "gunicorn, 4 processes", "redis": "Redis 8", "build": "shell that runs make -j4",
}
settings = {
    "kept": "dynamic_shared_memory_type=mmap, in an IPC namespace (`PrivateIPC=yes`), 8 pgbench clients", "connection-each": "the same, 8 clients with a connection per transaction",
    "default-memory": "as installed", "moved": "innodb_linux_aio=aio, 8 sysbench clients", "default-io": "as installed (io_uring)", "filtered": "behind a system call filter that refuses io_uring",
    "g1": "-XX:-UsePerfData, G1", "zgc": "-XX:-UsePerfData, ZGC", "server": "Server GC, reloadConfigOnChange=false", "overlay": "as installed, on an overlay", "workstation": "Workstation GC",
}
defaults = {"aspnet-default": "as installed, Server GC, files on a disk that both hosts see", "node-default": "as installed (io_uring)", "jvm-default": "as installed",
            "build-": "TMPDIR that both hosts see", "redis-filtered": "behind a system call filter"}
rows = [json.loads(line) for line in open(sys.argv[1])]
# Of two runs of the same service the longer one counts.
latest = {}
for row in rows:
    key = (row["service"], row["variant"])
    if key not in latest or row.get("moves", 0) >= latest[key].get("moves", 0):
        latest[key] = row
print("| service | settings | outcome | downtime, median (worst) | longest stall of a client | answers checked | wrong, connections lost |")
print("| --- | --- | --- | --- | --- | --- | --- |")
for (service, variant), row in sorted(latest.items(), key=lambda item: (list(names).index(item[0][0]), item[1]["outcome"] != "moved", [*settings, *{item[0][1]} - {*settings}].index(item[0][1]))):
    setting = defaults.get(f"{service}-{variant}", settings.get(variant, "as installed"))
    if row["outcome"] == "moved":
        what = [f"moved {row['moves']} of {row['moves']}", f"{row['downtimeMs']:.0f} ({row['worstDowntimeMs']:.0f}) ms", f"{row['longestStallMs']:.0f} ms", f"{row['answers']:,}", f"{row['wrong']}, {row['lost']}"]
    else:
        # The first of several of the same kind says enough.
        reason = re.split(r" CRIU says:| The workload runs on| Process \d", row["message"])[0].replace("|", "/")
        what = [f"{'refused' if row['outcome'] == 'refused' else 'failed, runs on'}: {reason}", "-", "-", "-", "-"]
    print("| " + " | ".join([names[service], setting, *what]) + " |")
PYTHON
