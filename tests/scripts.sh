#!/usr/bin/env bash
# All shell scripts of the project, read by shellcheck.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
if ! command -v shellcheck > /dev/null; then
  apt-get install -y -qq --no-install-recommends shellcheck > /dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends shellcheck > /dev/null; }
fi
mapfile -t scripts < <(git ls-files | while read -r f; do case $f:$(head -n 1 "$f" | tr -d '\0') in *.sh:* | *':#!'*sh) echo "$f" ;; esac; done)
shellcheck -x --source-path=lab --source-path=SCRIPTDIR "${scripts[@]}"
echo "${#scripts[@]} scripts are clean"
