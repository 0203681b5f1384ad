#!/bin/bash
# The first process of an emulated machine: makes it like a host of the testbed (see testbed-host.sh), then answers `vm.sh exec`.
# Kernel arguments: u2c.host=NAME, u2c.address=DATA-ADDRESS, u2c.control=CONTROL-ADDRESS, u2c.first_pid=N, u2c.repo=PATH, u2c.dotnet=PATH, u2c.criu=VERSION.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /var/lib/redis
mkdir -p /dev/pts /dev/shm /run/u2c-testbed-host
mount -t devpts -o ptmxmode=0666,mode=620,gid=5 devpts /dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup

declare -A option
for word in $(</proc/cmdline); do
    case $word in u2c.*=*) option[${word%%=*}]=${word#*=} ;; esac
done
host=${option[u2c.host]} repo=${option[u2c.repo]} dotnet=${option[u2c.dotnet]}

modprobe virtio_net
ip -batch - <<BATCH
link set lo up
address add ${option[u2c.address]}/24 dev eth0
link set eth0 up
address add ${option[u2c.control]}/24 dev eth1
link set eth1 up
BATCH
hostname "$host"
printf '%s\n' "$host" >/etc/hostname
printf '127.0.0.1 localhost\n10.77.0.1 a\n10.77.0.2 b\n10.77.0.9 client\n' >/etc/hosts
mkdir -p /etc/criu
printf 'network-lock nftables\n' | tee /etc/criu/runc.conf >/etc/criu/crun.conf
# Another version of CRIU than that of the testbed lies in a folder of its own.
[ ! -x "/opt/criu-${option[u2c.criu]}/criu" ] || ln -s "/opt/criu-${option[u2c.criu]}/criu" /usr/local/sbin/criu

# The files of the checkout and .NET lie on disks of their own; what is written there is gone with the machine.
mkdir -p "$repo" "$dotnet" /etc/dotnet
mount -t ext4 /dev/vdb "$dotnet"
mount -t ext4 /dev/vdc "$repo"
ln -sf "$dotnet/dotnet" /usr/local/bin/dotnet
printf '%s\n' "$dotnet" >/etc/dotnet/install_location

# What CRIU and the shaping of links would have the kernel load in the middle of things.
modprobe -a tun veth nf_tables nft_ct nf_conntrack unix_diag tcp_diag udp_diag inet_diag raw_diag af_packet_diag netlink_diag sch_tbf sch_netem 2>/dev/null
echo 8388608 >/proc/sys/fs/pipe-max-size
# Each machine starts elsewhere, so that the ids of a restored tree are free on the other one.
printf '%s' "${option[u2c.first_pid]}" >/proc/sys/kernel/ns_last_pid
echo "ready after $(cut -d' ' -f1 /proc/uptime) s"
exec /usr/bin/tini -- /usr/local/sbin/vmexec --serve </dev/null >/dev/null 2>&1
