#!/usr/bin/env bash
# vm-bootstrap.sh tools VM TESTBED-ROOT MIRROR                  fills VM/tools: a root file system with a current QEMU
# vm-bootstrap.sh machine VM TESTBED-ROOT MIRROR KERNEL VMEXEC  fills VM/KERNEL: kernel, initial RAM disk and root disk
# Run by `vm.sh build` in a mount namespace of its own; a change of this file is a change of the recipe. Works in *.partial and
# renames at the end: an interrupted build never looks finished. Fetched packages stay in VM/debs.
set -euo pipefail
step=$1 vm=$2 root=$3 mirror=$4
lib=$(dirname "${BASH_SOURCE[0]}")
root_disk_mib=1536

proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
[ -z "$proxy" ] || export http_proxy="$proxy"
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$vm/debs"

# enter DIRECTORY: the packages that are fetched in it are kept.
enter() {
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    mkdir -p "$1/var/cache/apt/archives/partial"
    mount --bind "$vm/debs" "$1/var/cache/apt/archives"
    mount -t proc proc "$1/proc"
}

build_tools() {
    local partial=$vm/tools.partial
    rm -rf --one-file-system "$partial"
    cp -a "$root" "$partial"
    enter "$partial"
    # QEMU 7.2 of bookworm crashes these kernels when it emulates the processor; that of trixie does not.
    printf 'deb %s trixie main\n' "$mirror" >"$partial/etc/apt/sources.list"
    chroot "$partial" apt-get update
    # What CRIU from unstable has pulled in is newer than trixie's; the rest may have to go with it.
    chroot "$partial" apt-get -o APT::Keep-Downloaded-Packages=true install -y qemu-system-x86 kmod busybox-static ||
        { printf 'deb %s sid main\n' "$mirror" >>"$partial/etc/apt/sources.list"
          chroot "$partial" apt-get update
          chroot "$partial" apt-get -o APT::Keep-Downloaded-Packages=true install -y qemu-system-x86 kmod busybox-static libnl-route-3-200/unstable; }
    umount "$partial/proc" "$partial/var/cache/apt/archives"
    rm -rf --one-file-system "$vm/tools.old"
    [ ! -e "$vm/tools" ] || mv "$vm/tools" "$vm/tools.old"
    mv "$partial" "$vm/tools"
    rm -rf --one-file-system "$vm/tools.old"
}

# fetch_package PACKAGE DIRECTORY: unpacks what the sources of the tools name now.
fetch_package() {
    local file
    file=$(basename "$(chroot "$vm/tools" apt-cache show "$1" | sed -n 's/^Filename: //p' | head -n 1)")
    [ -e "$vm/debs/$file" ] || chroot "$vm/tools" sh -c "cd /var/cache/apt/archives && apt-get -o APT::Sandbox::User=root download $1"
    dpkg-deb -x "$vm/debs/$file" "$2"
}

# fetch_suite SUITE WORK: unpacks the suite's kernel for virtual machines, and its CRIU.
fetch_suite() {
    local suite=$1 package
    printf 'deb %s %s main\n' "$mirror" "$suite" >"$vm/tools/etc/apt/sources.list"
    chroot "$vm/tools" apt-get update
    package=$(chroot "$vm/tools" apt-cache show linux-image-cloud-amd64 | sed -nE 's/^Depends: (linux-image-[^ ,]+).*/\1/p' | head -n 1)
    fetch_package "$package" "$2/kernel"
    fetch_package "criu=$(chroot "$vm/tools" apt-cache madison criu | awk '{ print $3 }' | sort -V | head -n 1)" "$2/criu"
    fetch_package libnet1 "$2/criu"
}

build_machine() {
    local kernel=$1 vmexec=$2 partial=$vm/$1.partial work suite version criu
    case $kernel in
        6.12) suite=trixie ;;
        6.1) suite=bookworm ;;
        *) echo "no kernel '$kernel'"; exit 1 ;;
    esac
    rm -rf --one-file-system "$partial"
    work=$partial/work
    mkdir -p "$work"/{kernel,criu,upper,overlay,root,initramfs/{bin,dev,modules,new,proc}}
    enter "$vm/tools"
    fetch_suite "$suite" "$work"
    umount "$vm/tools/proc" "$vm/tools/var/cache/apt/archives"
    version=$(ls "$work/kernel/boot" | sed -n 's/^vmlinuz-//p')

    # The root of the testbed with the kernel's modules and the programs of a machine on top.
    mount -t overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/overlay" machine "$work/root"
    mkdir -p "$work/root/usr/lib/modules" "$work/root/opt" "$work/root/run" "$work/root/usr/local/sbin"
    # Older packages have their modules in /lib.
    cp -a "$(find "$work/kernel" -type d -path "*lib/modules/$version")" "$work/root/usr/lib/modules/"
    cp -a "$vm/tools/usr/bin/kmod" "$work/root/usr/bin/kmod"
    cp -a "$vm"/tools/usr/lib/x86_64-linux-gnu/libkmod.so.2* "$work/root/usr/lib/x86_64-linux-gnu/"
    ln -sf /usr/bin/kmod "$work/root/usr/sbin/modprobe"
    ln -sf /usr/bin/kmod "$work/root/usr/sbin/depmod"
    chroot "$work/root" depmod "$version"
    # Most libraries are those of the testbed's CRIU; libnet is what older versions need besides.
    cp -a "$work"/criu/usr/lib/x86_64-linux-gnu/libnet.so.1* "$work/root/usr/lib/x86_64-linux-gnu/"
    criu=$(chroot "$work/root" sh -c 'cat >/tmp/criu && chmod 755 /tmp/criu && /tmp/criu --version; rm /tmp/criu' <"$work/criu/usr/sbin/criu" | sed -nE 's/^Version: ([0-9]+\.[0-9]+).*/\1/p')
    install -D -m 755 "$work/criu/usr/sbin/criu" "$work/root/opt/criu-${criu:?}/criu"
    install -m 755 "$lib/vm-init.sh" "$work/root/usr/local/sbin/vm-init"
    install -m 755 "$vmexec" "$work/root/usr/local/sbin/vmexec"
    rm -rf "${work:?}/root/var/cache/apt" "$work/root/usr/share/locale"
    mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$work/root" "$partial/root.img" "${root_disk_mib}M"
    umount "$work/root"

    cp "$vm/tools/usr/bin/busybox" "$work/initramfs/bin/busybox"
    install -m 755 "$lib/vm-initramfs.sh" "$work/initramfs/init"
    initramfs_modules "$work" "$version" virtio_pci virtio_blk
    (cd "$work/initramfs" && find . | bin/busybox cpio -o -H newc 2>/dev/null | gzip -1) >"$partial/initrd.gz"
    cp "$work/kernel/boot/vmlinuz-$version" "$partial/vmlinuz"
    rm -rf --one-file-system "$work"
    rm -rf --one-file-system "${vm:?}/$kernel"
    mv "$partial" "$vm/$kernel"
}

# initramfs_modules WORK VERSION NAME...: the modules and what they need, numbered in the order of loading. What is built in is left out.
initramfs_modules() {
    local work=$1 version=$2 number=10 file verb
    mkdir -p "$vm/tools/usr/lib/modules"
    mount --bind "$work/upper/usr/lib/modules" "$vm/tools/usr/lib/modules"
    chroot "$vm/tools" modprobe --all --show-depends --set-version "$version" "${@:3}" >"$work/order"
    while read -r verb file _; do
        [ "$verb" = insmod ] || continue
        case $file in
            *.xz) xz -dc "$vm/tools$file" >"$work/initramfs/modules/$number-$(basename "$file" .xz)" ;;
            *) cp "$vm/tools$file" "$work/initramfs/modules/$number-$(basename "$file")" ;;
        esac
        number=$((number + 1))
    done <"$work/order"
    umount "$vm/tools/usr/lib/modules"
}

case $step in
    tools) build_tools ;;
    machine) build_machine "$5" "$6" ;;
esac
