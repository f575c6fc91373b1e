#!/bin/bash
# keep.sh COMMAND… : runs COMMAND, and again when it ends of itself, until this script is told to end (TERM).
# For helpers that can be started at any time, because all they know they read from the API server.
trap 'kill "$child" 2> /dev/null; wait; exit' TERM
while :; do
  "$@" &
  child=$!
  wait "$child"
  echo "keep.sh: $1 ended with $?, starting it again"
  sleep 1 &
  child=$!
  wait "$child"
done
