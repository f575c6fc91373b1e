#!/bin/bash
# The first process of a node: in network, mount, process and host name namespaces of its own (node.sh starts it).
# When it ends, the kernel ends everything in the node: that is the node's power switch.
# From the caller: STATE, BIN, CONTENT, NODE, KUBELET_FLAGS, NETPOL
set -euo pipefail
dir=$STATE/$NODE
mount --make-rshared /
hostname "$NODE"
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock /run/tmp
export TMPDIR=/run/tmp PATH=$BIN:$PATH
# the node's own folders in place of the machine's
for pair in kubelet:/var/lib/kubelet containerd:/var/lib/containerd cni:/var/lib/cni pods:/var/log/pods containers:/var/log/containers \
  netd:/etc/cni/net.d disks:/mnt/disks ../shared:/mnt/shared; do
  mkdir -p "${pair#*:}"
  mount --bind "$dir/${pair%%:*}" "${pair#*:}"
done
mount --make-shared /var/lib/kubelet
# the images: layers and blobs are the cache's own, read-only; what containerd writes to is the node's own
cd "$CONTENT"
for path in io.containerd.snapshotter.v1.overlayfs/snapshots/* io.containerd.content.v1.content/blobs/sha256/*; do
  mount -o bind,ro "$path" "/var/lib/containerd/$path"
done
cd /
containerd -c "$dir/containerd.toml" >> "$STATE/log/$NODE-containerd.log" 2>&1 &
for _ in {1..600}; do
  if ctr version > /dev/null 2>&1; then break; fi
  sleep 0.05
done
# A kubelet that finds no API server waits longer and longer before it asks again: better to start it when there is one
for _ in {1..600}; do
  if (exec 3<> /dev/tcp/10.200.0.1/6443) 2> /dev/null && kubectl --kubeconfig="$STATE/$NODE.kubeconfig" --cache-dir=/run/tmp get --raw /readyz > /dev/null 2>&1; then break; fi
  sleep 0.2
done
read -ra flags <<< "$KUBELET_FLAGS"
kubelet --config="$dir/kubelet.yaml" --kubeconfig="$STATE/$NODE.kubeconfig" --root-dir=/var/lib/kubelet "${flags[@]}" >> "$STATE/log/$NODE-kubelet.log" 2>&1 &
kube-proxy --kubeconfig="$STATE/proxy.kubeconfig" --hostname-override="$NODE" --proxy-mode=iptables --cluster-cidr=10.244.0.0/16 \
  --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 \
  --healthz-bind-address=127.0.0.1:10256 >> "$STATE/log/$NODE-proxy.log" 2>&1 &
if [ "$NETPOL" = yes ]; then
  netpol -kubeconfig "$STATE/admin.kubeconfig" -node "$NODE" >> "$STATE/log/$NODE-netpol.log" 2>&1 &
fi
wait -n || true
echo "a process of $NODE ended, so the node ends; its log files say why"
exit 1
