#!/bin/bash
# started under the name of a tool (kafka-topics.sh, …)
bin=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
name=$(basename "$0" .sh)
case $name in
  kafka-topics) class=kafka.admin.TopicCommand ;;
  kafka-console-producer) class=kafka.tools.ConsoleProducer ;;
  kafka-console-consumer) class=kafka.tools.ConsoleConsumer ;;
  kafka-configs) class=kafka.admin.ConfigCommand ;;
  kafka-acls) class=kafka.admin.AclCommand ;;
  kafka-reassign-partitions) class=kafka.admin.ReassignPartitionsCommand ;;
  kafka-preferred-replica-election) class=kafka.admin.PreferredReplicaLeaderElectionCommand ;;
  kafka-consumer-groups) class=kafka.admin.ConsumerGroupCommand ;;
  kafka-producer-perf-test) class=org.apache.kafka.tools.ProducerPerformance ;;
  zookeeper-shell) class=org.apache.zookeeper.ZooKeeperMain; set -- -server "$@" ;;
  *) echo "$name: no such tool in this version" >&2; exit 127 ;;
esac
case $name in
  kafka-console-* | kafka-producer-perf-test) export KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx512M} ;;
esac
exec "$bin/kafka-run-class.sh" "$class" "$@"
