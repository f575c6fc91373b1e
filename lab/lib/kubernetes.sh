# shellcheck shell=bash
# The programs of one Kubernetes generation, in a folder of the cache.

# What every lab needs from Debian. containerd and etcd for 1.20 are only unpacked (see below), so that no service comes with them.
# shellcheck disable=SC2034 # for cluster.sh
BASE_PACKAGES=(runc containernetworking-plugins iptables conntrack socat iproute2 openssl python3 xz-utils procps)

choose_kubernetes() { # 1.36 | 1.20 | '' : sets KUBERNETES (full version) and BIN
  local newest
  case ${1:-} in
    '') newest=$(dist_versions kubernetes | tail -n 1); KUBERNETES=${newest:-1.20.2} ;;
    1.20 | 1.20.2) KUBERNETES=1.20.2 ;;
    1.36 | 1.36.3) KUBERNETES=1.36.3 ;;
    *) refuse "there is no Kubernetes $1 here; choose 1.36 or 1.20" ;;
  esac
  if dist_has kubernetes "$KUBERNETES"; then
    BIN=$CACHE/kubernetes/$KUBERNETES-dist-$(dist_mark)
  elif [ "$KUBERNETES" = 1.20.2 ]; then
    BIN=$CACHE/kubernetes/$KUBERNETES-built-$(cat "$LAB_DIR"/kubernetes-1.20/* | sha256sum | cut -c1-10)
  else
    refuse "Kubernetes $KUBERNETES needs the folder of builds, which is not there (KAFKAK8S_DIST); choose --kubernetes 1.20"
  fi
}
dist_versions() { [ -z "$DIST" ] || "$DIST/install" list | sed -n "s/^$1-//p"; }
dist_has() { dist_versions "$1" | grep -qxF "$2"; }
dist_mark() { sha256sum < "$DIST/SHA256SUMS" | cut -c1-10; } # another dist is another cache entry

need_kubernetes() {
  [ ! -e "$BIN/complete" ] || return 0
  cache_lock
  if [ ! -e "$BIN/complete" ]; then
    rm -rf "$BIN" "$BIN.new"
    mkdir -p "$BIN.new"
    if [[ $BIN == *-dist-* ]]; then
      "$DIST/install" kubernetes "$KUBERNETES" "$BIN.new"
    else
      say "building Kubernetes $KUBERNETES from Debian's source package: 5 to 10 minutes on two idle cores, once"
      need_packages golang-go gcc libc6-dev
      nice -n 10 "$LAB_DIR/kubernetes-1.20/build.sh" "$CACHE/build-$KUBERNETES" "$BIN.new" > "$CACHE/build-$KUBERNETES.log" 2>&1 8>&- 9>&- ||
        fail "the build failed: $(tail -n 1 "$CACHE/build-$KUBERNETES.log") (more in $CACHE/build-$KUBERNETES.log)"
    fi
    # the old kubelet speaks an interface that containerd 2 no longer has: Debian's containerd and etcd go with it
    if [ ! -e "$BIN.new/containerd" ]; then
      debian_programs "$BIN.new" containerd etcd-server
      [ -e "$BIN.new/kubectl" ] || debian_programs "$BIN.new" kubernetes-client
    fi
    touch "$BIN.new/complete"
    mv "$BIN.new" "$BIN"
  fi
  cache_unlock
}
debian_programs() { # DIR PACKAGE… : the programs of Debian packages, unpacked into DIR
  local dir=$1 package tmp
  shift
  get_debs "$CACHE/deb" "$@"
  for package in "$@"; do
    tmp=$(mktemp -d "$CACHE/unpack.XXXXXX")
    dpkg-deb -x "$CACHE/deb/${package}"_*.deb "$tmp"
    cp -a "$tmp"/usr/bin/* "$dir/"
    rm -rf "$tmp"
  done
}
# the second part of the version decides which flags and sections a program knows
minor() { echo "$KUBERNETES" | cut -d. -f2; }
