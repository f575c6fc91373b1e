# shellcheck shell=bash
# Read by the scripts through BASH_ENV. The script's time is what it sleeps, and that takes a twentieth of it.
# What a case left in /stub/later-N happens when the script has slept for N seconds.
unset SECONDS # an ordinary variable from now on
SECONDS=0
slept=0 # tenths of a second
sleep() {
  local tenths=${1#*.} real
  [[ $1 = *.* ]] || tenths=0
  tenths=$((${1%.*} * 10 + tenths))
  slept=$((slept + tenths))
  echo "$1" >> /out/slept
  SECONDS=$((slept / 10))
  printf -v real '0.%03d' $((tenths * 5))
  command sleep "$real"
  [[ ! -e /stub/later-$SECONDS ]] || { bash "/stub/later-$SECONDS"; rm "/stub/later-$SECONDS"; }
}
