#!/usr/bin/env bash
# vm-hub.sh STATE VM KERNEL CRIU REPO DOTNET MACHINE...: the networks of a rig of emulated machines and the machines themselves, in mount, PID
# and network namespaces of their own: when this process ends, all of it does. Run by `vm.sh up`. Prints "ready" once they boot.
set -euo pipefail
state=$1 vm=$2 kernel=$3 criu=$4 repo=$5 dotnet=$6
memory_mib=1536

# The old /proc still tells which process this is for the machine outside.
read -r outside _ </proc/self/stat
inode=$(stat -Lc %i /proc/self/ns/net)
printf '%s %s\n' "$outside" "$inode" >"$state/hub/init"

mount --make-rprivate /
mount --rbind /dev "$vm/tools/dev"
mkdir -p "$vm/tools/mnt/vm" "$vm/tools/mnt/rig"
mount --bind "$vm" "$vm/tools/mnt/vm"
mount --bind "$state" "$vm/tools/mnt/rig"

# br0 is the network between the hosts; br1 carries nothing but `vm.sh exec`, so that it takes nothing from the other's bandwidth.
ip -batch - <<BATCH
link set lo up
link add br0 type bridge stp_state 0 forward_delay 0
link add br1 type bridge stp_state 0 forward_delay 0
address add 10.78.0.254/24 dev br1
link set br0 up
link set br1 up
BATCH

unshare --net bash -c 'read -r pid _ </proc/self/stat; printf "%s %s\n" "$pid" "$(stat -Lc %i /proc/self/ns/net)" >"$1"; exec sleep infinity >/dev/null 2>&1' \
    client "$state/client/init" &
client=$!
until [ -s "$state/client/init" ]; do sleep 0.01; done
ip link add port-client type veth peer name eth0 netns "$client"
ip link set port-client master br0 up

number=0
for host in "${@:7}"; do
    number=$((number + 1))
    printf '10.78.0.%s %s %s\n' "$number" "$outside" "$inode" >"$state/$host/address"
    for port in "port-$host br0" "control-$host br1"; do
        # shellcheck disable=SC2086  # two words
        set -- $port
        ip tuntap add dev "$1" mode tap
        ip link set "$1" master "$2" up
    done
    chroot "$vm/tools" qemu-system-x86_64 -nodefaults -nographic -no-reboot -serial stdio -machine q35 -accel tcg,thread=multi -cpu max \
        -smp 2 -m "$memory_mib" -kernel "/mnt/vm/$kernel/vmlinuz" -initrd "/mnt/vm/$kernel/initrd.gz" \
        -append "console=ttyS0 quiet panic=-1 mitigations=off transparent_hugepage=never u2c.host=$host u2c.address=10.77.0.$number u2c.control=10.78.0.$number u2c.first_pid=${number}0000 u2c.criu=$criu u2c.repo=$repo u2c.dotnet=$dotnet" \
        -drive "file=/mnt/vm/$kernel/root.img,if=virtio,format=raw,snapshot=on" \
        -drive "file=/mnt/vm/dotnet.img,if=virtio,format=raw,snapshot=on" \
        -drive "file=/mnt/rig/payload.img,if=virtio,format=raw,snapshot=on" \
        -netdev "tap,id=data,ifname=port-$host,script=no,downscript=no" -device "virtio-net-pci,netdev=data,mac=52:54:00:77:00:0$number,romfile=" \
        -netdev "tap,id=control,ifname=control-$host,script=no,downscript=no" -device "virtio-net-pci,netdev=control,mac=52:54:00:78:00:0$number,romfile=" \
        </dev/null >"$state/$host/console.log" 2>&1 &
done
printf 'ready\n'
exec >/dev/null 2>&1
wait
