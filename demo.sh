#!/usr/bin/env bash
# From nothing to a verified Kafka cluster. See README.md.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
  cat <<'TEXT'
usage: ./demo.sh [--keep] [--kubernetes 1.36|1.20] [--context NAME] [--kubeconfig FILE] [--namespace NAME]
  Builds the module, starts a real Kubernetes on this machine (lab/), makes a Kafka cluster on it and tests it.
  --context, --kubeconfig  use your own Kubernetes cluster instead; no lab is started
  --namespace              namespace of the cluster, made where it is missing (default: kafka-demo)
  --keep                   leave the cluster and the lab as they are
  --kubernetes             generation of the lab's Kubernetes
TEXT
}

keep='' lab=1 namespace=kafka-demo up=() connect=()
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=1 ;;
    --context) lab='' connect+=(-Context "'${2:?--context needs a name}'"); shift ;;
    --kubeconfig) lab='' connect+=(-KubeConfig "'$(readlink -f "${2:?--kubeconfig needs a file}")'"); shift ;;
    --namespace) namespace=${2:?--namespace needs a name}; shift ;;
    --kubernetes) up+=(--kubernetes "${2:?--kubernetes needs a version}"); shift ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

say() { printf '\n== %s\n' "$*"; }
step() { # step TEXT COMMAND… : says what is done and how long it took
  local text=$1 from=$EPOCHREALTIME
  shift
  say "$text"
  "$@"
  awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "   (%.1f s)\n", b - a }'
}
shell() { # shell SCRIPT
  tests/pwsh -NoLogo -NoProfile -Command "\$ErrorActionPreference = 'Stop'; Import-Module '$PWD/out/KafkaK8s'; $1"
}

[ -t 1 ] || export NO_COLOR=1
command -v dotnet > /dev/null || { echo "demo.sh: the .NET SDK 10 is needed (dotnet on the PATH): https://dot.net" >&2; exit 2; }
build() { # the module alone, without the tests and their checks of the code; and the PowerShell that is pinned
  dotnet tool restore > /dev/null &
  dotnet build src/Cmdlets --nologo -v quiet -clp:NoSummary -p:RunAnalyzers=false && wait $!
}

console=''
if [ -z "$lab" ]; then
  step "Build the module into out/KafkaK8s" build
else
  log=$(mktemp)
  step "Build the module into out/KafkaK8s, beside the lab's start" build > "$log" 2>&1 &
  building=$!
  trap 'kill "$building" 2> /dev/null || true; rm -f "$log"' EXIT
  step "Start a real Kubernetes on this machine (lab/lab up)" lab/lab up "${up[@]}"
  wait "$building" || { cat "$log"; lab/lab down; exit 1; }
  cat "$log"
  connect=(-KubeConfig "'$(lab/lab kubeconfig)'")
  # The tunnel needs a broker of this decade; the lab's last resort is older and says so.
  case $(lab/lab info kafka) in 0.*) console=' -ConsoleTools' ;; esac
fi
at="-Namespace $namespace ${connect[*]}"

# Not one that is there already: it would be removed at the end.
none="try { \$found = Get-KafkaCluster demo* $at } catch { if (\$_.FullyQualifiedErrorId -notlike 'KafkaK8s.NamespaceNotFound,*') { throw } }
if (\$found) {
  throw 'There is a cluster demo in the namespace $namespace already: it is left alone. Remove it, or give --namespace.' }"
new="New-KafkaCluster demo $at -CreateNamespace -StorageSize 10Gi"
step "$new" shell "$none; $new"
test="Get-KafkaCluster demo $at | Test-KafkaTopic$console"
step "$test" shell "\$result = $test; \$result; if (-not \$result.Passed) { \$result.Checks; throw 'The cluster does not work.' }"

if [ "$keep" ]; then
  say "Kept. Remove it with: Remove-KafkaCluster demo $at -DeleteData${lab:+; lab/lab down}"
  exit
fi
remove="Remove-KafkaCluster demo $at -DeleteData -Confirm:\$false"
step "$remove" shell "$remove"
if [ "$lab" ]; then step "Take the lab down" lab/lab down; fi
