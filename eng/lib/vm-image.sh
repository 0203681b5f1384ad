# shellcheck shell=bash
# Builds what emulated machines are made of, each part once per recipe: QEMU, kernels, disks. Sourced by vm.sh.

KERNELS=(6.12 6.1)
# That of the testbed, of trixie and of bookworm.
CRIUS=(4.2 4.1 3.17)
PAYLOAD_SPARE_MIB=256

check_kernel() {
    case " ${KERNELS[*]} " in *" $1 "*) ;; *) die "there are the kernels ${KERNELS[*]}; got '$1'." ;; esac
}

# check_criu VERSION KERNEL: each suite's CRIU comes with its kernel.
check_criu() {
    case $1/$2 in
        4.2/* | 4.1/6.12 | 3.17/6.1) ;;
        *) case " ${CRIUS[*]} " in *" $1 "*) die "CRIU $1 is not in the machines with kernel $2: 4.1 is with 6.12, 3.17 with 6.1." ;; esac
           die "there are the CRIU versions ${CRIUS[*]}; got '$1'." ;;
    esac
}

# build_vm KERNEL
build_vm() {
    local kernel=$1 lock
    check_kernel "$kernel"
    bash "$REPO/eng/testbed.sh" build
    # fonts and such come with the samples; these make the disks
    install_missing gcc libc6-dev e2fsprogs xz-utils util-linux iproute2
    mkdir -p "$VM"
    exec {lock}>"$VM/build.lock"
    flock "$lock"
    build_vmexec
    build_part tools "$(stamp_of_files "$LIB/vm-bootstrap.sh" "$TESTBED/root.stamp")" tools
    build_part "$kernel" "$(stamp_of_files "$LIB/vm-bootstrap.sh" "$LIB/vm-init.sh" "$LIB/vm-initramfs.sh" "$LIB/vmexec.c" "$TESTBED/root.stamp")" \
        machine "$kernel" "$VM/bin/vmexec"
    build_dotnet_disk
    exec {lock}>&-
}

stamp_of_files() { cat "$@" | sha256sum | cut -c1-16; }

# build_part FOLDER STAMP STEP ARGUMENT...
build_part() {
    local folder=$1 stamp=$2 step=$3 log=$VM/$1.log
    [ "$(cat "$VM/$folder.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "building the emulated machines: $folder"
    rm -f "$VM/$folder.stamp"
    # A mount namespace of its own: what is mounted is gone when it ends, however it ends.
    if ! unshare --mount --propagation private bash "$LIB/vm-bootstrap.sh" "$step" "$VM" "$TESTBED/root" "$(debian_mirror)" "${@:4}" >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        die "$folder of the emulated machines could not be built (last lines above, the rest in $log)."
    fi
    printf '%s\n' "$stamp" >"$VM/$folder.stamp"
}

# The program that enters a machine, and the other end inside.
build_vmexec() {
    local program=$VM/bin/vmexec
    [ ! "$program" -nt "$LIB/vmexec.c" ] || return 0
    mkdir -p "$VM/bin"
    gcc -O2 -Wall -Wextra -Werror -static -o "$program.$$" "$LIB/vmexec.c"
    mv "$program.$$" "$program"
}

# disk_of FOLDER FILE: a file system that holds the folder.
disk_of() {
    local mib
    mib=$(du -sm "$1" | cut -f1)
    mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$1" "$2.partial" "$((mib + mib / 4 + PAYLOAD_SPARE_MIB))M" >/dev/null || die "no disk could be made of $1."
    mv "$2.partial" "$2"
}

# The .NET runtime of this machine, as programs in the machines find it.
build_dotnet_disk() {
    local dotnet runtime stage=$VM/dotnet.partial
    dotnet=$(dotnet_root)
    runtime=$(dotnet --list-runtimes | sed -nE 's/^Microsoft\.NETCore\.App (10\.[^ ]+) .*/\1/p' | tail -n 1)
    [ -n "$runtime" ] || die "the .NET 10 runtime is not installed."
    [ "$(cat "$VM/dotnet.stamp" 2>/dev/null)" != "$dotnet $runtime" ] || return 0
    rm -rf "$stage"
    mkdir -p "$stage/shared/Microsoft.NETCore.App"
    cp -a "$dotnet/dotnet" "$dotnet/host" "$stage/"
    cp -a "$dotnet/shared/Microsoft.NETCore.App/$runtime" "$stage/shared/Microsoft.NETCore.App/"
    disk_of "$stage" "$VM/dotnet.img"
    rm -rf "$stage"
    printf '%s\n' "$dotnet $runtime" >"$VM/dotnet.stamp"
}

# payload_disk FILE PATH...: the given files and folders of the checkout, where they lie in it.
payload_disk() {
    local file=$1 path stage=$1.stage
    rm -rf "$stage"
    mkdir -p "$stage"
    for path in "${@:2}"; do
        [ -e "$REPO/$path" ] || continue
        mkdir -p "$stage/$(dirname "$path")"
        # Links where both lie on one file system, else copies.
        cp -al "$REPO/$path" "$stage/$path" 2>/dev/null || cp -a "$REPO/$path" "$stage/$(dirname "$path")/"
    done
    disk_of "$stage" "$file"
    rm -rf "$stage"
}
