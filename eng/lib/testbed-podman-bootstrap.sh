#!/usr/bin/env bash
# testbed-podman-bootstrap.sh TESTBED: fills TESTBED/podman, a layer above TESTBED/root with podman and what it calls. Run by `testbed.sh build --podman` in a mount namespace; a change of this file
# is a change of the recipe. Works in podman.partial and renames at the end; fetched packages stay in debs/.
set -euo pipefail

testbed=$1
packages=(podman conmon netavark aardvark-dns)
partial=$testbed/podman.partial
work=$testbed/podman.work
root=$testbed/podman.root

proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
[ -z "$proxy" ] || export http_proxy="$proxy"

rm -rf --one-file-system "$partial" "$work"
mkdir -p "$partial" "$work" "$root"
mount -t overlay -o "lowerdir=$testbed/root,upperdir=$partial,workdir=$work" podman "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind "$testbed/debs" "$root/var/cache/apt/archives"

chroot "$root" apt-get update
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -o APT::Keep-Downloaded-Packages=true install -y --no-install-recommends "${packages[@]}"

# Hosts have no systemd, and a tmpfs where podman keeps images and containers (testbed-host.sh), on which overlays can be mounted.
mkdir -p "$root/etc/containers" "$root/var/lib/containers"
cat >"$root/etc/containers/containers.conf" <<'CONF'
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
[containers]
log_driver = "k8s-file"
CONF
printf '[storage]\ndriver = "overlay"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n' >"$root/etc/containers/storage.conf"

umount "$root/var/cache/apt/archives"
rm -rf "${root:?}"/var/lib/apt/lists/* "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale"
mkdir -p "$root/var/lib/apt/lists/partial"
umount "$root/dev" "$root/proc" "$root"
rmdir "$root"
rm -rf --one-file-system "$testbed/podman" "$work"
mv "$partial" "$testbed/podman"
