#!/bin/bash
# extract.sh FOLDER : the files inside the manifests' ConfigMaps, as FOLDER/MANIFEST/KEY.
# They are keys of the form `  name: |`, indented by two; their text is indented by four.
set -euo pipefail
folder=$(readlink -f "$1")
cd "$(dirname "$0")/../../manifests"
for file in *.yaml; do
  mkdir -p "$folder/${file%.yaml}"
  awk -v folder="$folder/${file%.yaml}" '
    /^  [A-Za-z0-9._-]+: \|$/ { name = $1; sub(/:$/, "", name); out = folder "/" name; next }
    out && /^(    |$)/        { print substr($0, 5) > out; next }
                              { out = "" }' "$file"
done
