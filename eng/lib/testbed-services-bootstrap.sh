#!/usr/bin/env bash
# testbed-services-bootstrap.sh TESTBED: fills TESTBED/services, a layer above TESTBED/root with the services that the tests and the demo move. Run by `testbed.sh build --services` in a mount
# namespace; a change of this file is a change of the recipe. Works in services.partial and renames at the end; fetched packages stay in debs/.
set -euo pipefail

testbed=$1
packages=(postgresql postgresql-contrib mariadb-server sysbench nginx-light apache2 apache2-utils wrk
    nodejs node-ws default-jdk-headless gunicorn python3 python3-psycopg2 libicu76 make gcc libc6-dev strace)
partial=$testbed/services.partial
work=$testbed/services.work
root=$testbed/services.root

proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
[ -z "$proxy" ] || export http_proxy="$proxy"

rm -rf --one-file-system "$partial" "$work"
mkdir -p "$partial" "$work" "$root"
mount -t overlay -o "lowerdir=$testbed/root,upperdir=$partial,workdir=$work" services "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind "$testbed/debs" "$root/var/cache/apt/archives"

# Each test makes a data directory of its own: the cluster that the package would make is left out.
mkdir -p "$root/etc/postgresql-common"
printf 'create_main_cluster = false\nssl = off\n' >"$root/etc/postgresql-common/createcluster.conf"
chroot "$root" apt-get update
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -o APT::Keep-Downloaded-Packages=true install -y "${packages[@]}"

umount "$root/var/cache/apt/archives"
rm -rf "${root:?}"/var/lib/apt/lists/* "$root/var/lib/mysql" "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale"
mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/lib/mysql"
umount "$root/dev" "$root/proc" "$root"
rmdir "$root"
rm -rf --one-file-system "$testbed/services" "$work"
mv "$partial" "$testbed/services"
