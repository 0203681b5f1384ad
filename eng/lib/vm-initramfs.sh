#!/bin/busybox sh
# The first program after the kernel: mounts the root disk and goes on there.
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
for module in /modules/*.ko; do
    /bin/busybox insmod "$module"
done
tries=100
until [ -b /dev/vda ] || [ "$tries" = 0 ]; do
    tries=$((tries - 1))
    /bin/busybox sleep 0.05
done
/bin/busybox mount -t ext4 /dev/vda /new || exec /bin/busybox sh
/bin/busybox mount --move /dev /new/dev
/bin/busybox umount /proc
exec /bin/busybox switch_root /new /usr/local/sbin/vm-init
