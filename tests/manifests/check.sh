#!/bin/bash
# Every script inside the manifests' ConfigMaps: bash -n and shellcheck, and the YAML rules that the C# side relies on.
# Needs shellcheck, awk and a kubectl (client only, no cluster).
set -euo pipefail
cd "$(dirname "$0")/../../manifests"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
fail() { echo "FAIL $*"; status=1; }

# ConfigMap keys of the form `  name.sh: |`, indented by two; their text is indented by four
for file in *.yaml; do
  awk -v folder="$scratch" -v file="$file" '
    /^  [A-Za-z0-9._-]+\.sh: \|$/ { name = $1; sub(/:$/, "", name); out = folder "/" file "-" name; next }
    out && /^(    |$)/            { print substr($0, 5) > out; next }
                                  { out = "" }' "$file"
  grep -nE '^---[[:space:]]*$' "$file" | tail -n 1 | grep -q "^$(wc -l < "$file"):" && fail "$file ends with ---"
  grep -nE '[[:space:]]$' "$file" && fail "$file: trailing blanks"
  grep -nE '^[[:space:]]*namespace:' "$file" && fail "$file: names a namespace"
  grep -nE '^[^#]*: (yes|no|on|off|Yes|No|On|Off)$' "$file" && fail "$file: a boolean that is no boolean everywhere"
done
scripts=("$scratch"/*.sh)
[[ -e ${scripts[0]} ]] || { fail "no script found"; exit 1; }
for script in "${scripts[@]}"; do
  if bash -n "$script" && shellcheck --shell=bash "$script"; then echo "ok   ${script##*/}"; else fail "${script##*/}"; fi
done
shellcheck "$OLDPWD/${0##*/}" 2> /dev/null || shellcheck ../tests/manifests/check.sh || fail check.sh
exit "$status"
