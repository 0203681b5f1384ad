# shellcheck shell=bash
# Compiles the workloads of native/ into artifacts/native, each once per source; those of native/i386 as 32-bit programs without a C library, as there
# may be none for them; those of native/preload as libraries without one, as they are loaded into programs of the testbed, whose C library may be older. Sourced; needs output.sh and packages.sh.
# tests/U2CMigration.Testing/NativeProgram.cs calls the compiler in the same way.

build_native() {
    local source program header newest=''
    mkdir -p "$REPO/artifacts/native/i386"
    for header in "$REPO"/native/*.h; do
        if [ -z "$newest" ] || [ "$header" -nt "$newest" ]; then newest=$header; fi
    done
    for source in "$REPO"/native/*.c; do
        [ -e "$source" ] || continue
        program=$REPO/artifacts/native/$(basename "$source" .c)
        if [ "$program" -nt "$source" ] && { [ ! -e "$newest" ] || [ "$program" -nt "$newest" ]; }; then continue; fi
        # Static: it runs in the testbed, whose C library may be older than this machine's.
        gcc -O2 -Wall -Wextra -Werror -static -pthread -o "$program.$$" "$source" -lm || die "$source does not compile."
        mv "$program.$$" "$program"
    done
    mkdir -p "$REPO/artifacts/native/preload"
    for source in "$REPO"/native/preload/*.c; do
        program=$REPO/artifacts/native/preload/$(basename "$source" .c).so
        [ ! "$program" -nt "$source" ] || continue
        gcc -O2 -Wall -Wextra -Werror -shared -fPIC -nostdlib -o "$program.$$" "$source" || die "$source does not compile."
        mv "$program.$$" "$program"
    done
    [ "$(uname -m)" = x86_64 ] || return 0
    for source in "$REPO"/native/i386/*.c; do
        program=$REPO/artifacts/native/i386/$(basename "$source" .c)
        if [ "$program" -nt "$source" ] && { [ ! -e "$newest" ] || [ "$program" -nt "$newest" ]; }; then continue; fi
        gcc -m32 -O2 -Wall -Wextra -Werror -static -nostdlib -ffreestanding -fno-pie -no-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
            -o "$program.$$" "$source" || die "$source does not compile."
        mv "$program.$$" "$program"
    done
}
