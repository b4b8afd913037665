#!/bin/sh
# inside.sh ROOT DIST WORK SCRIPT runs SCRIPT in ROOT, with DIST at /dist, in the mount and PID namespaces that it is
# started in. ROOT stays as it is: what is written goes to a tmpfs at WORK.
set -eu

root=$1 dist=$2 work=$3 script=$4
mount -t tmpfs -o mode=755 none "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" none "$work/root"
mount -t proc proc "$work/root/proc"
mount -t sysfs sysfs "$work/root/sys"
mount --rbind /dev "$work/root/dev"
mount -t tmpfs none "$work/root/tmp"
mount -t tmpfs none "$work/root/run"
mkdir "$work/root/dist"
mount --bind "$dist" "$work/root/dist"
exec env -u TMPDIR chroot "$work/root" sh -euc "cd /dist; $script"
