#!/usr/bin/env bash
# setup.sh : puts what stands in for AWS in the tests into a cache folder, and prints that folder. Debian packages alone, taken
# apart and not installed: moto's server, the Python that it needs, and AWS's own model of EKS from botocore. Again: nothing to do.
# On a machine without Python it installs Debian's python3, the only thing that touches the system.
#
#   KAFKAK8S_AWS_CACHE   the folder (default: kafkak8s-aws in the cache folder of the user)
set -euo pipefail

MOTO=5.1.1-4      # of Debian 13; Debian 12 has none that knows EKS's node groups
BOTOCORE=1.37.9   # of Debian 13: the model of EKS
NEEDS=(python3-boto3 python3-flask python3-flask-cors python3-responses python3-xmltodict python3-jinja2 python3-cryptography)

cache=$(realpath -m "${KAFKAK8S_AWS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kafkak8s-aws}")
own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
stamp="moto $MOTO botocore $BOTOCORE $own 1"

mkdir -p "$cache"
exec 3>&1 4>&2 9> "$cache/.lock"
work='' log=$cache/apt.log
ended() { # what a caller must see, whatever went to the log
  local code=$?
  [ -z "$work" ] || rm -rf "$work"
  [ $code = 0 ] || echo "tests/Aws/setup.sh: $(tail -n 1 "$log") (all of it: $log)" >&4
}
fail() { echo "$*"; exit 1; }
exec > "$log" 2>&1
trap ended EXIT
flock -w 900 9 || fail "another call did not end within 15 minutes"

system_lists() { # the machine's own package lists, where it has none yet
  # shellcheck disable=SC2016 # apt-get expands
  apt-get indextargets --format '$(FILENAME)' 'Created-By: Packages' | xargs -r ls > /dev/null 2>&1 || apt-get -qq update
}
if [ ! -x /usr/bin/python3 ]; then
  system_lists
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 ||
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3; }
fi

if [ "$(cat "$cache/stamp" 2> /dev/null)" != "$stamp" ]; then
  work=$(mktemp -d "$cache/new.XXXXXX")
  mkdir -p "$work"/{own,trixie}/{lists,archives}/partial "$work/debs" "$work/python" "$work/model"

  # Archive and keys are those of the system's own sources; lists and state of our own leave the system alone. An empty state
  # makes apt name everything that is needed, whatever this machine has.
  # shellcheck disable=SC2016 # apt-get expands
  targets=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u)
  uri=$(awk -v own="$own" '$3 == own && $4 == "main" { print $1; exit }' <<< "$targets")
  [ -n "$uri" ] || { uri=$(awk '$4 == "main" { print $1; exit }' <<< "$targets"); }
  [ -n "$uri" ] || fail "no Debian 'main' among the system's apt sources"
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keys] $uri $own main" > "$work/own/sources.list"
  echo "deb [signed-by=$keys] $uri trixie main" > "$work/trixie/sources.list"
  apt() { # apt SUITE ARGUMENT… : apt-get with the lists of that suite alone
    local root=$work/$1
    shift
    : >> "$root/status"
    apt-get -qq -o "Dir::State=$root" -o "Dir::State::status=$root/status" -o "Dir::State::lists=$root/lists" -o "Dir::Cache=$root" \
      -o "Dir::Cache::archives=$root/archives" -o "Dir::Etc::sourcelist=$root/sources.list" -o Dir::Etc::sourceparts=/dev/null \
      -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root "$@"
  }
  apt own update
  apt trixie update
  mapfile -t packages < <(apt own install --simulate --no-install-recommends "${NEEDS[@]}" | sed -nE 's/^Inst (python3-[^ ]+) .*/\1/p' | grep -vxE 'python3-(minimal|distutils|lib2to3)')
  [ "${#packages[@]}" -gt 20 ] || fail "apt names ${#packages[@]} packages for ${NEEDS[*]}"
  version=$(apt trixie install --simulate --no-install-recommends python3-botocore | sed -nE 's/^Inst python3-botocore \(([^ ]+) .*/\1/p')
  [[ $version == "$BOTOCORE"* ]] || fail "Debian 13 has botocore $version, not $BOTOCORE"
  (cd "$work/debs" && apt own download "${packages[@]}" && apt trixie download "python3-moto=$MOTO")
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/unpacked"; done
  mkdir "$work/trixie/debs"
  (cd "$work/trixie/debs" && apt trixie download python3-botocore)
  dpkg-deb -x "$work"/trixie/debs/*.deb "$work/botocore"

  mv "$work/unpacked/usr/lib/python3/dist-packages"/* "$work/python/"
  for service in eks sts; do
    mkdir -p "$work/model/$service"
    cp "$work"/botocore/usr/lib/python3/dist-packages/botocore/data/$service/*/service-2.json* "$work/model/$service/"
  done
  # -S: nothing of the machine's own packages
  PYTHONPATH=$work/python /usr/bin/python3 -S -c 'import moto.server, botocore.auth' || fail "moto does not load"
  rm -rf "$cache/python" "$cache/model"
  mv "$work/python" "$work/model" "$cache/"
  echo "$stamp" > "$cache/stamp"
fi
echo "$cache" >&3
