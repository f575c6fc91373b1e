#!/bin/bash
# Every script inside the manifests' ConfigMaps: bash -n and shellcheck, and the YAML rules that the C# side relies on.
# Needs shellcheck and awk.
set -euo pipefail
cd "$(dirname "$0")/../../manifests"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
fail() { echo "FAIL $*"; status=1; }

../tests/manifests/extract.sh "$scratch"
for file in *.yaml; do
  grep -nE '^---[[:space:]]*$' "$file" | tail -n 1 | grep -q "^$(wc -l < "$file"):" && fail "$file ends with ---"
  grep -nE '[[:space:]]$' "$file" && fail "$file: trailing blanks"
  grep -nE '^[[:space:]]*namespace:' "$file" && fail "$file: names a namespace"
  grep -nE '^[^#]*: (yes|no|on|off|Yes|No|On|Off)$' "$file" && fail "$file: a boolean that is no boolean everywhere"
done
scripts=("$scratch"/*/*.sh)
[[ -e ${scripts[0]} ]] || { fail "no script found"; exit 1; }
for script in "${scripts[@]}"; do
  if bash -n "$script" && shellcheck --shell=bash "$script"; then echo "ok   ${script##*/}"; else fail "${script##*/}"; fi
done
exit "$status"
