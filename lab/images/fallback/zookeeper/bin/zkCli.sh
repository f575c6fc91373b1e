#!/bin/bash
home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
# shellcheck disable=SC2086 # the variables are lists of words
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$home/conf:$home/lib/*" "-Xmx${ZK_CLIENT_HEAP:-256}m" \
  ${JVMFLAGS:-} ${CLIENT_JVMFLAGS:-} org.apache.zookeeper.ZooKeeperMain "$@"
