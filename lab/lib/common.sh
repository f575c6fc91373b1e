# shellcheck shell=bash
# Folders, messages, time, locks, and the book of processes that the lab may end again.

say() { echo "lab: $*"; }
warn() { echo "lab: $*" >&2; }
# 2 = asked for something this machine or this lab cannot do; 1 = it should have worked and did not
refuse() { warn "$*"; exit 2; }
fail() { warn "$*"; exit 1; }

LAB_NAME=${KAFKAK8S_LAB_NAME:-kk8s}
[[ $LAB_NAME =~ ^[a-z][a-z0-9]{0,9}$ ]] || refuse "KAFKAK8S_LAB_NAME is '$LAB_NAME'; it must be 1 to 10 small letters and digits, a letter first"
LAB_HOME=$(realpath -m "${KAFKAK8S_LAB_HOME:-/var/tmp/kafkak8s-lab}")
STATE=$LAB_HOME/$LAB_NAME
CACHE=$(realpath -m "${KAFKAK8S_LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kafkak8s-lab}")
for folder in "$LAB_HOME" "$CACHE"; do
  case $folder/ in /run/* | /var/run/* | /proc/* | /sys/* | /dev/*) refuse "$folder cannot be used: every node has its own /run; set KAFKAK8S_LAB_HOME and KAFKAK8S_LAB_CACHE to folders on a disk" ;; esac
done

# the builds that may lie beside the repository; empty = behave as if there were none
DIST=${KAFKAK8S_DIST:-$LAB_DIR/../../shared/dist}
if [ "$DIST" = none ]; then
  DIST=
elif [ -x "$DIST/install" ]; then
  DIST=$(realpath "$DIST")
elif [ -n "${KAFKAK8S_DIST:-}" ]; then
  refuse "KAFKAK8S_DIST is '$DIST', which has no program 'install'; set it to the folder of builds, or to none"
else
  DIST=
fi

now() { date +%s.%N; }
seconds() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", b - a }'; }
step_start=$(now)
step() { # prints what was done and how long it took since the last step
  printf 'lab: %7s  %s\n' "$(seconds "$step_start")" "$*"
  step_start=$(now)
}

# One lab at a time may be changed by one caller. Fd 9 is never handed to a process that stays.
lock() {
  mkdir -p "$CACHE/locks"
  exec 9> "$CACHE/locks/$LAB_NAME"
  flock -n 9 && return
  say "another call is at work on this lab, waiting for it"
  flock -w 900 9 || fail "the other call did not end within 15 minutes"
}
# What is made for the cache is made by one caller, whatever the name of its lab (fd 8).
cache_lock() {
  mkdir -p "$CACHE/locks"
  exec 8> "$CACHE/locks/.cache"
  flock -n 8 && return
  say "another lab is filling the cache, waiting for it"
  flock -w 1800 8 || fail "the other lab did not end within 30 minutes"
}
cache_unlock() { exec 8>&-; }
# What no start has used for two weeks goes, at a moment when no lab runs from the cache.
cache_prune() {
  mkdir -p "$CACHE/locks"
  (
    exec 7> "$CACHE/locks/.in-use"
    flock -n 7 || exit 0
    find "$CACHE"/{images,content,kubernetes} -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} + 2> /dev/null
  ) || true
}
# Every process that stays holds fd 7, so that nobody empties the cache below a running lab.
cache_use() {
  mkdir -p "$CACHE/locks"
  exec 7> "$CACHE/locks/.in-use"
  flock -s -w 60 7 || fail "the cache is being emptied by another call"
}

# The book: PID START-TIME NAME. The start time tells a process from a later one with the same number.
start_time() {
  local line
  { read -r line < "/proc/$1/stat"; } 2> /dev/null || return 1
  # shellcheck disable=SC2086 # the line is a list of words
  set -- ${line##*) }
  echo "${20}"
}
record() { echo "$1 $(start_time "$1") $2" >> "$STATE/pids"; }
alive() { [ "$(start_time "$1")" = "$2" ]; }
recorded() { # NAME : pid of the living process of that name
  local pid start name found=
  [ -e "$STATE/pids" ] || return 1
  while read -r pid start name; do
    if [ "$name" = "$1" ] && alive "$pid" "$start"; then found=$pid; fi
  done < "$STATE/pids"
  [ -n "$found" ] && echo "$found"
}
spawn() { # NAME COMMAND… : starts a process that stays, with a log file of its name
  local name=$1
  shift
  setsid "$@" >> "$STATE/log/$name.log" 2>&1 < /dev/null 8>&- 9>&- &
  record $! "$name"
}
end_recorded() { # ends the processes of the book whose name matches the pattern, TERM first
  local pid start name left
  [ -e "$STATE/pids" ] || return 0
  for signal in TERM KILL; do
    left=
    while read -r pid start name; do
      # shellcheck disable=SC2053 # a pattern is wanted
      if [[ $name == $1 ]] && alive "$pid" "$start"; then left=1; kill -s "$signal" "$pid" 2> /dev/null || true; fi
    done < "$STATE/pids"
    [ -n "$left" ] || return 0
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      left=
      while read -r pid start name; do
        # shellcheck disable=SC2053
        if [[ $name == $1 ]] && alive "$pid" "$start"; then left=1; fi
      done < "$STATE/pids"
      [ -n "$left" ] || return 0
      sleep 0.1
    done
  done
}

fact() { sed -n "s/^$1=//p" "$STATE/facts" 2> /dev/null | tail -n 1; }
set_fact() {
  local rest
  rest=$(grep -v "^$1=" "$STATE/facts" 2> /dev/null || true)
  printf '%s\n' ${rest:+"$rest"} "$1=$2" > "$STATE/facts.new"
  mv "$STATE/facts.new" "$STATE/facts"
}
is_up() { [ "$(fact state)" = up ]; }
need_up() { is_up || refuse "the lab '$LAB_NAME' is not up; run 'lab up' first"; }
