#!/bin/bash
# zkServer.sh start-foreground|version [zoo.cfg] : the variables are those of Apache's script
home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
file=${2:-zoo.cfg}
[[ $file = /* ]] || file=${ZOOCFGDIR:-$home/conf}/$file
case ${1:-} in
  start-foreground) ;;
  version) exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$home/lib/*" org.apache.zookeeper.version.VersionInfoMain ;;
  *) echo "Usage: $0 {start-foreground|version} [config]" >&2; exit 1 ;;
esac
echo "Using config: $file" >&2
# shellcheck disable=SC2086 # the variables are lists of words
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" "-Dzookeeper.log.dir=${ZOO_LOG_DIR:-$home/logs}" -XX:+HeapDumpOnOutOfMemoryError "-XX:OnOutOfMemoryError=kill -9 %p" \
  -cp "$home/conf:$home/lib/*" "-Xmx${ZK_SERVER_HEAP:-1000}m" ${JVMFLAGS:-} ${SERVER_JVMFLAGS:-} org.apache.zookeeper.server.quorum.QuorumPeerMain "$file"
