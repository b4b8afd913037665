#!/bin/sh
# node.sh DIRECTORY: a Kubernetes of one node on this machine, for make kubernetes, until it is interrupted. It takes
# root, debootstrap and Go; some 20 minutes the first time, since Kubernetes is built from its Go module. etcd,
# containerd, runc and the CNI plugins are Debian sid's. All of it is in a network, a PID and a mount namespace of its
# own, which reach nothing outside; its cgroups are /drainit-node.
#
# When it is up, DIRECTORY has kubeconfig, bin/kubectl, and two commands: in COMMAND..., which runs a command in the
# node's network, and load TAR, which gives the node an image. So, for instance:
#
#	test/kubernetes/cluster/node.sh /tmp/node &
#	/tmp/node/in make kubernetes KUBECTL=/tmp/node/bin/kubectl KUBECONFIG=/tmp/node/kubeconfig CONTEXT=node IMAGE_LOAD=/tmp/node/import
#
# PROXY_MODE=nftables has kube-proxy use nftables.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
version=$(awk '$1 == "require" { sub("v", "", $3); print $3 }' "$here/go.mod")
programs="kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl"

exec 9>"$dir/lock"
flock -n 9 || { echo "node.sh: another one runs in $dir" >&2; exit 1; }
mkdir -p "$dir/bin" "$dir/certs" "$dir/log" "$dir/root"
[ -e "$dir/root/usr/bin/containerd" ] || "$here/../../wrappers/root.sh" sid "$dir/root" containerd runc crun \
	containernetworking-plugins etcd-server iptables nftables iproute2 conntrack kmod mount ca-certificates
for p in $programs; do
	[ -e "$dir/bin/$p" ] || set -- "$@" "k8s.io/kubernetes/cmd/$p"
done
shift
k=k8s.io/component-base/version
[ $# = 0 ] || CGO_ENABLED=0 go build -C "$here" -p 2 -trimpath -o "$dir/bin/" \
	-ldflags "-s -w -X $k.gitVersion=v$version -X $k.gitMajor=${version%%.*} -X $k.gitMinor=$(echo "$version" | cut -d. -f2)" "$@"
CGO_ENABLED=0 go build -C "$here/pause" -o "$dir/pause" .
go run -C "$here/../../.." ./test/kubernetes/image/make -name localhost/pause:node -o "$dir/pause.tar" "$dir/pause"

[ -e "$dir/sa.key" ] || openssl genrsa -out "$dir/sa.key" 2048 2>/dev/null
token=$(openssl rand -hex 16)
touch "$dir/tokens.csv" "$dir/kubeconfig"
chmod 600 "$dir/tokens.csv" "$dir/kubeconfig"
echo "$token,admin,admin,system:masters" >"$dir/tokens.csv"
cat >"$dir/kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: node, cluster: {server: "https://10.99.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: "$token"}}]
contexts: [{name: node, context: {cluster: node, user: admin}}]
current-context: node
END
cat >"$dir/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /drainit-node
failCgroupV1: false
failSwapOn: false
resolvConf: ""
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
evictionHard: {nodefs.available: "0%", imagefs.available: "0%", memory.available: "0%", nodefs.inodesFree: "0%"}
localStorageCapacityIsolation: true
END
cat >"$dir/containerd.toml" <<END
version = 3
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = 'localhost/pause:node'
[plugins.'io.containerd.cri.v1.runtime']
restrict_oom_score_adj = true # a machine may not let it be lowered
END
mkdir -p "$dir/root/etc/cni/net.d"
cat >"$dir/root/etc/cni/net.d/10-bridge.conflist" <<END
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "/run/cni", "routes": [{"dst": "0.0.0.0/0"}], "ranges": [[{"subnet": "10.97.0.0/16"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END

unshare --mount --net --pid --ipc --fork --kill-child "$here/inside.sh" "$dir/root" "$dir" "${PROXY_MODE:-iptables}" 9>&- &
outer=$!
inner=
trap '[ -z "$inner" ] || kill -KILL "$inner"; wait' EXIT # PID 1 of its namespace, so that all goes; unshare(1) ignores SIGTERM
trap 'exit 1' INT TERM HUP
until inner=$(pgrep -P "$outer"); do sleep 0.1; done
# shellcheck disable=SC2016 # "$1" is the commands'
printf '#!/bin/sh\nexec nsenter -t %s --net "$@"\n' "$inner" >"$dir/in"
# shellcheck disable=SC2016
printf '#!/bin/sh\nexec nsenter -t %s --mount --pid --net /usr/bin/ctr -n k8s.io images import - <"$1"\n' "$inner" >"$dir/import"
chmod +x "$dir/in" "$dir/import"
until "$dir/import" "$dir/pause.tar" >/dev/null 2>&1; do sleep 1; done
until "$dir/in" "$dir/bin/kubectl" --kubeconfig="$dir/kubeconfig" wait --for=condition=Ready node/node --timeout=60s 2>/dev/null; do sleep 2; done
echo "up: $dir/in $dir/bin/kubectl --kubeconfig=$dir/kubeconfig get nodes"
wait "$outer"
