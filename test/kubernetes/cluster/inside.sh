#!/bin/sh
# inside.sh ROOT FILES: the one node of node.sh, as PID 1 of namespaces of its own. It makes ROOT, a Debian, the root
# directory, with FILES (certificates, configuration, Kubernetes' programs) as /node, starts everything, and stays.
set -eu

root=$1
files=$2
mode=$3

mount --make-rprivate /
mount --bind "$root" "$root"
mkdir -p "$root/node" "$root/old"
mount --bind "$files" "$root/node"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
for d in containerd kubelet etcd; do
	mkdir -p "$root/var/lib/$d"
	mount -t tmpfs tmpfs "$root/var/lib/$d"
done
# sysfs shows the network of the namespace that mounts it.
mount -t sysfs sysfs "$root/sys" && mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
cd "$root"
pivot_root . old
umount -l /old
mount --make-rshared /
export PATH=/node/bin:/usr/sbin:/usr/bin:/sbin:/bin
mkdir -p /run/containerd

ip link set lo up
ip link add uplink type veth peer name nowhere
ip link set nowhere up
ip addr add 10.99.0.1/24 dev uplink
ip link set uplink up
ip route add default via 10.99.0.2 dev uplink onlink # nobody is there, and nothing leaves
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal 2>/dev/null || true

log=/node/log
run() { # NAME COMMAND...: started, with its log
	name=$1
	shift
	"$@" >"$log/$name.log" 2>&1 &
}
mkdir -p "$log"

run containerd containerd --config /node/containerd.toml
run etcd etcd --data-dir /var/lib/etcd --unsafe-no-fsync \
	--listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
	--listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster default=http://127.0.0.1:2380
run kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --cert-dir=/node/certs \
	--advertise-address=10.99.0.1 --service-cluster-ip-range=10.98.0.0/16 --token-auth-file=/node/tokens.csv \
	--authorization-mode=RBAC --kubelet-preferred-address-types=InternalIP --allow-privileged=true --service-account-issuer=https://node \
	--service-account-key-file=/node/sa.key --service-account-signing-key-file=/node/sa.key
until kubectl --kubeconfig=/node/kubeconfig get --raw=/readyz >/dev/null 2>&1; do sleep 1; done
run kube-controller-manager kube-controller-manager --kubeconfig=/node/kubeconfig --leader-elect=false \
	--service-account-private-key-file=/node/sa.key --root-ca-file=/node/certs/apiserver.crt --use-service-account-credentials=false
run kube-scheduler kube-scheduler --kubeconfig=/node/kubeconfig --leader-elect=false
# The kubelet wants its cgroup to be there. A cpuset of version 1 has no processors at first.
for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
	[ -e "$d/cgroup.procs" ] || continue
	mkdir -p "$d/drainit-node"
	for f in cpuset.cpus cpuset.mems; do
		[ ! -e "$d/cgroup.clone_children" ] || [ ! -e "$d/$f" ] || cat "$d/$f" >"$d/drainit-node/$f"
	done
done
run kubelet kubelet --config=/node/kubelet.yaml --kubeconfig=/node/kubeconfig --hostname-override=node --node-ip=10.99.0.1
run kube-proxy kube-proxy --kubeconfig=/node/kubeconfig --proxy-mode="$mode" --hostname-override=node --cluster-cidr=10.97.0.0/16
# The shell stays PID 1, and reaps what the runtime leaves.
while :; do
	wait || true
	sleep 1
done
