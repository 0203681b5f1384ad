#!/usr/bin/env bash
# A shell that builds a program over and over: processes that live for milliseconds, pipes between them, files that are made and removed. Every build tells what its program computed.
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PARTS=12

prepare() {
    local part
    mkdir -p "$DIR/source" "$DIR/tmp"
    for part in $(seq "$PARTS"); do
        printf 'unsigned long part%d(unsigned long x);\nunsigned long part%d(unsigned long x) { for (int i = 0; i < 1000; i++) x = x * 6364136223846793005ul + SEED + %d; return x; }\n' \
            "$part" "$part" "$part"
    done | split -l 2 --numeric-suffixes=1 --additional-suffix=.c - "$DIR/source/part"
    {
        echo '#include <stdio.h>'
        for part in $(seq "$PARTS"); do echo "unsigned long part$part(unsigned long x);"; done
        echo 'int main(void) { unsigned long x = SEED;'
        for part in $(seq "$PARTS"); do echo "x = part$part(x);"; done
        echo 'printf("%lu\n", x); return 0; }'
    } >"$DIR/source/main.c"
    # shellcheck disable=SC2016  # make's own
    printf 'OBJECTS = $(patsubst %%.c,%%.o,$(wildcard *.c))\nprogram: $(OBJECTS)\n\t@gcc -o $@ $^\n%%.o: %%.c\n\t@gcc -O1 -DSEED=$(SEED)ul -c -o $@ $<\n' >"$DIR/source/Makefile"
}

serve() {
    # The compiler's files must be on both hosts. Make counts its jobs in a pipe without a name: one with a name would have two hosts on one kernel, as here, share what is in it.
    export TMPDIR=$DIR/tmp
    cd "$DIR/source"
    local number=0 told
    while :; do
        number=$((number + 1))
        rm -f ./*.o program
        make -s -j4 --jobserver-style=pipe SEED="$number" || { echo "build $number failed"; continue; }
        # A file that is open for writing cannot be run; the copy that was moved away may have it open for another moment.
        until told=$(./program); do sleep 0.01; done
        printf '%s %s\n' "$number" "$(echo "$told" | tr -d '\n' | sort)"
    done >>"$DIR/results" 2>>"$DIR/complaints"
}

load() {
    until [ "$(cat "$DIR/results" 2>/dev/null | wc -l)" -ge 2 ]; do sleep 0.1; done
    echo ready
    # What a build takes is not a stall; who waits for it sees when the next line comes.
    python3 -u -c '
import json, os, select, sys, time
path, seen, last, stall, asked = sys.argv[1], 0, time.monotonic(), 0.0, "begin"
while asked:
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        size = os.stat(path).st_size
        now = time.monotonic()
        if size != seen:
            stall, seen, last = max(stall, now - last), size, now
    asked = sys.stdin.readline()
    print(json.dumps({"answers": open(path).read().count("\n"), "wrong": 0, "lost": 0, "longestStallMs": round(stall * 1000, 1)}))
    stall = 0.0' "$DIR/results"
}

check() {
    python3 - "$DIR/results" "$PARTS" <<'PYTHON'
import sys
expected = 1
for line in open(sys.argv[1]):
    x = seed = expected
    for part in range(1, int(sys.argv[2]) + 1):
        for _ in range(1000):
            x = (x * 6364136223846793005 + seed + part) & (2**64 - 1)
    if line.split() != [str(expected), str(x)]:
        sys.exit(f"build {expected} should have told {x}; the line is: {line.strip()}")
    expected += 1
PYTHON
}

run_service "$@"
