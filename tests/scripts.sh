#!/usr/bin/env bash
# All shell scripts of the project, read by shellcheck; and test.sh, told to end.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
if ! command -v shellcheck > /dev/null; then
  apt-get install -y -qq --no-install-recommends shellcheck > /dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends shellcheck > /dev/null; }
fi
mapfile -t scripts < <(git ls-files | while read -r f; do case $f:$(head -n 1 "$f" | tr -d '\0') in *.sh:* | *':#!'*sh) echo "$f" ;; esac; done)
shellcheck -x --source-path=lab --source-path=SCRIPTDIR "${scripts[@]}"
echo "${#scripts[@]} scripts are clean"

# A TERM to test.sh alone ends it and what it runs. Its first step is the build; here that is a program that waits.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '#!/bin/sh\nsleep 60 &\necho $! > "%s/waits"\nwait\n' "$work" > "$work/dotnet"
chmod +x "$work/dotnet"
PATH=$work:$PATH ./test.sh --fast > "$work/said" 2>&1 &
for _ in {1..100}; do [ ! -s "$work/waits" ] || break; sleep 0.1; done
sleep 0.2
from=$EPOCHREALTIME
kill -TERM $!
wait $! && code=0 || code=$?
took=$(((${EPOCHREALTIME/[.,]/} - ${from/[.,]/}) / 1000))
if [ "$code" != 143 ] || [ $took -gt 5000 ] || [ -e "/proc/$(cat "$work/waits")" ]; then
  echo "after a TERM test.sh ended with $code in $took ms; what it ran $([ -e "/proc/$(cat "$work/waits")" ] && echo goes on || echo ended)"
  exit 1
fi
echo "test.sh ends $took ms after a TERM"
