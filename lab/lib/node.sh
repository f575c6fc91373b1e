# shellcheck shell=bash
# One node: its folders and configuration, its start, its end by loss of power, its loss of the network.

PAUSE=localhost/lab/pause:1

prepare_node() { # I : what is made once in the life of a node
  local i=$1 dir=$STATE/n$1 path
  mkdir -p "$dir"/{kubelet,cni,pods,containers,netd,disks} "$STATE/shared"
  make_cgroup "$LAB_NAME/n$i"
  cat > "$dir/netd/10-lab.conflist" <<TEXT
{"cniVersion": "0.4.0", "name": "lab", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.$i.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
TEXT
  containerd_config > "$dir/containerd.toml"
  kubelet_config "$i" > "$dir/kubelet.yaml"
  # the two small databases are copied, the layers and blobs get a place to be mounted on
  mkdir -p "$dir"/containerd/io.containerd.{metadata.v1.bolt,snapshotter.v1.overlayfs/snapshots,content.v1.content/blobs/sha256}
  for path in io.containerd.metadata.v1.bolt/meta.db io.containerd.snapshotter.v1.overlayfs/metadata.db; do
    cp "$CONTENT/$path" "$dir/containerd/$path"
  done
  for path in "$CONTENT"/io.containerd.snapshotter.v1.overlayfs/snapshots/*; do mkdir "$dir/containerd/${path#"$CONTENT/"}"; done
  for path in "$CONTENT"/io.containerd.content.v1.content/blobs/sha256/*; do : > "$dir/containerd/${path#"$CONTENT/"}"; done
}
containerd_config() {
  # restrict_oom_score_adj: where the capability SYS_RESOURCE is missing, no pod would start without it
  if [ "$(minor)" -ge 27 ]; then
    cat <<TEXT
version = 3
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "$PAUSE"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri"]
  stream_server_address = "127.0.0.1"
TEXT
  else
    cat <<TEXT
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
TEXT
  fi
}
kubelet_config() { # I
  cat <<TEXT
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 10.200.0.1$1
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $STATE/pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$LAB_NAME/n$1
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
failSwapOn: false
resolvConf: ""
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
kubeAPIQPS: 50
kubeAPIBurst: 100
nodeStatusUpdateFrequency: 4s
syncFrequency: 10s
TEXT
  [ "$(minor)" -lt 27 ] || cat <<TEXT
failCgroupV1: false
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
mergeDefaultEvictionSettings: true
TEXT
}

start_node() { # I
  local flags="--hostname-override=n$1 --node-ip=10.200.0.1$1 --node-labels=topology.kubernetes.io/region=lab,topology.kubernetes.io/zone=zone-$1"
  [ "$(minor)" -ge 27 ] || flags="$flags --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --pod-infra-container-image=$PAUSE"
  spawn "n$1" env STATE="$STATE" BIN="$BIN" CONTENT="$CONTENT" NODE="n$1" KUBELET_FLAGS="$flags" NETPOL="$(fact networkpolicy)" \
    nsenter --net="/run/netns/$LAB_NAME-n$1" unshare --mount --propagation slave --pid --fork --kill-child --mount-proc --uts \
    bash "$LAB_DIR/lib/node-init.sh"
}
node_init() { # I : pid of the first process of a running node
  local outer children
  outer=$(recorded "n$1") || return 1
  children=$(cat "/proc/$outer/task/$outer/children" 2> /dev/null) || return 1
  [ -n "$children" ] && echo "${children%% *}"
}
end_node() { # I : loss of power
  local init
  if init=$(node_init "$1"); then kill -KILL "$init" 2> /dev/null || true; fi
  end_recorded "n$1"
}
nodes_ready() { # I… : all of them
  local list i
  list=$(kube get nodes --no-headers 2> /dev/null) || return 1
  for i in "$@"; do grep -q "^n$i  *Ready" <<< "$list" || return 1; done
}

known_node() { # the number in 2, n2 or node 2's name
  local i=${1:-}
  i=${i#n}
  [[ $i =~ ^[1-9]$ && $i -le $(fact nodes) ]] || refuse "there is no node '${1:-}'; this lab has 1 to $(fact nodes)"
  echo "$i"
}
node_state() { # I
  if ! node_init "$1" > /dev/null; then
    echo "without power (lab start-node $1)"
  elif in_control ip -o link show "n$1" | grep -q 'state DOWN'; then
    echo "cut off (lab heal $1)"
  else
    echo on
  fi
}
verb_kill_node() {
  local i
  need_up
  lock
  i=$(known_node "${1:-}")
  node_init "$i" > /dev/null || refuse "node $i has no power already; 'lab start-node $i' brings it back"
  end_node "$i"
  say "node n$i has lost power; the cluster notices after about 16 s"
}
verb_start_node() {
  local i
  need_up
  lock
  i=$(known_node "${1:-}")
  ! node_init "$i" > /dev/null || refuse "node $i has power already"
  load_choice
  cache_use
  # a machine that lost its power has no cgroups either; with those of the old life the kubelet waits 3 s for each container
  remove_cgroup "$LAB_NAME/n$i"
  make_cgroup "$LAB_NAME/n$i"
  start_node "$i"
  # until the controllers notice, the API server still shows the old life's Ready: ask the new kubelet
  wait_until 120 "node n$i" "n$i" kubelet_answers "$i"
  wait_until 120 "node n$i" "n$i" nodes_ready "$i"
  wait_until 30 "the DNS server for node n$i" "n$i" dns_works 10.96.0.10 nsenter --net="/run/netns/$LAB_NAME-n$i"
  step "node n$i is back, Ready"
}
kubelet_answers() { in_node_net "$1" bash -c 'exec 3<> /dev/tcp/127.0.0.1/10248' 2> /dev/null; }
verb_partition() {
  local i
  need_up
  lock
  i=$(known_node "${1:-}")
  in_control ip link set "n$i" down
  say "node n$i is cut off the network"
}
verb_heal() {
  local i
  need_up
  lock
  i=$(known_node "${1:-}")
  in_control ip link set "n$i" up
  say "node n$i is on the network again"
}
verb_node() {
  local i init
  need_up
  [ $# -ge 2 ] || refuse "usage: lab node N COMMAND…, for example: lab node 1 ip address"
  if [ "$1" = 0 ]; then
    shift
    exec nsenter --net="/run/netns/$LAB_NAME-m" "$@"
  fi
  i=$(known_node "$1")
  init=$(node_init "$i") || refuse "node $i has no power; 'lab start-node $i' brings it back"
  shift
  load_choice
  PATH=$BIN:$PATH exec nsenter --target "$init" --mount --pid --net --uts "$@"
}
