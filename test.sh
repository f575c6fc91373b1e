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
up='' group='' others=to-do
# shellcheck disable=SC2317 # called by the trap
clean_up() { # after an interruption too: no test goes on, no lab stays
  trap '' INT TERM HUP
  [ -z "$group" ] || kill -- "-$group" 2> /dev/null
  [ -z "$up" ] || lab/lab down > /dev/null 2>&1
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
passed=0 failed=0 skipped=0
say() { printf '\n== %s\n' "$*"; }
count() { # count NAME FILE : adds the last line "N passed, N failed[, N skipped]" of a run; a run without one has failed
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$2" 2> /dev/null | tail -n 1)
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
  local last=$work/last.eks
  timed "Stand-ins for AWS" tests/Aws/setup.sh && timed "tests/Eks" dotnet_tests tests/Eks
}

project() { # project NAME : one test project
  timed "tests/$1" dotnet_tests "tests/$1"
  count "tests/$1" "$last"
}

others() { # what needs no Kubernetes and takes a while; their sum goes to a file, when all of them have ended
  local passed=0 failed=0 skipped=0 last=$work/last.others
  [ -n "$fast" ] || eks_tests > "$work/eks" 2>&1 & # it waits more than it works
  project Engine
  check "Shell scripts" tests/scripts.sh
  check "Scripts in the manifests" tests/manifests/check.sh
  wait
  if [ -z "$fast" ]; then
    cat "$work/eks"
    count "tests/Eks" "$work/eks"
  fi
  echo "$passed passed, $failed failed, $skipped skipped" > "$work/others.sum"
}
start_others() { # beside the first suites, which wait more than they work
  [ -n "$others" ] || return
  others=''
  say "Tests without Kubernetes, beside what follows; they are shown when they and it have ended"
  set -m # a process group of its own, so that an interrupted run can end it
  others < /dev/null > "$work/others" 2>&1 &
  group=$!
  set +m
}
end_others() {
  [ -n "$group" ] || return
  wait "$group"
  group=''
  cat "$work/others"
  count "Tests without Kubernetes" "$work/others.sum"
}

suites() { # suites VERSION : the acceptance suites on one generation of Kubernetes
  local version=$1 target=("${files[@]}")
  # tests/Pester/Ensemble, ZooKeeper's failures in full, takes half an hour more: ./test.sh --kubernetes 1.36 tests/Pester/Ensemble
  [ ${#target[@]} -gt 0 ] || target=(tests/Pester/*.Tests.ps1)
  up=1
  if timed "Lab with Kubernetes $version" lab/lab up --nodes 3 --kubernetes "$version"; then
    start_others # not before: the lab may install packages, and they may
    KAFKAK8S_TEST_KUBECONFIG=$(lab/lab kubeconfig)
    export KAFKAK8S_TEST_KUBECONFIG
    timed "Acceptance on Kubernetes $version" tests/pwsh -NoProfile -File tests/Pester/Invoke-Suite.ps1 "${target[@]}"
    count "Acceptance on Kubernetes $version" "$last"
  else
    failed=$((failed + 1))
  fi
  timed "Take the lab down" lab/lab down
  up=''
}

command -v dotnet > /dev/null || { echo "test.sh: the .NET SDK 10 is needed (dotnet on the PATH): https://dot.net" >&2; exit 2; }
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if ! timed "Build" dotnet build KafkaK8s.sln --nologo -v quiet -clp:NoSummary ${CI:+-p:RestoreLockedMode=true}; then
  failed=1
  finish
fi

if [ ${#files[@]} -gt 0 ]; then
  others=''
else
  project Unit
fi
if [ -n "$fast" ]; then
  [ -z "$others" ] || { others; count "Tests without Kubernetes" "$work/others.sum"; }
  finish
fi

if [ -z "$versions" ]; then
  versions=$(lab/lab generations) || failed=$((failed + 1))
fi
for version in ${versions//,/ }; do
  suites "$version"
  end_others
done
start_others # where there was no lab
end_others
finish
