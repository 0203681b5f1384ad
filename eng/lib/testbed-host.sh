#!/usr/bin/env bash
# testbed-host.sh STATE HOST LAYERS REPO DOTNET FIRST-PID: becomes the first process of a testbed host.
# Run by `testbed.sh up` in new mount, PID, network, IPC, UTS and cgroup namespaces. Prints "ready" when the host stands.
set -euo pipefail

state=$1 host=$2 layers=$3 repo=$4 dotnet=$5 first_pid=$6

# The old /proc still tells which process this is for the machine outside.
read -r outside _ </proc/self/stat
read -r namespace < <(stat -Lc %i /proc/self/ns/pid)
printf '%s %s\n' "$outside" "$namespace" >"$state/$host/init.new"
mv "$state/$host/init.new" "$state/$host/init"
hierarchies=$(awk '$3 == "cgroup" || $3 == "cgroup2" { print $2, $3, $4 }' /proc/self/mounts)

mount --make-rprivate /
mount -t tmpfs -o mode=755 testbed "$state/$host/scratch"
cd "$state/$host/scratch"
mkdir upper work root
# xino=on: one device number for all files, else CRIU cannot match a file's mount.
mount -t overlay -o "lowerdir=$layers,upperdir=upper,workdir=work,xino=on" testbed root
cd root

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o nosuid,nodev,noexec sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs var/lib/redis
# Overlays cannot be mounted on the overlay that is the root.
[ ! -d var/lib/containers ] || mount -t tmpfs -o mode=755 tmpfs var/lib/containers

# Nodes of its own: CRIU finds no parent for mounts that come from the machine's /dev.
mount -t tmpfs -o mode=755,nosuid tmpfs dev
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
if [ -c /dev/userfaultfd ]; then
    # shellcheck disable=SC2046  # two numbers
    mknod -m 600 dev/userfaultfd c $(stat -c '%Hr %Lr' /dev/userfaultfd)
fi
if [ -c /dev/net/tun ]; then
    mkdir dev/net
    mknod -m 666 dev/net/tun c 10 200
fi
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

# The same hierarchies at the same places as on the machine, but each rooted in the cgroup of this host.
while read -r point type options; do
    case $point in /sys/fs/cgroup | /sys/fs/cgroup/*) ;; *) continue ;; esac
    if ! mountpoint -q sys/fs/cgroup && [ "$point" != /sys/fs/cgroup ]; then
        mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    fi
    mkdir -p ".$point"
    case $type in
        cgroup2) mount -t cgroup2 cgroup2 ".$point" ;;
        cgroup) mount -t cgroup -o "$(tr ',' '\n' <<<"$options" | grep -vxE 'rw|ro|relatime|nosuid|nodev|noexec|xattr|clone_children|release_agent=.*' | paste -sd,)" cgroup ".$point" ;;
    esac
done <<<"$hierarchies"

hostname "$host"
printf '%s\n' "$host" >etc/hostname
printf '127.0.0.1 localhost\n10.77.0.1 a\n10.77.0.2 b\n10.77.0.9 client\n' >etc/hosts
# The runtimes call CRIU with its default lock, which needs iptables; the hosts have nftables. CRIU called directly is not affected.
mkdir -p etc/criu
printf 'network-lock nftables\n' | tee etc/criu/runc.conf >etc/criu/crun.conf

# By this a program can tell that it runs in a host of the testbed.
mkdir run/u2c-testbed-host

mkdir -p ".$repo" ".$dotnet"
mount --bind "$repo" ".$repo"
mount --bind "$dotnet" ".$dotnet"
mount -o remount,bind,ro ".$dotnet"
ln -sf "$dotnet/dotnet" usr/local/bin/dotnet
mkdir -p etc/dotnet
printf '%s\n' "$dotnet" >etc/dotnet/install_location

mkdir -p run/old
pivot_root . run/old
cd /
# Each host starts elsewhere, so that the ids of a restored tree are free on the other one.
printf '%s' "$first_pid" >/proc/sys/kernel/ns_last_pid
umount -l run/old
rmdir run/old
printf 'ready\n'
exec /usr/bin/tini -- sleep infinity </dev/null >/dev/null 2>&1
