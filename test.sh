#!/usr/bin/env bash
# All tests. Ends with one line: N passed, N failed[, N skipped]. See README.md.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")" || exit 2

usage() {
  cat <<'TEXT'
usage: ./test.sh [--fast] [--kubernetes VERSION[,VERSION]] [PESTER-FILE…]
  --fast        no lab and no stand-ins for AWS: what needs neither Kubernetes nor Debian packages
  --kubernetes  generations of Kubernetes to run the acceptance suites on (default: all that can be had: 1.36,1.20);
                on the first of them all suites run, on others what depends on the server's age (tag OldServer)
  PESTER-FILE   only these acceptance suites, in full on each generation, and nothing else
Results of each part are left in out/test-results, in the XML of JUnit.
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
results=$PWD/out/test-results
up='' others=to-do
part='' beside='' # process groups: of the part that is waited for, of what runs beside it
# shellcheck disable=SC2317 # called by the trap
clean_up() { # after an interruption too: no test goes on, no lab stays
  trap '' INT TERM HUP
  local group tries=0
  for group in $part $beside; do kill -- "-$group" 2> /dev/null; done
  for group in $part $beside; do
    while kill -0 -- "-$group" 2> /dev/null; do
      [ $((tries += 1)) -lt 100 ] || kill -KILL -- "-$group" 2> /dev/null # an interrupted lab/lab up takes some seconds
      sleep 0.1
    done
  done
  [ -z "$up" ] || lab/lab down > /dev/null 2>&1
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
passed=0 failed=0 skipped=0
say() { printf '\n== %s\n' "$*"; }
count() { # count CODE NAME FILE : adds the last line "N passed, N failed[, N skipped]" of a run that ended with CODE
  local line p f s
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$3" 2> /dev/null | tail -n 1)
  read -r p _ f _ s _ <<< "${line:-0 passed, 0 failed}"
  if [ $((p + f)) = 0 ]; then
    echo "$2: no test was run"
    f=1
  elif [ "$1" != 0 ] && [ "$f" = 0 ]; then
    echo "$2: the run ended with $1"
    f=1
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
}
last=$work/last
# shellcheck disable=SC2317 # called through waited
logged() { # logged COMMAND… : runs it, keeps its output for count
  "$@" 2>&1 | tee "$last"
  return "${PIPESTATUS[0]}"
}
# Bash hears of a signal while it waits, and not while a command runs in its foreground.
waited() { # waited COMMAND… : runs it in a process group of its own, so that an interrupted run can end it
  [ "$BASHPID" = $$ ] || { "$@"; return; } # what runs beside has a group already
  set -m
  "$@" < /dev/null &
  part=$!
  set +m
  wait "$part"
  local code=$?
  part=''
  return "$code"
}
timed() { # timed NAME COMMAND… : runs it, says how long it took
  local name=$1 from=$SECONDS code
  shift
  say "$name"
  waited logged "$@"
  code=$?
  echo "   ($((SECONDS - from)) s)"
  return "$code"
}
check() { # check NAME COMMAND… : a check that passes or fails as a whole
  if timed "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
finish() {
  local line="$passed passed, $failed failed"
  [ "$skipped" = 0 ] || line="$line, $skipped skipped"
  [ "$failed" = 0 ] || [ ! -d "$results" ] || { echo; tests/pwsh -NoProfile -File tests/failures.ps1 "$results"; }
  printf '\n%s\n' "$line"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

# shellcheck disable=SC2317 # called through timed
dotnet_tests() { # the runner's own summary lines, as one line of ours
  local code
  local output=$work/${1##*/}.dotnet
  dotnet test "$1" --no-build --nologo -v quiet --logger 'console;verbosity=minimal' \
    --logger "junit;LogFilePath=$results/${1##*/}.xml" > "$output" 2>&1
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
  count $? "tests/$1" "$last"
}

others() { # what needs no Kubernetes and takes a while; their sum goes to a file, when all of them have ended
  local passed=0 failed=0 skipped=0 code last=$work/last.others
  [ -n "$fast" ] || eks_tests > "$work/eks" 2>&1 & # it waits more than it works
  local eks=$!
  project Engine
  check "Shell scripts" tests/scripts.sh
  check "Scripts in the manifests" tests/manifests/check.sh
  timed "Start scripts" tests/manifests/start-scripts.sh
  count $? "Start scripts" "$last"
  if [ -z "$fast" ]; then
    wait "$eks"
    code=$?
    cat "$work/eks"
    count "$code" "tests/Eks" "$work/eks"
  fi
  echo "$passed passed, $failed failed, $skipped skipped" > "$work/others.sum"
}
start_others() { # beside the first suites, which wait more than they work
  [ -n "$others" ] || return
  others=''
  say "Tests without Kubernetes, beside what follows; they are shown when they and it have ended"
  set -m
  others < /dev/null > "$work/others" 2>&1 &
  beside=$!
  set +m
}
end_others() {
  [ -n "$beside" ] || return
  wait "$beside"
  local code=$?
  beside=''
  cat "$work/others"
  count "$code" "Tests without Kubernetes" "$work/others.sum"
}

suites() { # suites VERSION [OPTION…] : the acceptance suites on one generation of Kubernetes, with options of Invoke-Suite.ps1
  local version=$1 target=("${files[@]}")
  shift
  # tests/Pester/Ensemble, ZooKeeper's failures in full, takes half an hour more: ./test.sh --kubernetes 1.36 tests/Pester/Ensemble
  [ ${#target[@]} -gt 0 ] || target=(tests/Pester/*.Tests.ps1)
  up=1
  if timed "Lab with Kubernetes $version" lab/lab up --nodes 3 --kubernetes "$version"; then
    start_others # not before: the lab may install packages, and they may
    KAFKAK8S_TEST_KUBECONFIG=$(lab/lab kubeconfig)
    export KAFKAK8S_TEST_KUBECONFIG
    timed "Acceptance on Kubernetes $version" tests/pwsh -NoProfile -NonInteractive -File tests/Pester/Invoke-Suite.ps1 "${target[@]}" \
      -ResultFolder "$results/kubernetes-$version" "$@"
    count $? "Acceptance on Kubernetes $version" "$last"
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
rm -rf "$results"

if [ ${#files[@]} -gt 0 ]; then
  others=''
else
  project Unit
  cat out/kubeconfig-parity.txt # the table of kubectl and us, field by field
fi
if [ -n "$fast" ]; then
  [ -z "$others" ] || { others; count $? "Tests without Kubernetes" "$work/others.sum"; }
  finish
fi

if [ -z "$versions" ]; then
  versions=$(lab/lab generations) || failed=$((failed + 1))
fi
only=() # on the first version everything runs
for version in ${versions//,/ }; do
  suites "$version" "${only[@]}"
  end_others
  [ ${#files[@]} -gt 0 ] || only=(-Tag OldServer)
done
start_others # where there was no lab
end_others
finish
