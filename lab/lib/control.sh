# shellcheck shell=bash
# The network, the keys, and the control plane. Everything lives in network namespaces of the lab:
#   NAME-m   control plane 10.200.0.1 on a bridge, API server port 6443, DNS port 53
#   NAME-nI  node I, 10.200.0.1I; its pods 10.244.I.0/24 by plain routes. Services are 10.96.0.0/16.
# Two labs can have the same addresses, as their namespaces are not connected to the machine's network or to each other.

API=10.200.0.1
in_control() { nsenter --net="/run/netns/$LAB_NAME-m" "$@"; }
in_node_net() { local i=$1; shift; nsenter --net="/run/netns/$LAB_NAME-n$i" "$@"; }
namespaces() { ip netns list | awk '{ print $1 }' | grep -E "^$LAB_NAME-(m|n[1-9])$" || true; }

make_network() { # COUNT
  local i j
  ip netns add "$LAB_NAME-m"
  in_control sh -c "ip link set lo up && ip link add br0 type bridge && ip addr add $API/24 dev br0 && ip link set br0 up && sysctl -qw net.ipv4.ip_forward=1"
  for ((i = 1; i <= $1; i++)); do
    ip netns add "$LAB_NAME-n$i"
    ip link add "n$i" netns "$LAB_NAME-m" type veth peer name eth0 netns "$LAB_NAME-n$i"
    in_control sh -c "ip link set n$i master br0 up && ip route add 10.244.$i.0/24 via 10.200.0.1$i"
    # a default route that answers at once: with a dead gateway every lookup of an outside name would wait. The node's own
    # programs need some route to Services, as the kernel looks for one before kube-proxy's rules change the address
    in_node_net "$i" sh -c "ip link set lo up && ip addr add 10.200.0.1$i/24 dev eth0 && ip link set eth0 up && ip route add unreachable default &&
      ip route add 10.96.0.0/16 dev eth0 &&
      sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1"
    for ((j = 1; j <= $1; j++)); do
      [ "$i" = "$j" ] || in_node_net "$i" ip route add "10.244.$j.0/24" via "10.200.0.1$j"
    done
  done
}

make_keys() { # COUNT
  local dir=$STATE/pki i name
  mkdir -p "$dir"
  chmod 700 "$dir"
  # Valid since yesterday, as on a cluster that has stood for a while: whose clock is behind can connect.
  : > "$dir/issued"
  cat > "$dir/ca.conf" <<TEXT
[ca]
default_ca = lab
[lab]
certificate = $dir/ca.crt
private_key = $dir/ca.key
database = $dir/issued
new_certs_dir = $dir
rand_serial = yes
unique_subject = no
default_md = sha256
default_startdate = $(date -u -d '-1 day' +%y%m%d%H%M%SZ)
default_days = 3650
policy = any
[any]
organizationName = optional
commonName = supplied
TEXT
  certificate ca "/CN=$LAB_NAME-lab" "basicConstraints=critical,CA:TRUE
subjectKeyIdentifier=hash" -selfsign
  openssl ecparam -name prime256v1 -genkey -noout -out "$dir/sa.key"
  openssl ec -in "$dir/sa.key" -pubout -out "$dir/sa.pub" 2> /dev/null
  certificate apiserver /CN=kube-apiserver "subjectAltName=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:10.96.0.1,IP:$API,IP:127.0.0.1
extendedKeyUsage=serverAuth"
  certificate apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet extendedKeyUsage=clientAuth
  # tokens, made anew at every start: other users of the machine reach the forwarded port too
  {
    token admin admin system:masters
    token kcm system:kube-controller-manager
    token scheduler system:kube-scheduler
    token proxy system:kube-proxy
    token dns lab-dns system:masters
    for ((i = 1; i <= $1; i++)); do token "n$i" "system:node:n$i" system:nodes; done
  } > "$dir/tokens.csv"
  while IFS=, read -r token _ name _; do
    kubeconfig "https://$API:6443" "$token" > "$STATE/$name.kubeconfig"
  done < "$dir/tokens.csv"
  chmod 600 "$STATE"/*.kubeconfig "$dir"/*
}
token() { echo "$(openssl rand -hex 16),$2,$1${3:+,$3}"; }
certificate() { # NAME SUBJECT EXTENSIONS [OPTION]
  local path=$STATE/pki/$1
  echo "$3" > "$path.ext"
  openssl ecparam -name prime256v1 -genkey -noout -out "$path.key"
  openssl req -new -key "$path.key" -subj "$2" |
    openssl ca -batch -notext -config "$STATE/pki/ca.conf" "${@:4}" -in /dev/stdin -extfile "$path.ext" -out "$path.crt" 2> /dev/null
}
kubeconfig() { # SERVER TOKEN
  cat <<TEXT
apiVersion: v1
kind: Config
clusters:
- name: lab
  cluster: {server: "$1", certificate-authority-data: $(base64 -w 0 "$STATE/pki/ca.crt")}
users:
- name: lab
  user: {token: "$2"}
contexts:
- name: lab
  context: {cluster: lab, user: lab}
current-context: lab
TEXT
}

choose_port() { # a loopback port of the machine, the same at every start of a lab unless somebody has it
  local port=16443
  [ "$LAB_NAME" = kk8s ] || port=$((16444 + $(printf %s "$LAB_NAME" | cksum | cut -d' ' -f1) % 1000))
  while (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do port=$((port + 1)); done
  echo $port
}

start_control_plane() {
  local pki=$STATE/pki port
  spawn etcd nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/etcd" --data-dir "$STATE/etcd" --unsafe-no-fsync \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
  spawn apiserver nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --bind-address=0.0.0.0 --advertise-address=$API --secure-port=6443 \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" \
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --service-cluster-ip-range=10.96.0.0/16 --allow-privileged=true \
    --default-not-ready-toleration-seconds=300 --default-unreachable-toleration-seconds=300 \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key" --kubelet-preferred-address-types=InternalIP
  port=$(choose_port)
  spawn forward "$LAB_DIR/lib/forward.py" "$port" "/run/netns/$LAB_NAME-m" 127.0.0.1 6443
  set_fact port "$port"
  kubeconfig "https://127.0.0.1:$port" "$(cut -d, -f1 "$pki/tokens.csv" | head -n 1)" > "$STATE/kubeconfig"
  chmod 600 "$STATE/kubeconfig"
}
wait_for_api() {
  wait_until 120 "the API server" apiserver api_ready
}
api_ready() { in_control bash -c "exec 3<> /dev/tcp/$API/6443" 2> /dev/null && kube get --raw /readyz > /dev/null 2>&1; }
wait_until() { # SECONDS WHAT PROCESSES COMMAND… : PROCESSES must go on while we wait
  local end=$((SECONDS + $1)) what=$2 processes=$3 process
  shift 3
  until "$@"; do
    for process in $processes; do
      recorded "$process" > /dev/null || fail "waiting for $what: $process ended: $(tail -n 1 "$STATE/log/$process.log") (more in $STATE/log)"
    done
    [ $SECONDS -lt $end ] || fail "$what did not become ready; the log files are in $STATE/log"
    sleep 0.1
  done
}
kube() { "$BIN/kubectl" --kubeconfig="$STATE/kubeconfig" --cache-dir="$STATE/kubectl-cache" "$@"; }

start_controllers() {
  local pki=$STATE/pki
  for name in kcm scheduler; do
    local config=$STATE/$name.kubeconfig
    local common=("--kubeconfig=$config" "--authentication-kubeconfig=$config" "--authorization-kubeconfig=$config" --bind-address=127.0.0.1 --leader-elect=false)
    case $name in
      # a dead node is noticed after 16 s instead of 40 s, so that tests of node loss are short. With the usual 20 calls a second
      # the controllers would be slower to start than all the rest
      kcm) spawn kcm nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/kube-controller-manager" "${common[@]}" \
        --service-account-private-key-file="$pki/sa.key" --root-ca-file="$pki/ca.crt" --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
        --use-service-account-credentials=true --cluster-cidr=10.244.0.0/16 --service-cluster-ip-range=10.96.0.0/16 \
        --kube-api-qps=200 --kube-api-burst=400 --node-monitor-period=2s --node-monitor-grace-period=16s ;;
      scheduler) spawn scheduler nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/kube-scheduler" "${common[@]}" ;;
    esac
  done
}

start_addons() {
  if [ -x "$BIN/coredns" ]; then
    # only the zone of the cluster exists. Without the template CoreDNS answers SERVFAIL for other names, and Java waits
    cat > "$STATE/Corefile" <<TEXT
.:53 {
  bind $API
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig $STATE/dns.kubeconfig
    pods insecure
    ttl 5
  }
  template ANY ANY . {
    rcode NXDOMAIN
  }
  cache 5
}
TEXT
    spawn dns nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/coredns" -conf "$STATE/Corefile"
  else
    spawn dns nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/kxdns" -kubeconfig "$STATE/dns.kubeconfig" -listen $API:53
  fi
  mkdir -p "$STATE/shared"
  # these two were seen to end in a panic of Go's, once in some dozens of labs
  spawn provisioner "$LAB_DIR/lib/keep.sh" nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/provisioner" -kubeconfig "$STATE/admin.kubeconfig" -shared "$STATE/shared" -nodes "$STATE/%s/disks"
  if [ -e "$BIN/loadbalancer" ]; then
    # the addresses are served by every node's kube-proxy; the control plane's network reaches them through node 1
    in_control ip route add 10.200.0.128/26 via 10.200.0.11
    spawn loadbalancer "$LAB_DIR/lib/keep.sh" nsenter --net="/run/netns/$LAB_NAME-m" "$BIN/loadbalancer" -kubeconfig "$STATE/admin.kubeconfig" -pool 10.200.0.128/26
    set_fact loadbalancer yes
  else
    set_fact loadbalancer no
  fi
  if [ -e "$BIN/netpol" ]; then set_fact networkpolicy yes; else set_fact networkpolicy no; fi
  kube apply --validate=false -f "$LAB_DIR/lib/addons.yaml" > "$STATE/log/addons.log" 2>&1
  # On a busy machine the node authorizer learns what a pod needs after its kubelet has asked, and the kubelet asks again 10 s
  # later or more. So nodes have by role what they would have to wait for.
  kube create clusterrolebinding lab:nodes --clusterrole=system:node --group=system:nodes >> "$STATE/log/addons.log" 2>&1
}

# A DNS query over TCP for the API server's own Service, by bash alone: ADDRESS [command in front]
dns_works() {
  local address=$1 answer
  shift
  # shellcheck disable=SC2016 # the inner shell expands
  answer=$("$@" timeout 1 bash -c '
    exec 3<> "/dev/tcp/$0/53" || exit
    printf "\0\066\0\1\1\0\0\1\0\0\0\0\0\0\012kubernetes\007default\003svc\007cluster\005local\0\0\1\0\1" >&3
    head -c 10 <&3 | od -An -tx1 | tr -d " \n"' "$address" 2> /dev/null) || return 1
  # length(2) id(2) flags(2) questions(2) answers(2): no error and one answer
  [ "${answer:11:1}" = 0 ] && [ "${answer:16:4}" = 0001 ]
}
