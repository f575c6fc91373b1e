# shellcheck shell=bash
# The verbs for the whole lab.

load_choice() { # what the running lab was started with
  KUBERNETES=$(fact kubernetes) BIN=$(fact bin) CONTENT=$(fact content) IMAGES=$(fact imagefolder)
}

verb_up() {
  local nodes='' kubernetes='' extra='' name image
  while [ $# -gt 0 ]; do
    [[ $1 != --*=* ]] || set -- "${1%%=*}" "${1#*=}" "${@:2}"
    case $1 in
      --nodes | --kubernetes | --images) [ $# -ge 2 ] || refuse "$1 needs a value" ;;& # and on to its own line
      --nodes) nodes=$2 ;;
      --kubernetes) kubernetes=$2 ;;
      --images) extra=$2 ;;
      *) refuse "up has no option '$1'; it has --nodes, --kubernetes and --images" ;;
    esac
    shift 2
  done
  [[ ${nodes:-3} =~ ^[1-9]$ ]] || refuse "--nodes is '$nodes'; it can be 1 to 9"
  [ "$(id -u)" = 0 ] || refuse "root is needed for namespaces and mounts; run it as root (sudo)"
  lock
  case $(fact state) in
    up)
      if same_lab "$nodes" "$kubernetes" "$extra"; then
        verb_status
        return
      fi
      ;;
    '') ;;
    *)
      say "a former start was interrupted, cleaning up after it"
      take_down
      ;;
  esac
  # the state folder may be gone while namespaces are still there
  [ -z "$(namespaces)" ] || refuse "network namespaces of a lab '$LAB_NAME' exist that $STATE knows nothing of (ip netns list); end that lab, or set KAFKAK8S_LAB_NAME"

  local begin
  begin=$(now)
  choose_kubernetes "$kubernetes"
  choose_images
  names=("${DEFAULT_IMAGES[@]}")
  for image in $extra; do
    name=$(image_name "$image")
    [[ " ${names[*]} " == *" $name "* ]] || names+=("$name")
  done
  check_machine
  mkdir -p "$STATE/log" "$CACHE"
  set_fact state starting
  trap 'up_failed' EXIT
  trap 'exit 130' INT TERM HUP
  if [ -n "$(missing_packages "${BASE_PACKAGES[@]}")" ]; then
    cache_lock
    need_packages "${BASE_PACKAGES[@]}"
    cache_unlock
  fi
  cache_prune
  cache_use
  need_kubernetes
  step "programs of Kubernetes $KUBERNETES"
  pause=pause-$(sha256sum < "$BIN/pause" | cut -c1-10)
  need_images "$pause" "${names[@]}"
  need_content "$pause" "${names[@]}"
  touch "$BIN" "$IMAGES" "$CONTENT"
  nodes=${nodes:-3}
  set_fact kubernetes "$KUBERNETES"
  set_fact nodes "$nodes"
  set_fact bin "$BIN"
  set_fact content "$CONTENT"
  set_fact imagefolder "$IMAGES"
  set_fact images "${names[*]}"
  keep_sysctls
  make_network "$nodes"
  make_keys "$nodes"
  step "network and keys"
  start_control_plane
  if [ -e "$BIN/netpol" ]; then set_fact networkpolicy yes; else set_fact networkpolicy no; fi
  local i all
  all=$(seq "$nodes")
  for i in $all; do
    prepare_node "$i"
    start_node "$i"
  done
  wait_for_api
  step "API server answers on 127.0.0.1:$(fact port)"
  start_controllers
  start_addons
  # shellcheck disable=SC2086 # a list of numbers
  wait_until 180 "the nodes" "apiserver $(printf 'n%s ' $all)" nodes_ready $all
  step "$nodes nodes Ready"
  # what a pod needs in its first second
  wait_until 60 "the service account" kcm account_ready
  wait_until 60 "the DNS server" dns dns_works "$API" nsenter --net="/run/netns/$LAB_NAME-m"
  for i in $all; do
    wait_until 60 "the DNS Service on node n$i" "n$i" dns_works 10.96.0.10 nsenter --net="/run/netns/$LAB_NAME-n$i"
  done
  step "service account, DNS and Services work"
  set_fact state up
  trap - EXIT
  list_images
  say "up after $(seconds "$begin"): Kubernetes $KUBERNETES, $nodes nodes; export KUBECONFIG=$STATE/kubeconfig"
}
account_ready() { kube get serviceaccount/default configmap/kube-root-ca.crt > /dev/null 2>&1; }
up_failed() {
  trap - EXIT
  set_fact state failed
  warn "the start did not succeed, ending what was started; log files stay in $STATE/log until the next start"
  end_processes
  remove_network
  restore_sysctls
}
same_lab() { # NODES KUBERNETES IMAGES as wanted, empty = whatever : is the running lab that? Ends the call where it is another
  local name image process
  for process in etcd apiserver kcm scheduler dns forward provisioner; do
    if ! recorded $process > /dev/null; then
      say "$process of the running lab has ended (log: $STATE/log/$process.log); starting anew"
      take_down
      return 1
    fi
  done
  [ -z "$1" ] || [ "$1" = "$(fact nodes)" ] || refuse "the lab is up with $(fact nodes) nodes; run 'lab down' first for $1"
  case $(fact kubernetes) in "${2:-}"*) ;; *) refuse "the lab is up with Kubernetes $(fact kubernetes); run 'lab down' first for $2" ;; esac
  for image in $3; do
    name=$(image_name "$image")
    [[ " $(fact images) " == *" $name "* ]] || refuse "the lab is up without $name; 'lab import $name' brings it in"
  done
}

verb_down() {
  [ "$(id -u)" = 0 ] || refuse "root is needed; run it as root (sudo)"
  case ${1:-} in '' | --purge) ;; *) refuse "down has no option '$1'; it has --purge" ;; esac
  lock
  take_down
  if [ "${1:-}" = --purge ]; then
    exec 7> "$CACHE/locks/.in-use"
    flock -n 7 || refuse "the caches in $CACHE are in use by another lab; end that one first"
    rm -rf "$CACHE"
    say "down, caches removed"
  else
    say "down; the caches stay in $CACHE (lab down --purge removes them)"
  fi
}
end_processes() {
  local i enders=()
  for i in 1 2 3 4 5 6 7 8 9; do
    end_node "$i" &
    enders+=($!)
  done
  wait "${enders[@]}" # not all children: etcd and the others may be among them
  end_recorded '*'
}
remove_network() {
  local name
  for name in $(namespaces); do ip netns del "$name"; done
  remove_cgroup "$LAB_NAME"
}
take_down() {
  end_processes
  remove_network
  restore_sysctls
  rm -rf --one-file-system "$STATE"
  rmdir "$LAB_HOME" 2> /dev/null || true
}

verb_status() {
  local i
  if ! is_up; then
    say "'$LAB_NAME' is not up${DIST:+; builds: $DIST}"
    return 3
  fi
  load_choice
  say "'$LAB_NAME' is up: Kubernetes $KUBERNETES, kubeconfig $STATE/kubeconfig, log files $STATE/log"
  for i in $(seq "$(fact nodes)"); do
    echo "  node n$i: power and network: $(node_state "$i"); Kubernetes says: $(kube get node "n$i" --no-headers 2> /dev/null | awk '{ print $2 }')"
  done
  echo "  storage classes: network (default), local"
  case $(fact networkpolicy) in yes) echo "  network policies: ingress rules are enforced" ;; *) echo "  network policies: not enforced (no builds beside the repository)" ;; esac
  case $(fact loadbalancer) in yes) echo "  load balancers: addresses of 10.200.0.128/26, reachable from 'lab node 0 COMMAND' and the nodes" ;; *) echo "  load balancers: stay pending (no builds beside the repository)" ;; esac
  list_images
}
list_images() {
  local name
  for name in $(fact images); do
    printf '  image %s — holds %s%s\n' "$(image_fact "$name" ref)" "$(image_fact "$name" holds)" "$([ "$(image_fact "$name" fallback)" = false ] || echo ' (fallback)')"
  done
}
verb_images() {
  local name first=1
  need_up
  load_choice
  if [ "${1:-}" != --json ]; then
    list_images
    return
  fi
  echo '['
  for name in $(fact images); do
    [ -n "$first" ] || echo ,
    first=
    cat "$(image_facts "$name")"
  done
  echo ']'
}
verb_import() {
  local image name names=() i init
  [ $# -gt 0 ] || refuse "usage: lab import NAME…, such as kafka-3.8.1"
  need_up
  lock
  load_choice
  for image in "$@"; do
    name=$(image_name "$image")
    [[ " $(fact images) " == *" $name "* ]] || names+=("$name")
  done
  [ ${#names[@]} -gt 0 ] || { say "the images are on the nodes already"; return; }
  need_images "${names[@]}"
  for i in $(seq "$(fact nodes)"); do
    init=$(node_init "$i") || refuse "node $i has no power; 'lab start-node $i' first"
    mkimage export "$IMAGES" "${names[@]}" | PATH=$BIN:$PATH nsenter --target "$init" --mount --pid --net ctr -n k8s.io images import - > "$STATE/log/import.log" 2>&1 ||
      fail "the import into node n$i did not succeed: $(tail -n 1 "$STATE/log/import.log")"
  done
  set_fact images "$(fact images) ${names[*]}"
  step "imported ${names[*]}"
}
verb_info() {
  local name
  need_up
  load_choice
  {
    echo "name=$LAB_NAME"
    echo "kubernetes=$KUBERNETES"
    echo "nodes=$(fact nodes)"
    for name in $(fact images); do
      # the version that really runs behind the tag; the first of a kind is the default one
      echo "${name%-*}=$(image_fact "$name" version)"
      echo "$name=$(image_fact "$name" version)"
    done
    for name in networkpolicy loadbalancer; do echo "$name=$(fact $name)"; done
    echo "server=https://127.0.0.1:$(fact port)"
    echo "kubeconfig=$STATE/kubeconfig"
    echo "kubectl=$BIN/kubectl"
    echo "context=lab"
    echo "logs=$STATE/log"
  } | awk -F= -v key="${1:-}" '!seen[$1]++ { if (key == "") print; else if ($1 == key) { print substr($0, length(key) + 2); found = 1 } } END { exit key != "" && !found }' ||
    refuse "there is no fact '$1'; 'lab info' prints all"
}
# what `up --kubernetes` can be given here, newest first
verb_generations() {
  { dist_versions kubernetes; echo 1.20.2; } | cut -d. -f1,2 | sort -rVu | paste -sd, -
}
verb_kubectl() {
  need_up
  load_choice
  exec "$BIN/kubectl" --kubeconfig="$STATE/kubeconfig" --cache-dir="$STATE/kubectl-cache" "$@"
}
verb_kubeconfig() {
  need_up
  echo "$STATE/kubeconfig"
}
verb_logs() {
  [ -d "$STATE/log" ] || refuse "there are no log files; the lab '$LAB_NAME' was not started"
  if [ $# = 0 ]; then
    echo "$STATE/log"
    ls "$STATE/log"
  else
    [ -e "$STATE/log/$1.log" ] || refuse "there is no log file '$1'; 'lab logs' lists them"
    tail -n 200 "$STATE/log/$1.log"
  fi
}
