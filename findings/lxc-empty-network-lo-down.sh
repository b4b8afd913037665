#!/usr/bin/env bash
# An LXC container with an empty network has no loopback to use. Expected from lxc.container.conf(5) ("empty: will create
# only the loopback interface"): 127.0.0.1 answers. Seen with Debian 12's LXC 5.0.2-1+deb12u4: lo is there and is down
# where lxc.init.cmd is the program itself and not a distribution's init, which would bring it up. connect(2) to 127.0.0.1
# is ENETUNREACH, so that health checks from inside fail for a healthy server. `lxc.net.0.type = none` shares a network
# where lo is up.
# Needs root, apt-get, dpkg-deb, and control groups that may be written; the container is in namespaces of this script's
# own and ends by itself in seconds. Fails if the behaviour has changed.
set -euo pipefail

version=1:5.0.2-1+deb12u4
dir=$(mktemp -d)
finish() {
	# What LXC makes of control groups, empty by now.
	find /sys/fs/cgroup -depth -type d \( -path '*/lxc.*.lo-is-down*' -o -name lxc.pivot \) -exec rmdir {} + 2>/dev/null || true
	rm -rf --one-file-system "$dir"
}
trap finish EXIT

cd "$dir"
apt-get -qq download "lxc=$version" "liblxc1=$version" busybox-static 2>/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" root; done
mkdir -p rootfs/{bin,proc,sys,dev,tmp} lxc/lo-is-down mnt
cp root/bin/busybox rootfs/bin/
cat >rootfs/bin/look <<'SH'
#!/bin/busybox sh
busybox ip addr show lo
busybox ping -c 1 -W 1 127.0.0.1 2>&1
SH
chmod +x rootfs/bin/look
cat >lxc/lo-is-down/config <<CONFIG
lxc.uts.name = lo-is-down
lxc.rootfs.path = dir:$dir/rootfs
lxc.rootfs.mount = $dir/mnt
lxc.mount.auto = proc:rw
lxc.init.cmd = /bin/look
lxc.net.0.type = empty
CONFIG
# script(1) gives it a terminal, without which a container's words are nowhere.
LD_LIBRARY_PATH=$(dirname "$(find root -name liblxc.so.1 | head -n 1)") timeout 60 unshare --mount --pid --net --fork --mount-proc --kill-child \
	script -qec "root/usr/bin/lxc-start -P $dir/lxc -F -n lo-is-down" /dev/null | tee seen

grep -q 'lo: <LOOPBACK> ' seen || { echo "lo is not as it was: up, or not there" >&2; exit 1; }
grep -q 'Network is unreachable' seen || { echo "127.0.0.1 can be reached" >&2; exit 1; }
echo "LXC $version: with an empty network lo is down"
