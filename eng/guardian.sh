#!/usr/bin/env bash
# Compiles native/guardian/guardian.c into the program that U2CMigration.Core carries (src/U2CMigration.Core/Guardians/guardian-x64, and guardian-arm64 where aarch64-linux-gnu-gcc is there).
# To be run after a change of that source; a unit test says so. usage: eng/guardian.sh [--check]   --check compares, and writes nothing
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
source=$REPO/native/guardian/guardian.c
hash=$(sha256sum "$source" | cut -d' ' -f1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make COMPILER STRIP NAME [FLAG...]
make() {
    local compiler=$1 strip=$2 name=$3
    shift 3
    "$compiler" -Os -std=gnu11 -Wall -Wextra -Werror -static -nostdlib -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fno-pie -no-pie -fno-builtin \
        -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 "-DSOURCE_HASH=\"$hash\"" "$@" -o "$work/$name" "$source"
    "$strip" --strip-all --remove-section=.comment "$work/$name"
    if [ "${check:-}" ]; then
        cmp "$work/$name" "$REPO/src/U2CMigration.Core/Guardians/$name"
    else
        cp "$work/$name" "$REPO/src/U2CMigration.Core/Guardians/$name"
        chmod 644 "$REPO/src/U2CMigration.Core/Guardians/$name"
    fi
}

[ "${1:-}" != --check ] || check=1
make gcc strip guardian-x64 -fcf-protection=none
if command -v aarch64-linux-gnu-gcc >/dev/null; then
    make aarch64-linux-gnu-gcc aarch64-linux-gnu-strip guardian-arm64 -mno-outline-atomics
fi
