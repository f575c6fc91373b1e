#!/usr/bin/env bash
# faketime.sh : prints the path of libfaketime, which shows a process another time of day (LD_PRELOAD, FAKETIME=+10m). It is of
# Debian's package, taken apart in a cache folder and not installed. Again: nothing to do.
set -euo pipefail

cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kafkak8s-faketime
library() { compgen -G "$cache/usr/lib/*/faketime/libfaketimeMT.so.1"; }
mkdir -p "$cache"
exec 9> "$cache/.lock"
flock 9
if ! library > /dev/null; then
  cd "$cache"
  {
    apt-get download -qq -o APT::Sandbox::User=root libfaketime ||
      { apt-get -qq update && apt-get download -qq -o APT::Sandbox::User=root libfaketime; }
    dpkg-deb -x libfaketime_*.deb .
  } > apt.log 2>&1 || { echo "tests/faketime.sh: $(tail -n 1 "$cache/apt.log") (all of it: $cache/apt.log)" >&2; exit 1; }
fi
library
