#!/bin/bash
# java with Kafka's class path; the variables are those of Apache's script
home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
while :; do case ${1:-} in
  -name) shift 2 ;;
  -loggc) shift ;;
  *) break ;;
esac; done
# shellcheck disable=SC2086 # the variables are lists of words
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" ${KAFKA_HEAP_OPTS:--Xmx256M} ${KAFKA_JVM_PERFORMANCE_OPTS:--server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Djava.awt.headless=true} \
  ${KAFKA_GC_LOG_OPTS:-} ${KAFKA_JMX_OPTS:-} "-Dkafka.logs.dir=${LOG_DIR:-$home/logs}" \
  ${KAFKA_LOG4J_OPTS:--Dlog4j.configuration=file:$home/config/tools-log4j.properties} -cp "${CLASSPATH:+$CLASSPATH:}$home/libs/*" ${KAFKA_OPTS:-} "$@"
