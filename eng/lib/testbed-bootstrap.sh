#!/usr/bin/env bash
# testbed-bootstrap.sh TESTBED MIRROR: fills TESTBED/root. Run by `testbed.sh build` in a mount namespace; a change of this file
# is a change of the recipe, and every testbed is built anew. Works in root.partial and renames at the end: an interrupted build never looks finished. Fetched packages stay in debs/.
set -euo pipefail

testbed=$1 mirror=$2
# Older ones do not dump on current kernels.
criu_version=4.2.1
packages=redis-server,redis-tools,memcached,runc,crun,iproute2,iputils-arping,nftables,procps,libstdc++6,libgomp1
packages+=,libssl3t64,zlib1g,tini,netcat-openbsd,util-linux
partial=$testbed/root.partial
debs=$testbed/debs

# What apt goes through on this machine, debootstrap and the apt inside have to go through as well.
proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
[ -z "$proxy" ] || export http_proxy="$proxy"
case $mirror in https:*) packages+=,ca-certificates ;; esac

mkdir -p "$debs"
rm -rf --one-file-system "$partial"
debootstrap --variant=minbase --cache-dir="$debs" --include="$packages" \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg trixie "$partial" "$mirror"

# apt inside checks signatures through files in /tmp as another user.
chmod 1777 "$partial/tmp"
cp /etc/resolv.conf "$partial/etc/resolv.conf"
cat >"$partial/etc/apt/sources.list" <<LIST
deb $mirror trixie main
deb $mirror sid main
LIST
printf 'Package: *\nPin: release a=unstable\nPin-Priority: 100\n' >"$partial/etc/apt/preferences.d/unstable"
printf 'Acquire::Check-Valid-Until "false";\nAPT::Install-Recommends "false";\n' >"$partial/etc/apt/apt.conf.d/90testbed"
# The fetched packages are reused by the next attempt.
mount --bind "$debs" "$partial/var/cache/apt/archives"

# A service that starts in a chroot would outlive the build.
printf '#!/bin/sh\nexit 101\n' >"$partial/usr/sbin/policy-rc.d"
chmod 755 "$partial/usr/sbin/policy-rc.d"
chroot "$partial" apt-get update
DEBIAN_FRONTEND=noninteractive chroot "$partial" apt-get -o APT::Keep-Downloaded-Packages=true install -y -t sid criu libcriu2

found=$(chroot "$partial" criu --version | sed -n 's/^Version: //p')
if [ "$(printf '%s\n%s\n' "$criu_version" "$found" | sort -V | head -n 1)" != "$criu_version" ]; then
    echo "CRIU $found was installed; the testbed needs $criu_version or newer."
    exit 1
fi

umount "$partial/var/cache/apt/archives"
rm -rf "${partial:?}"/var/lib/apt/lists/* "$partial/usr/share/doc" "$partial/usr/share/man" "$partial/usr/share/locale"
mkdir -p "$partial/var/lib/apt/lists/partial"
if [ -e "$testbed/root" ]; then
    rm -rf --one-file-system "$testbed/root.old"
    mv "$testbed/root" "$testbed/root.old"
fi
mv "$partial" "$testbed/root"
rm -rf --one-file-system "$testbed/root.old"
