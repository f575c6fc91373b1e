# shellcheck shell=bash
# Images under the official names, built here, and folders that a node's containerd starts from with the images in them.

# shellcheck disable=SC2034 # for cluster.sh
DEFAULT_IMAGES=(zookeeper-3.8.6 kafka-3.9.2)

image_name() { # apache/kafka:3.8.1, docker.io/library/zookeeper:3.8.6, kafka-3.8.1 -> kafka-3.8.1
  local name=${1#docker.io/}
  name=${name#library/} name=${name#apache/}
  name=${name/:/-}
  [[ $name =~ ^(kafka|zookeeper)-[0-9.]+$ ]] || refuse "'$1' is no image that the lab can make; it makes kafka-VERSION and zookeeper-VERSION, such as kafka-3.8.1"
  if [ -n "$DIST" ]; then
    dist_has "${name%-*}" "${name##*-}" || refuse "there is no build of $name; there are: $(dist_versions kafka | sed 's/^/kafka-/' | paste -sd' ') $(dist_versions zookeeper | sed 's/^/zookeeper-/' | paste -sd' ')"
  else
    case $name in kafka-3.[89].* | zookeeper-3.[89].*) ;; *) refuse "$name cannot be made without the folder of builds (KAFKAK8S_DIST)" ;; esac
  fi
  echo "$name"
}
image_facts() { echo "$IMAGES/$1.json"; }
image_fact() { sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\).*/\1/p" "$(image_facts "$1")" | head -n 1; }

# A change of the recipes or of the builds is another folder
choose_images() { IMAGES=$CACHE/images/$({ find "$LAB_DIR"/images "$LAB_DIR"/lib/{images,fallback}.sh -type f -print0 | LC_ALL=C sort -z | xargs -0 cat; [ -z "$DIST" ] || dist_mark; } | sha256sum | cut -c1-10); }

need_images() { # NAME… : builds what is missing
  local name missing=()
  for name in "$@"; do [ -e "$(image_facts "$name")" ] || missing+=("$name"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  cache_lock
  mkdir -p "$IMAGES"
  # a whole image at a time; what an interrupted call left is thrown away
  WORK=$IMAGES/work
  rm -rf "$WORK"
  for name in "${missing[@]}"; do
    [ ! -e "$(image_facts "$name")" ] || continue
    mkdir -p "$WORK/root"
    case $name in
      pause-*) build_pause "$name" ;;
      zookeeper-*) build_zookeeper "$name" "${name##*-}" ;;
      kafka-*) build_kafka "$name" "${name##*-}" ;;
    esac
    rm -rf "$WORK"
    step "built image $(image_fact "$name" ref), holds $(image_fact "$name" holds)"
  done
  cache_unlock
}
mkimage() { "$LAB_DIR/images/mkimage.py" "$@"; }

userland_layer() { # prints the digest of the layer that all images share
  if [ ! -e "$IMAGES/userland" ]; then
    local packages
    read -ra packages < <("$LAB_DIR/images/userland.sh")
    get_debs "$CACHE/deb" "${packages[@]}"
    mkdir -p "$WORK/userland"
    "$LAB_DIR/images/userland.sh" "$WORK/userland" "$CACHE/deb"
    mkimage layer "$IMAGES" "$WORK/userland" > "$WORK/digest"
    mv "$WORK/digest" "$IMAGES/userland"
  fi
  cat "$IMAGES/userland"
}
account() { # NAME : the files that name user 1000 as the official image does
  mkdir -p "$WORK/root/etc" "$WORK/root/home/$1"
  printf 'root:x:0:0:root:/root:/bin/bash\n%s:x:1000:1000::/home/%s:/bin/bash\n' "$1" "$1" > "$WORK/root/etc/passwd"
  printf 'root:x:0:\n%s:x:1000:\n' "$1" > "$WORK/root/etc/group"
  chown 1000:1000 "$WORK/root/home/$1"
}
write_image() { # NAME REF HOLDS VERSION FALLBACK CONFIG LAYER…
  local name=$1 facts
  facts=$(printf '{"name":"%s","ref":"%s","holds":"%s","version":"%s","fallback":%s}' "$1" "$2" "$3" "$4" "$5")
  shift 5
  mkimage image "$IMAGES" "$name" "$facts" "$@"
}

build_pause() {
  cp "$BIN/pause" "$WORK/root/pause"
  write_image "$1" localhost/lab/pause:1 'the program that holds a pod together' 1 false '{"Entrypoint":["/pause"],"User":"65535:65535"}' "$(mkimage layer "$IMAGES" "$WORK/root")"
}

JAVA_PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

build_zookeeper() { # NAME VERSION
  local root=$WORK/root home=apache-zookeeper-$2-bin holds=$2 fallback=false base
  base=$(userland_layer)
  mkdir -p "$root"/{conf,data,datalog,logs}
  if [ -n "$DIST" ]; then
    "$DIST/install" zookeeper "$2" "$root/$home"
  else
    # shellcheck source=lib/fallback.sh
    . "$LAB_DIR/lib/fallback.sh"
    fetch_zookeeper "$2" "$root/$home"
  fi
  cp -r "$root/$home/conf/." "$root/conf/"
  cp "$LAB_DIR/images/docker-entrypoint.sh" "$root/docker-entrypoint.sh"
  chmod 755 "$root/docker-entrypoint.sh"
  account zookeeper
  chown -R 1000:1000 "$root"/{conf,data,datalog,logs}
  write_image "$1" "docker.io/library/zookeeper:$2" "ZooKeeper $holds" "$holds" "$fallback" '{
    "Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["zkServer.sh", "start-foreground"], "WorkingDir": "/'"$home"'",
    "Env": ["PATH='"$JAVA_PATH:/$home/bin"'", "JAVA_HOME=/opt/java/openjdk", "LANG=C.UTF-8",
      "ZOO_CONF_DIR=/conf", "ZOO_DATA_DIR=/data", "ZOO_DATA_LOG_DIR=/datalog", "ZOO_LOG_DIR=/logs", "ZOOCFGDIR=/conf",
      "ZOO_TICK_TIME=2000", "ZOO_INIT_LIMIT=5", "ZOO_SYNC_LIMIT=2", "ZOO_AUTOPURGE_PURGEINTERVAL=0",
      "ZOO_AUTOPURGE_SNAPRETAINCOUNT=3", "ZOO_MAX_CLIENT_CNXNS=60", "ZOO_STANDALONE_ENABLED=true", "ZOO_ADMINSERVER_ENABLED=true"],
    "ExposedPorts": {"2181/tcp": {}, "2888/tcp": {}, "3888/tcp": {}, "8080/tcp": {}},
    "Volumes": {"/data": {}, "/datalog": {}, "/logs": {}}}' "$base" "$(mkimage layer "$IMAGES" "$root")"
}

build_kafka() { # NAME VERSION
  local root=$WORK/root holds=$2 fallback=false base
  base=$(userland_layer)
  mkdir -p "$root"/{opt,etc/kafka/{docker,secrets},var/lib/kafka/data,mnt/shared/config}
  if [ -n "$DIST" ]; then
    "$DIST/install" kafka "$2" "$root/opt/kafka"
  else
    # shellcheck source=lib/fallback.sh
    . "$LAB_DIR/lib/fallback.sh"
    fetch_kafka "$2" "$root/opt/kafka"
  fi
  mkdir -p "$root/opt/kafka/logs"
  cp "$LAB_DIR/images/kafka-run" "$root/etc/kafka/docker/run"
  chmod 755 "$root/etc/kafka/docker/run"
  account appuser
  chown -R 1000:1000 "$root"/{opt/kafka/logs,opt/kafka/config,etc/kafka,var/lib/kafka,mnt/shared/config}
  write_image "$1" "docker.io/apache/kafka:$2" "Kafka $holds" "$holds" "$fallback" '{
    "Cmd": ["/etc/kafka/docker/run"], "User": "appuser", "WorkingDir": "/",
    "Env": ["PATH='"$JAVA_PATH"'", "JAVA_HOME=/opt/java/openjdk", "LANG=C.UTF-8"],
    "ExposedPorts": {"9092/tcp": {}},
    "Volumes": {"/etc/kafka/secrets": {}, "/mnt/shared/config": {}, "/var/lib/kafka/data": {}}}' "$base" "$(mkimage layer "$IMAGES" "$root")"
}

# ---- content of a containerd with the images unpacked. Importing 600 MB three times is most of what a start would take;
# instead it is done once for a set of images, and every node mounts the layers read-only (node.sh).
choose_content() { # NAME…
  CONTENT=$CACHE/content/$({ "$BIN/containerd" --version; for name in "$@"; do image_fact "$name" digest; image_fact "$name" ref; done; } | sha256sum | cut -c1-10)
}
need_content() { # NAME…
  choose_content "$@"
  [ ! -e "$CONTENT/complete" ] || return 0
  cache_lock
  if [ ! -e "$CONTENT/complete" ]; then
    rm -rf "$CONTENT"
    mkdir -p "$CONTENT"
    # shellcheck disable=SC2016 # the inner shell expands
    # a containerd of its own in a process namespace of its own: it ends with this step whatever happens
    mkimage export "$IMAGES" "$@" | PATH=$BIN:$PATH unshare --mount --pid --fork --kill-child --mount-proc bash -c '
      mount -t tmpfs tmpfs /run && mkdir /run/tmp && export TMPDIR=/run/tmp || exit
      case $(containerd --version) in *" v1."* | *" 1."*) echo "version = 2"; echo "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]" ;;
        *) echo "version = 3"; echo "disabled_plugins = [\"io.containerd.grpc.v1.cri\", \"io.containerd.cri.v1.images\", \"io.containerd.cri.v1.runtime\"]" ;; esac > /run/config.toml
      containerd -c /run/config.toml --root "$1" --state /run/containerd > "$1/containerd.log" 2>&1 < /dev/null &
      for _ in {1..200}; do ctr version > /dev/null 2>&1 && break; sleep 0.05; done
      ctr -n k8s.io images import - > "$1/import.log" 2>&1 || { cat "$1/import.log" >&2; exit 1; }
      kill $! && wait $!' - "$CONTENT" 8>&- 9>&- || fail "the images could not be imported (more in $CONTENT/containerd.log)"
    touch "$CONTENT/complete"
    step "unpacked the images for the nodes (kept in the cache)"
  fi
  cache_unlock
}
