#!/bin/bash
# kafka-server-start.sh server.properties [--override property=value]*
# This image holds Kafka 0.9.0.1 in place of a newer one. So that a file written for the newer one serves, what 0.9 does not
# know is left out: named listeners become one, under the address that brokers use among each other.
home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
[ $# -gt 0 ] || { echo "USAGE: $0 server.properties [--override property=value]*" >&2; exit 1; }
file=$1
shift
inner=$(sed -n 's/^inter\.broker\.listener\.name=//p' "$file" | tail -n 1)
address=$(sed -n 's/^advertised\.listeners=//p' "$file" | tail -n 1 | tr ',' '\n' | grep "^${inner:-[^:]*}://" | head -n 1 | sed 's,^[^:]*://,,')
properties=$(grep -vE '^(listeners|advertised\.listeners|listener\.|inter\.broker\.listener\.name|transaction\.|group\.initial\.rebalance|password\.encoder|ssl\.)' "$file")
properties="$properties
listeners=PLAINTEXT://:${address##*:}
${address:+advertised.listeners=PLAINTEXT://$address}"
[ -n "$address" ] || properties=${properties/PLAINTEXT:\/\/:/PLAINTEXT:\/\/:9092}
# this client ends with an error where a name of ZooKeeper's does not resolve yet
servers=$(sed -n 's/^zookeeper\.connect=//p' "$file" | tail -n 1)
for host in $(echo "${servers%%/*}" | tr ',' ' '); do
  for ((n = 0; n < 50; n++)); do getent hosts "${host%:*}" > /dev/null && break; sleep 0.2; done
done
export KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G}
export KAFKA_LOG4J_OPTS=${KAFKA_LOG4J_OPTS:--Dlog4j.configuration=file:$home/config/log4j.properties}
# by a pipe, as the file system may be read-only
exec "$home/bin/kafka-run-class.sh" -name kafkaServer kafka.Kafka /dev/fd/3 "$@" 3<<< "$properties"
