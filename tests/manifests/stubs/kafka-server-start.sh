#!/bin/bash
# Kafka: writes down how it was started; stays until TERM if the case made /stub/stays, longer if it made /stub/lingers.
cp "$1" /out/server.properties
printf '%s\n' "arguments=$*" "heap=$KAFKA_HEAP_OPTS" "opts=$KAFKA_OPTS" "log=$LOG_DIR" "gc=[$KAFKA_GC_LOG_OPTS]" "jmx=[$KAFKA_JMX_OPTS]" \
  "log4j=$KAFKA_LOG4J_OPTS" > /out/kafka
trap 'echo TERM >> /out/kafka; [[ -e /stub/lingers ]] || exit 143' TERM
while [[ -e /stub/stays ]]; do command sleep 0.05; done
exit "$(cat /stub/code)"
