#!/bin/bash
# ZooKeeper: writes down how it was started; stays until TERM if the case made /stub/stays.
cp "$2" /out/zoo.cfg
sed -n 's/^dynamicConfigFile=//p' "$2" | xargs cat > /out/members
[[ ! -e /data/zk/initialize ]] || : > /out/initialize
printf '%s\n' "pid=$$" "arguments=$*" "heap=$ZK_SERVER_HEAP" "flags=$SERVER_JVMFLAGS" \
  "log=$ZOO_LOG_DIR" "jmx off=$JMXDISABLE" > /out/zookeeper
trap 'echo TERM >> /out/zookeeper; exit 143' TERM
while [[ -e /stub/stays ]]; do command sleep 0.05; done
