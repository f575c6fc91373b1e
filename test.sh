#!/usr/bin/env bash
# All tests. Ends with one line: N passed, N failed[, N skipped]. See README.md.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")" || exit 2

usage() {
  cat <<'TEXT'
usage: ./test.sh [--fast] [--kubernetes VERSION[,VERSION]] [PESTER-FILE…]
  --fast        no lab and no stand-ins for AWS: what needs neither Kubernetes nor Debian packages
  --kubernetes  generations of Kubernetes to run the acceptance suites on (default: all that can be had: 1.36,1.20)
  PESTER-FILE   only these acceptance suites, and nothing else
TEXT
}

fast='' versions='' files=()
while [ $# -gt 0 ]; do
  case $1 in
    --fast) fast=1 ;;
    --kubernetes) versions=${2:?--kubernetes needs a version}; shift ;;
    -h | --help) usage; exit ;;
    -*) usage >&2; exit 2 ;;
    *) files+=("$1") ;;
  esac
  shift
done

work=$(mktemp -d)
labs=() group=''
# shellcheck disable=SC2317 # called by the trap
clean_up() { # after an interruption too: no suite goes on, no lab stays
  local name
  trap '' INT TERM HUP
  [ -z "$group" ] || kill -- "-$group" 2> /dev/null
  for name in "${labs[@]}"; do KAFKAK8S_LAB_NAME=$name lab/lab down > /dev/null 2>&1; done
  rm -rf "$work"
}
trap clean_up EXIT
passed=0 failed=0 skipped=0
say() { printf '\n== %s\n' "$*"; }
count() { # count NAME FILE : adds the last line "N passed, N failed[, N skipped]" of a run; a run without one has failed
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$2" | tail -n 1)
  if [ -z "$line" ]; then
    echo "$1: the run ended without a result"
    failed=$((failed + 1))
    return
  fi
  read -r p _ f _ s _ <<< "$line"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
}
last=$work/last
timed() { # timed NAME COMMAND… : runs it, says how long it took, keeps its output for count
  local name=$1 from=$SECONDS
  shift
  say "$name"
  "$@" 2>&1 | tee "$last"
  local code=${PIPESTATUS[0]}
  echo "   ($((SECONDS - from)) s)"
  return "$code"
}
check() { # check NAME COMMAND… : a check that passes or fails as a whole
  if timed "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
finish() {
  local line="$passed passed, $failed failed"
  [ "$skipped" = 0 ] || line="$line, $skipped skipped"
  printf '\n%s\n' "$line"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

# shellcheck disable=SC2317 # called through timed
dotnet_tests() { # the runner's own summary lines, as one line of ours
  local code
  local output=$work/${1##*/}.dotnet
  dotnet test "$1" --no-build --nologo -v quiet --logger 'console;verbosity=minimal' > "$output" 2>&1
  code=$?
  grep -vE '^(VSTest|Test run for|A total of|Starting test|$)' "$output"
  sed -nE 's/.*Failed: *([0-9]+), Passed: *([0-9]+), Skipped: *([0-9]+),.*/\2 passed, \1 failed, \3 skipped/p' "$output" | tail -n 1
  return "$code"
}

eks_tests() { # what stands in for AWS, then the tests on it
  timed "Stand-ins for AWS" tests/Aws/setup.sh && timed "tests/Eks" dotnet_tests tests/Eks
}

suites() { # suites VERSION : the acceptance suites on one generation of Kubernetes, in a lab of their own
  local version=$1 target=("${files[@]}")
  last=$work/last.$version # another generation may write its own beside
  KAFKAK8S_LAB_NAME=$(lab_name "$version")
  export KAFKAK8S_LAB_NAME
  # tests/Pester/Ensemble, ZooKeeper's failures in full, takes half an hour more: ./test.sh --kubernetes 1.36 tests/Pester/Ensemble
  [ ${#target[@]} -gt 0 ] || target=(tests/Pester/*.Tests.ps1)
  if timed "Lab with Kubernetes $version" lab/lab up --nodes 3 --kubernetes "$version"; then
    KAFKAK8S_TEST_KUBECONFIG=$(lab/lab kubeconfig)
    export KAFKAK8S_TEST_KUBECONFIG
    if command -v pwsh > /dev/null && pwsh -NoProfile -Command 'exit [int](-not (Get-Module -ListAvailable Pester | Where-Object Version -ge 5.5))'; then
      timed "Acceptance on Kubernetes $version: pwsh and Pester" pwsh -NoProfile -File tests/Pester/Invoke-Suite.ps1 "${target[@]}"
    else
      timed "Acceptance on Kubernetes $version: the engine in process" out/psh -Test "${target[@]}"
    fi
  fi
  timed "Take the lab down" lab/lab down
}

lab_name() { # lab_name VERSION : neither another generation's, nor that of a lab which the user has up
  local base=${KAFKAK8S_LAB_NAME:-kk8s}
  echo "${base:0:6}${1//./}"
}

room_for_two() { # each lab takes 4 to 5 GiB; its suites wait more than they work
  [ "$(nproc)" -ge 2 ] && awk '/^MemAvailable:/ { exit $2 < 12 * 1024 * 1024 }' /proc/meminfo
}

command -v dotnet > /dev/null || { echo "test.sh: the .NET SDK 10 is needed (dotnet on the PATH): https://dot.net" >&2; exit 2; }
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if ! timed "Build" dotnet build KafkaK8s.sln --nologo -v quiet -clp:NoSummary ${CI:+-p:RestoreLockedMode=true}; then
  failed=1
  finish
fi

if [ ${#files[@]} = 0 ]; then
  [ -n "$fast" ] || (last=$work/last.eks; eks_tests > "$work/eks" 2>&1) & # it waits more than it works
  for project in Unit Engine Runner.Tests; do
    timed "tests/$project" dotnet_tests "tests/$project"
    count "tests/$project" "$work/last"
  done
  check "Shell scripts" tests/scripts.sh
  check "Scripts in the manifests" tests/manifests/check.sh
fi
[ -z "$fast" ] || finish

if [ ${#files[@]} = 0 ]; then
  wait
  cat "$work/eks"
  count "tests/Eks" "$work/eks"
fi

if [ -z "$versions" ]; then
  versions=$(lab/lab generations) || { failed=$((failed + 1)); finish; }
fi
IFS=, read -ra generations <<< "$versions"
for version in "${generations[@]}"; do labs+=("$(lab_name "$version")"); done
beside=''
if [ ${#generations[@]} -gt 1 ] && room_for_two; then
  beside=${generations[1]}
  say "Kubernetes ${generations[0]} and $beside at once, each in a lab of its own; what is said on $beside follows at the end"
  set -m # a process group of its own, so that an interrupted run can end it
  suites "$beside" < /dev/null > "$work/suites.$beside" 2>&1 &
  group=$!
  set +m
fi
for version in "${generations[@]}"; do
  if [ "$version" = "$beside" ]; then
    wait "$group"
    group=''
    cat "$work/suites.$version"
  else
    suites "$version" 2>&1 | tee "$work/suites.$version"
  fi
  count "Kubernetes $version" "$work/suites.$version"
done
finish
