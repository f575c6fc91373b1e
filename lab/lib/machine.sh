# shellcheck shell=bash
# What the machine must offer, the packages, and what of the machine is shared between labs: sysctls and cgroups.

CGROUP=/sys/fs/cgroup

check_machine() {
  [ "$(id -u)" = 0 ] || refuse "root is needed for namespaces and mounts; run it as root (sudo)"
  local id=
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || id=$(. /etc/os-release && echo "${ID:-}")
  [ "$id" = debian ] || refuse "this system is '${id:-unknown}', the lab takes its packages from Debian 12; run it on Debian"
  unshare --net true 2> /dev/null || refuse "no network namespace can be made here; run it in a virtual machine or a privileged container"
  unshare --mount --pid --fork true 2> /dev/null || refuse "no mount or process namespace can be made here; run it in a virtual machine or a privileged container"
  cgroup_version > /dev/null || refuse "$CGROUP has neither the cgroup v1 controllers nor cgroup v2; mount them"
  mkdir -p "$STATE/check"/{lower,upper,work,merged}
  # a real mount in the folder that will hold the containers: overlayfs cannot lie on overlayfs
  local overlay=yes
  unshare --mount sh -c "cd '$STATE/check' && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged" 2> /dev/null || overlay=
  rm -rf "$STATE/check"
  [ -n "$overlay" ] || refuse "no overlayfs mount is possible below $LAB_HOME; set KAFKAK8S_LAB_HOME to a folder on ext4 or xfs"
  [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe br_netfilter 2> /dev/null || true
  unshare --net test -e /proc/sys/net/bridge/bridge-nf-call-iptables || refuse "the kernel module br_netfilter is not there; load it (modprobe br_netfilter)"
}

# ---- packages -------------------------------------------------------------------------------------------------
apt_lists() { # the package lists, where the machine has none yet
  # shellcheck disable=SC2016 # apt-get expands
  apt-get indextargets --format '$(FILENAME)' 'Created-By: Packages' | xargs -r ls > /dev/null 2>&1 || apt-get -qq update
}
missing_packages() { # PACKAGE… : those that are not installed, one a line
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2> /dev/null) == ii* ]] || echo "$package"
  done
}
need_packages() { # installs what is missing; the caller holds the lock of the cache, since apt takes one caller at a time
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  apt_lists
  # no service may start because of the lab
  local policy=
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
  fi
  local failed=
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > "$CACHE/apt.log" 2>&1 9>&- 8>&- ||
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > "$CACHE/apt.log" 2>&1; } || failed=1
  [ -z "$policy" ] || rm -f "$policy"
  [ -z "$failed" ] || fail "apt-get could not install ${missing[*]}: $(tail -n 1 "$CACHE/apt.log")"
}
get_debs() { # DIR PACKAGE… : downloads packages without installing them; DIR is a cache
  local dir=$1 package missing=()
  shift
  mkdir -p "$dir"
  for package in "$@"; do
    compgen -G "$dir/${package}_*.deb" > /dev/null || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt_lists
  (cd "$dir" && { apt-get download -qq "${missing[@]}" || { apt-get -qq update && apt-get download -qq "${missing[@]}"; }; }) > "$CACHE/apt.log" 2>&1 ||
    fail "apt-get could not download ${missing[*]}: $(tail -n 1 "$CACHE/apt.log")"
}

# ---- cgroups --------------------------------------------------------------------------------------------------
cgroup_version() {
  if [ "$(stat -fc %T $CGROUP 2> /dev/null)" = cgroup2fs ]; then
    echo 2
  elif [ -d $CGROUP/memory ] && [ -d $CGROUP/cpuset ]; then
    echo 1
  else
    return 1
  fi
}
cgroup_roots() { # the folders in which the lab makes cgroups
  if [ "$(cgroup_version)" = 2 ]; then echo $CGROUP; else awk '$3 == "cgroup" { print $2 }' /proc/mounts; fi
}
make_cgroup() { # PATH, such as kk8s/n1
  local root part path file
  for root in $(cgroup_roots); do
    path=$root
    for part in ${1//\// }; do
      if [ "$(cgroup_version)" = 2 ]; then
        echo '+cpu +cpuset +memory +pids +io' > "$path/cgroup.subtree_control" 2> /dev/null ||
          refuse "cgroup v2: controllers cannot be enabled in $path (processes live in it); run the lab outside of a container"
      fi
      mkdir -p "$path/$part"
      for file in cpuset.cpus cpuset.mems; do # v1: an empty set refuses every process
        if [ -e "$path/$file" ] && [ "$(cgroup_version)" = 1 ]; then cat "$path/$file" > "$path/$part/$file"; fi
      done
      path=$path/$part
    done
  done
}
remove_cgroup() {
  local root
  # v2 beside v1: runc makes folders there too
  # shellcheck disable=SC2013 # no spaces in these paths
  for root in $(awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts); do
    [ -d "$root/$1" ] || continue
    for _ in {1..50}; do # ending processes leave their cgroup a moment later
      find "$root/$1" -depth -type d -exec rmdir {} + 2> /dev/null || true
      [ -d "$root/$1" ] || break
      sleep 0.1
    done
    [ ! -d "$root/$1" ] || warn "the cgroup $root/$1 could not be removed, a process still lives in it"
  done
}

# ---- sysctls: a kubelet writes these for the whole machine. The first lab keeps the old values, the last one restores them
SYSCTLS='vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes'
SYSCTL_BOOK=/run/kafkak8s-lab
keep_sysctls() {
  local key
  mkdir -p $SYSCTL_BOOK/labs
  exec 6> $SYSCTL_BOOK/lock
  flock 6
  if [ ! -e $SYSCTL_BOOK/values ]; then
    for key in $SYSCTLS; do echo "$key $(cat "/proc/sys/$key")"; done > $SYSCTL_BOOK/values
  fi
  touch "$SYSCTL_BOOK/labs/$LAB_NAME"
  exec 6>&-
}
restore_sysctls() {
  local key value
  [ -d $SYSCTL_BOOK ] || return 0
  exec 6> $SYSCTL_BOOK/lock
  flock 6
  rm -f "$SYSCTL_BOOK/labs/$LAB_NAME"
  if [ -z "$(ls $SYSCTL_BOOK/labs)" ] && [ -e $SYSCTL_BOOK/values ]; then
    while read -r key value; do echo "$value" > "/proc/sys/$key"; done < $SYSCTL_BOOK/values
    rm -rf $SYSCTL_BOOK
  fi
  exec 6>&-
}
