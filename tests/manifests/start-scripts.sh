#!/bin/bash
# Each branch of the scripts in the manifests' ConfigMaps, run as they are, with the programs around them replaced.
#
#   start-scripts.sh [CASE…]      all cases, or those named; ends with "N passed, N failed"
#   start-scripts.sh --mutations  breaks the scripts, one line at a time, and counts the cases that notice
#
# A case is a pod: it has a root folder, processes and a network of its own (unshare), so the scripts find /data, /scripts and
# their ports as in a container, and cases run side by side. DNS is /etc/hosts; what answers on the network is stubs/peer.pl.
# The scripts' time is what they sleep, 20 times as fast: BASH_ENV gives them a `sleep` that moves SECONDS.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")

# ── the pod of a case ──────────────────────────────────────────────────────────────────────────────────────────────────
# pod NAME : the environment that the manifest gives its container
pod() {
  local ordinal=${1##*-}
  export POD_NAME=$1 POD_NAMESPACE=ns MEMORY_LIMIT_MIB=512 SECURITY=plaintext
  case $1 in
    zk-*)
      export ZK_SERVICE=zk-headless ZK_BOOTSTRAP_SERVERS=3 ZK_JVM_OPTIONS='' POD_ADDRESS=127.0.1.$((ordinal + 1))
      dns "$(zk "$ordinal")" "$POD_ADDRESS"
      ;;
    kafka-*)
      export HEADLESS_SERVICE=kafka-headless ZK_SET=zk ZK_SERVICE=zk-headless ZK_SERVERS=3 DEFAULT_REPLICATION_FACTOR=3 \
        MIN_INSYNC_REPLICAS=2 TUNNEL_PORT_BASE=19092 EXTRA_PROPERTIES='' KAFKA_JVM_OPTIONS='' POD_ADDRESS=127.0.2.$((ordinal + 1))
      ;;
  esac
  echo "$POD_ADDRESS $POD_NAME" >> /etc/hosts # as the kubelet does
}
tls() { # what the Secret brings
  export SECURITY=tls
  for file in keystore.pem ca.pem clients-ca.pem; do echo "$file" > "/tls/$file"; done
}
zk() { echo "zk-$1.zk-headless.ns.svc"; }
dns() { echo "$2 $1" >> /etc/hosts; }                # dns NAME ADDRESS
no_dns() { sed -i "/ $1\$/d" /etc/hosts; }           # no_dns NAME
server() { echo "server.$(($1 + 1))=$(zk "$1"):2888:3888:${2:-participant};${CLIENT:-2181}"; }
ensemble() { local i; for i; do server "$i"; done; } # ensemble ORDINAL… : its membership
# peer ADDRESS:PORT NAME : something that listens; /peers/NAME says what it answers
peer() {
  perl /tests/stubs/peer.pl "$1" "/peers/$2" &
  eventually "the peer $2 listens" test -e "/peers/$2/ready"
}
# zookeeper ORDINAL [MEMBERSHIP] : a server with a DNS name; in a quorum of that membership, else in none
zookeeper() {
  mkdir -p "/peers/zk-$1"
  echo "This ZooKeeper instance is not currently serving requests" > "/peers/zk-$1/conf"
  [[ ! ${2:-} ]] || printf 'clientPort=2181\n%s\nversion=100000000\n' "$2" > "/peers/zk-$1/conf"
  dns "$(zk "$1")" "127.0.1.$(($1 + 1))"
  peer "127.0.1.$(($1 + 1)):${PEER_PORT:-2181}" "zk-$1"
}
new() { dns "$(zk "$1")" "127.0.1.$(($1 + 1))"; peer "127.0.1.$(($1 + 1)):2889" "new-$1"; } # a server that says that its volume is new
# was_member ORDINAL… : the volume of a server that has been in an ensemble of these
was_member() {
  mkdir -p /data/conf /data/zk/version-2
  echo 1 > /data/zk/version-2/acceptedEpoch
  echo old > /data/zk/version-2/snapshot.0
  ensemble "$@" > /data/conf/zoo.cfg.dynamic.100000000
  printf '%s\n' tickTime=1 dynamicConfigFile=/data/conf/zoo.cfg.dynamic.100000000 > /data/conf/zoo.cfg
}

start() { # start SCRIPT [ARGUMENT…] : in the background; what it says goes to /out/said
  local script=$1
  shift
  BASH_ENV=/tests/stubs/clock.sh bash "/scripts/$script" "$@" > /out/said 2>&1 &
  running=$!
}
ended() { # ended CODE : waits for the script
  wait "$running"
  is "exit code" "$1" $?
}
runs() { # runs CODE SCRIPT [ARGUMENT…]
  local code=$1
  shift
  start "$@"
  ended "$code"
}
fail() { echo "     $*"; exit 1; }
is() { [[ $2 = "$3" ]] || fail "$1: expected '$2', got '$3'"; } # is WHAT EXPECTED ACTUAL
eventually() { # eventually WHAT COMMAND… : within 60 s, which a machine that others keep busy may need
  local deadline=$((SECONDS + 60)) what=$1
  shift
  until "$@" 2> /dev/null; do [[ $SECONDS -lt $deadline ]] || fail "not within 60 s: $what"; sleep 0.05; done
}
says() { eventually "it says '$1'" grep -qF -- "$1" /out/said; }
said() { grep -qF -- "$1" /out/said || fail "it did not say '$1'"; }
said_times() { is "times that it said '$2'" "$1" "$(grep -cF -- "$2" /out/said)"; }
silent_about() { ! grep -F -- "$1" /out/said || fail "it said '$1'"; }
last_words() { is "last words" "$1" "$(tail -n 1 /out/said)"; }
has() { grep -qxF -- "$2" "$1" || fail "$1 has no line '$2' but:"$'\n'"$(cat "$1")"; } # has FILE LINE
members() { is membership "$(printf '%s\n' "$@")" "$(cat /out/members)"; }             # of the ZooKeeper that was started
listens() { (exec 3<> "/dev/tcp/$1/$2") 2> /dev/null; }
deaf() { ! listens "$@"; }
export -f dns no_dns
later() { echo "$2" > "/stub/later-$1"; } # later SECONDS COMMAND : in the script's time
slept() { wc -l < /out/slept; }
has_slept() { [[ $(slept) -ge $1 ]]; }

# ── TLS ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
case_zk_tls_first_start() {
  pod zk-0; tls; new 1; new 2
  CLIENT=127.0.0.1:2181
  runs 0 zk-start.sh
  members "$(ensemble 0 1 2)"
  for line in secureClientPort=2281 sslQuorum=true ssl.clientAuth=need ssl.keyStore.location=/tls/keystore.pem \
    ssl.trustStore.location=/tls/ca.pem ssl.quorum.keyStore.location=/tls/keystore.pem ssl.quorum.trustStore.location=/tls/ca.pem \
    serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory; do
    has /out/zoo.cfg "$line"
  done
  grep -q 'superUser=CN=admin,O=kafkak8s' /out/zookeeper || fail "the operator is nobody"
}
case_zk_plaintext_has_no_tls() {
  pod zk-0; new 1; new 2
  runs 0 zk-start.sh
  ! grep -iE 'ssl|secure' /out/zoo.cfg || fail "settings of TLS"
  ! grep -q X509 /out/zookeeper || fail "a superuser by certificate"
}
case_zk_tls_asks_its_peers_by_certificate() {
  pod zk-0; tls
  CLIENT=127.0.0.1:2181 PEER_PORT=2281
  was_member 0 1 2
  zookeeper 1 "$(ensemble 0 1 2)"
  runs 0 zk-start.sh
  said "member again, with the config of the volume"
  is "called" "s_client -quiet -connect $(zk 1):2281 -verify_hostname $(zk 1) -verify_return_error -CAfile /tls/ca.pem\
 -cert /tls/keystore.pem -key /tls/keystore.pem" "$(head -n 1 /out/openssl)"
}
case_zk_tls_does_not_ask_in_plaintext() {
  pod zk-0; tls
  CLIENT=127.0.0.1:2181
  was_member 0 1 2
  zookeeper 1 "$(ensemble 0 1 2)" # at 2181, where nobody is to be asked
  runs 0 zk-start.sh
  said "no quorum yet, starting with the config of the volume"
}
case_zk_tls_without_its_secret() {
  pod zk-0; tls; rm /tls/ca.pem
  runs 78 zk-start.sh
  last_words "zk-start: SECURITY is tls, and there is no ca.pem in /tls: the Secret that is mounted there (zk-tls, with the cluster's name\
 in front) is missing, or lacks that key. This server does not start without it."
}
case_zk_security_is_misspelt() { misspelt zk-0 zk-start; }
case_kafka_security_is_misspelt() { misspelt kafka-0 kafka-start; }
misspelt() {
  pod "$1"; all_zookeepers
  export SECURITY=TLS
  runs 78 "$2.sh"
  last_words "$2: SECURITY is 'TLS'; it can be plaintext or tls"
}
case_zk_tls_on_a_volume_of_plaintext() { other_security tls plaintext; }
case_zk_plaintext_on_a_volume_of_tls() { CLIENT=127.0.0.1:2181; other_security plaintext tls; }
other_security() {
  pod zk-0; tls; was_member 0 1 2
  export SECURITY=$1
  runs 78 zk-start.sh
  last_words "zk-start: SECURITY is $1, and this volume is of an ensemble that was made with $2. This server does not start: the ensemble\
 keeps what it was made with."
  [[ ! -e /out/zookeeper ]] || fail "it started all the same"
}
case_zk_open_tells_of_the_process_alone() {
  pod zk-0
  runs 1 zk-ready.sh open
  mkdir -p /peers/zk; : > /peers/zk/silent; peer 127.0.0.1:2181 zk
  runs 0 zk-ready.sh open
}
case_kafka_tls() {
  pod kafka-2; tls; all_zookeepers
  runs 0 kafka-start.sh
  has /out/server.properties "listeners=INTERNAL://:9092,CERTIFICATE://:9093,PASSWORD://:9094,TUNNEL://127.0.0.1:9095,PROBE://127.0.0.1:9096"
  me=kafka-2.kafka-headless.ns.svc
  has /out/server.properties "advertised.listeners=INTERNAL://$me:9092,CERTIFICATE://$me:9093,PASSWORD://$me:9094,TUNNEL://127.0.0.1:19094,PROBE://$me:9096"
  has /out/server.properties "listener.security.protocol.map=INTERNAL:SSL,CERTIFICATE:SSL,PASSWORD:SASL_SSL,TUNNEL:SSL,PROBE:PLAINTEXT"
  for listener in internal tunnel certificate; do has /out/server.properties "listener.name.$listener.ssl.client.auth=required"; done
  has /out/server.properties listener.name.certificate.ssl.truststore.location=/tls/clients-ca.pem
  # shellcheck disable=SC2016
  has /out/server.properties 'listener.name.certificate.ssl.principal.mapping.rules=RULE:^CN=([a-z0-9.-]+)$/$1/'
  has /out/server.properties ssl.truststore.location=/tls/ca.pem
  has /out/server.properties ssl.keystore.location=/tls/keystore.pem
  has /out/server.properties authorizer.class.name=kafka.security.authorizer.AclAuthorizer
  has /out/server.properties 'super.users=User:CN=kafka,O=kafkak8s;User:CN=admin,O=kafkak8s'
  has /out/server.properties "zookeeper.connect=$(zk 0):2281,$(zk 1):2281,$(zk 2):2281,zk-headless.ns.svc:2281/kafka"
  has /out/server.properties zookeeper.ssl.client.enable=true
  has /out/server.properties zookeeper.set.acl=true
  ! grep -i allow.everyone /out/server.properties || fail "everybody may do what nobody was told"
  is "keys written twice" '' "$(cut -d = -f 1 /out/server.properties | sort | uniq -d)"
}
case_kafka_plaintext_has_no_tls() {
  pod kafka-2; all_zookeepers
  runs 0 kafka-start.sh
  ! grep -iE 'ssl|sasl|authorizer|super' /out/server.properties || fail "settings of TLS"
}
case_kafka_tls_without_the_users_authority() {
  pod kafka-0; tls; all_zookeepers; : > /tls/clients-ca.pem
  runs 78 kafka-start.sh
  last_words "kafka-start: SECURITY is tls, and there is no clients-ca.pem in /tls: the Secret that is mounted there (kafka-tls, with the\
 cluster's name in front) is missing, or lacks that key. This broker does not start without it."
  [[ ! -e /out/kafka ]] || fail "it started all the same"
}
case_kafka_tls_last_session_still_stands() {
  pod kafka-0; tls; all_zookeepers; used_volume 0
  mkdir -p /peers/zk-0; echo 0 > /peers/zk-0/error
  peer 127.0.1.1:2281 zk-0
  later 9 "echo -101 > /peers/zk-0/error"
  runs 0 kafka-start.sh
  said_times 1 "waiting until ZooKeeper answers and has forgotten the last session"
  is "called" "s_client -quiet -no_ign_eof -nocommands -connect $(zk 0):2281 -verify_hostname $(zk 0) -verify_return_error\
 -CAfile /tls/ca.pem -cert /tls/keystore.pem -key /tls/keystore.pem" "$(head -n 1 /out/openssl)"
}
tls_broker_runs() { # and ZooKeeper answers
  mkdir -p /peers/zk-0; echo -101 > /peers/zk-0/error
  peer 127.0.1.1:2281 zk-0
  tls; broker_runs
}
case_kafka_tls_starts_anew_when_its_client_hangs() {
  pod kafka-0; tls_broker_runs
  ended 137
  said "ZooKeeper answers, and the broker has had no connection to it for 120 s: it starts anew"
  [[ $(slept) -ge 24 ]] || fail "it was given up before its 120 s"
}
case_kafka_tls_stays_without_zookeeper() { # who has no quorum to go to is no better off anew
  pod kafka-0; tls_broker_runs; rm /peers/zk-0/error
  eventually "it has waited for more than 120 s" has_slept 27
  kill -TERM "$running"
  ended 143
  silent_about "starts anew"
}
case_kafka_tls_stays_while_it_is_connected() {
  pod kafka-0; tls_broker_runs
  exec 8<> /dev/tcp/127.0.1.1/2281
  eventually "it has waited for more than 120 s" has_slept 40
  kill -TERM "$running"
  ended 143
  silent_about "starts anew"
}
case_kafka_tls_ready_by_the_listener_for_probes() {
  pod kafka-2; tls
  PORT=9096 RACK='\xff\xff' ready 0 kafka-2 0 1 2
  is asked "0003000100""00002a000470726f6200000000" "$(cat /peers/broker/asked)"
}
case_kafka_tls_ready_with_racks() {
  pod kafka-2; tls
  PORT=9096 RACK='\x00\x03abc' ready 0 kafka-2 0 1 2
}
case_kafka_tls_ready_not_while_others_do_not_know_it() {
  pod kafka-2; tls
  PORT=9096 RACK='\xff\xff' ready 1 kafka-2 0 1
}
case_kafka_open_tells_of_the_process_alone() {
  pod kafka-0
  runs 1 kafka-ready.sh open
  mkdir -p /peers/broker; : > /peers/broker/silent; peer 127.0.0.1:9092 broker
  runs 0 kafka-ready.sh open
}

# ── zk-start.sh: which membership ──────────────────────────────────────────────────────────────────────────────────────
case_zk_first_start_with_all() {
  pod zk-0; new 1; new 2
  runs 0 zk-start.sh
  said "first start of an ensemble of 3"
  members "$(ensemble 0 1 2)"
  is myid 1 "$(cat /data/zk/myid)"
  [[ -e /out/initialize ]] || fail "an empty database that may not vote: no /data/zk/initialize"
  has /out/java "-Xmx16m -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -m java.rmi/sun.rmi.registry.RegistryImpl 2889"
  has /out/zoo.cfg dataDir=/data/zk
  has /out/zoo.cfg dynamicConfigFile=/data/conf/zoo.cfg.dynamic
  has /out/zoo.cfg db.autocreate=false
}
case_zk_first_start_waits_for_the_last() {
  pod zk-0; new 1
  start zk-start.sh
  says "my volume is new, no quorum answers, and a first start needs all 3 pods new; still without word: zk-2"
  eventually "it says itself that its volume is new" listens "$POD_ADDRESS" 2889
  new 2
  ended 0
  members "$(ensemble 0 1 2)"
  said_times 1 "my volume is new"
}
case_zk_first_start_names_all_that_lack() {
  pod zk-1
  start zk-start.sh
  says "still without word: zk-0 zk-2"
  [[ ! -e /out/zookeeper ]] || fail "it started alone"
}
case_zk_first_start_of_one_needs_nobody() {
  pod zk-0
  export ZK_BOOTSTRAP_SERVERS=1
  runs 0 zk-start.sh
  members "$(ensemble 0)"
  [[ ! -e /out/java ]] || fail "it says to nobody that its volume is new"
}
case_zk_first_start_of_none_is_forbidden() {
  pod zk-0; new 1; new 2
  export ZK_BOOTSTRAP_SERVERS=0
  start zk-start.sh
  says "waiting for an ensemble to join"
  [[ ! -e /out/zookeeper && ! -e /out/java ]] || fail "a first start"
}
case_zk_first_start_of_the_size_in_the_configmap() {
  pod zk-3
  echo 5 > /scripts/ensemble.size
  new 0; new 1; new 2; new 4
  runs 0 zk-start.sh
  members "$(ensemble 0 1 2 3 4)"
}
case_zk_new_pod_stops_saying_so_when_the_ensemble_stands() {
  pod zk-0; new 1; new 2
  mkdir -p /peers/myself
  echo "This ZooKeeper instance is not currently serving requests" > /peers/myself/srvr
  peer 127.0.0.1:2181 myself
  : > /stub/stays
  start zk-start.sh
  eventually "it looks whether the ensemble stands" grep -q srvr /peers/myself/asked
  eventually "it says itself that its volume is new" listens "$POD_ADDRESS" 2889
  sleep 0.3
  listens "$POD_ADDRESS" 2889 || fail "it fell silent before the ensemble stood"
  echo "Mode: follower" > /peers/myself/srvr
  eventually "nothing listens on 2889" deaf "$POD_ADDRESS" 2889
}
case_zk_vote_of_a_person() {
  pod zk-0; new 1
  mkdir -p /data/zk/version-2
  echo rest > /data/zk/version-2/log.1
  start zk-start.sh
  says "still without word: zk-2. If volumes are lost for good, touch /data/conf/vote in ONE waiting pod"
  [[ ! -e /out/zookeeper ]] || fail "it did not wait for the person"
  touch /data/conf/vote
  ended 0
  said "told to vote without data, for the members that have some"
  members "$(ensemble 0 1 2)"
  [[ -e /out/initialize ]] || fail "it may not vote: no /data/zk/initialize"
  [[ ! -e /data/conf/vote ]] || fail "the vote stays for the next start"
  [[ ! -e /data/zk/version-2/log.1 ]] || fail "it votes with rests of data"
}
case_zk_member_again_with_a_quorum() {
  pod zk-1; was_member 0 1 2
  zookeeper 0; zookeeper 2 "$(ensemble 0 1 2 3)" # the first is in no quorum, the other's membership is newer
  runs 0 zk-start.sh
  said "member again, with the config of the volume"
  members "$(ensemble 0 1 2)"
  [[ -e /data/zk/version-2/snapshot.0 ]] || fail "its data is gone"
  [[ ! -e /out/initialize && ! -e /out/java ]] || fail "it took itself for new"
  has /out/zoo.cfg dynamicConfigFile=/data/conf/zoo.cfg.dynamic.100000000
  has /out/zoo.cfg tickTime=2000 # the static part is the ConfigMap's, not the volume's
}
case_zk_member_again_without_a_quorum() {
  pod zk-1; was_member 0 1 2
  runs 0 zk-start.sh
  said "no quorum yet, starting with the config of the volume"
  members "$(ensemble 0 1 2)"
  [[ -e /data/zk/version-2/snapshot.0 ]] || fail "its data is gone"
  [[ ! -e /out/initialize ]] || fail "it may vote with an empty database"
  [[ ! -e /out/java ]] || fail "it says that its volume is new"
}
case_zk_member_that_lost_its_volume() {
  pod zk-1; zookeeper 0; zookeeper 2 "$(ensemble 0 1 2)"
  runs 0 zk-start.sh
  said "member without data: taking the committed config, the data comes from the others"
  members "$(ensemble 0 1 2)"
  [[ ! -e /out/initialize ]] || fail "it may vote without data"
  deaf "$POD_ADDRESS" 2889 || fail "it still says that its volume is new"
}
case_zk_member_that_lost_its_volume_without_a_quorum() { # two of three are gone: the one that has data must not be outvoted
  pod zk-1; zookeeper 0; new 2
  start zk-start.sh
  says "still without word: zk-0"
  sleep 0.5
  [[ ! -e /out/zookeeper ]] || fail "an empty majority starts over a member that has data"
}
case_zk_member_that_never_came_into_the_ensemble() { # a config that names it, an epoch of 0
  pod zk-1; was_member 0 1 2; zookeeper 0 "$(ensemble 0 1 2 3)"
  echo 0 > /data/zk/version-2/acceptedEpoch
  runs 0 zk-start.sh
  said "member without data"
  members "$(ensemble 0 1 2 3)"
}
case_zk_member_whose_config_is_lost() { # data, and a zoo.cfg that names a file that is not there
  pod zk-1; was_member 0 1 2; zookeeper 0 "$(ensemble 0 1 2)"
  rm /data/conf/zoo.cfg.dynamic.100000000
  runs 0 zk-start.sh
  said "taking the committed config"
  members "$(ensemble 0 1 2)"
  [[ -e /data/zk/version-2/snapshot.0 ]] || fail "its data is gone"
}
case_zk_member_whose_config_is_lost_without_a_quorum() {
  pod zk-1; was_member 0 1 2
  rm /data/conf/zoo.cfg.dynamic.100000000
  start zk-start.sh
  says "waiting for an ensemble to join"
  [[ ! -e /out/zookeeper && ! -e /out/java ]] || fail "it guesses"
  zookeeper 2 "$(ensemble 0 1 2)"
  ended 0
  members "$(ensemble 0 1 2)"
}
case_zk_config_of_the_volume_names_others() { # it was removed, and no quorum answers
  pod zk-3; was_member 0 1 2
  start zk-start.sh
  says "waiting for an ensemble to join"
  [[ ! -e /out/zookeeper ]] || fail "it starts where nobody counts on it"
}
case_zk_joins_as_observer() {
  pod zk-3; zookeeper 0; zookeeper 1 "$(ensemble 0 1 2)"
  runs 0 zk-start.sh
  said "the ensemble does not name server.4: joining as observer, data of an older life is dropped"
  members "$(ensemble 0 1 2)" "$(server 3 observer)"
  is myid 4 "$(cat /data/zk/myid)"
  [[ ! -e /out/initialize && ! -e /out/java ]] || fail "it took itself for one of the first"
}
case_zk_joins_an_ensemble_that_comes_later() {
  pod zk-3
  start zk-start.sh
  says "waiting for an ensemble to join"
  zookeeper 0 "$(ensemble 0 1 2)"
  ended 0
  members "$(ensemble 0 1 2)" "$(server 3 observer)"
  said_times 1 "waiting for an ensemble to join"
}
case_zk_joins_again_without_its_old_data() {
  pod zk-3; was_member 0 1 2 3; zookeeper 0 "$(ensemble 0 1 2)"
  runs 0 zk-start.sh
  members "$(ensemble 0 1 2)" "$(server 3 observer)"
  [[ ! -e /data/zk/version-2 && ! -e /data/conf/zoo.cfg.dynamic.100000000 ]] || fail "data of an older life is still there"
}
case_zk_server_10_is_not_server_1() {
  pod zk-0; zookeeper 9 "$(ensemble 9 10 11)"
  for i in {1..8}; do dns "$(zk "$i")" "127.0.1.$((i + 1))"; done
  runs 0 zk-start.sh
  said "the ensemble does not name server.1:"
}
case_zk_finds_a_quorum_above_the_first_ones() { # the first three are gone, and names are missing, never two in a row
  pod zk-0; was_member 0 1 2; zookeeper 4; zookeeper 6 "$(ensemble 0 6 8)"
  dns "$(zk 1)" 127.0.1.2
  dns "$(zk 2)" 127.0.1.3
  runs 0 zk-start.sh
  said "member again"
}
case_zk_looks_no_further_than_two_missing_names() { # else the search would never end
  pod zk-0; was_member 0 1 2; zookeeper 5 "$(ensemble 0 5 6)"
  dns "$(zk 1)" 127.0.1.2
  dns "$(zk 2)" 127.0.1.3
  runs 0 zk-start.sh
  said "no quorum yet"
}
case_zk_a_peer_that_hangs_holds_nobody_up() {
  pod zk-1; zookeeper 0; : > /peers/zk-0/silent; zookeeper 2 "$(ensemble 0 1 2)"
  runs 0 zk-start.sh
  said "member without data"
}

# ── zk-start.sh: the rest ──────────────────────────────────────────────────────────────────────────────────────────────
case_zk_volume_is_not_writable() {
  pod zk-0
  mount --bind -o ro /data /data
  mount -o remount,bind,ro /data
  runs 78 zk-start.sh
  last_words "zk-start: the volume on /data is not writable for uid 0, gid 0; it is 0:0 mode 755. Does its storage class apply fsGroup?"
}
case_zk_dns_is_slow() {
  pod zk-1; was_member 0 1 2
  dns "$(zk 0)" 127.0.1.1
  later 5 "dns $(zk 2) 127.0.1.3"
  runs 0 zk-start.sh
  silent_about "no DNS record"
  is "it slept until then" 25 "$(slept)"
}
case_zk_dns_lacks_a_name() {
  pod zk-1; was_member 0 1 2
  dns "$(zk 0)" 127.0.1.1
  runs 0 zk-start.sh
  said "no DNS record for $(zk 2) yet, going on without it"
  silent_about "no DNS record for $(zk 0)"
}
case_zk_dns_gives_the_old_address_for_a_while() {
  pod zk-1; was_member 0 1 2
  dns "$(zk 0)" 127.0.1.1
  dns "$(zk 2)" 127.0.1.3
  no_dns "$(zk 1)"
  dns "$(zk 1)" 127.0.9.9
  later 5 "no_dns $(zk 1); dns $(zk 1) $POD_ADDRESS"
  runs 0 zk-start.sh
  silent_about "DNS still gives"
  is "it slept until then" 25 "$(slept)"
}
case_zk_dns_gives_the_old_address_for_ever() {
  pod zk-1; was_member 1
  no_dns "$(zk 1)"
  dns "$(zk 1)" 127.0.9.9
  runs 0 zk-start.sh
  said "DNS still gives 127.0.9.9 for me, going on without it"
}
case_zk_dns_does_not_know_me() {
  pod zk-1; was_member 1
  no_dns "$(zk 1)"
  runs 0 zk-start.sh
  said "DNS still gives no address for me, going on without it"
}
case_zk_dns_is_right_only_when_all_replicas_are() { # s: the old address, r: the right one, from one replica or another
  pod zk-1; was_member 1
  cat > /opt/bin/getent << 'STUB'
#!/bin/bash
[[ $2 = zk-1.* ]] || exec /usr/bin/getent "$@"
answers=xxsrsrrsrrrs asked=$(cat /out/asked 2> /dev/null)
answer=${answers:${#asked}:1}
echo "$asked${answer:-r}" > /out/asked
[[ $answer != s ]] || { echo "127.0.9.9 $2"; exit; }
exec /usr/bin/getent "$@"
STUB
  chmod +x /opt/bin/getent
  runs 0 zk-start.sh
  # the first two are asked by others: who else is there, and does my name resolve
  is "answers before it started" xxsrsrrsrrrsrrrr "$(cat /out/asked)"
}
case_zk_heap_is_three_quarters() { heap_of 4096 3072; }
case_zk_heap_leaves_128_for_the_jvm() { heap_of 384 256; }
heap_of() { # heap_of LIMIT HEAP
  pod zk-1; was_member 1
  export MEMORY_LIMIT_MIB=$1
  runs 0 zk-start.sh
  has /out/zookeeper "heap=$2"
}
case_zk_flags_of_the_jvm() {
  pod zk-1; was_member 1
  export ZK_SUPER_DIGEST=super:abc= ZK_JVM_OPTIONS='-Dzookeeper.cnxTimeout=9 -Dx=y'
  runs 0 zk-start.sh
  has /out/zookeeper "flags=-Djava.security.properties=/scripts/java.security -Dzookeeper.cnxTimeout=2000 -XX:+ExitOnOutOfMemoryError$(:
    ) -XX:TieredStopAtLevel=1 -Dzookeeper.DigestAuthenticationProvider.superDigest=super:abc= -Dzookeeper.cnxTimeout=9 -Dx=y"
  has /out/zookeeper "arguments=start-foreground /data/conf/zoo.cfg"
  has /out/zookeeper log=/tmp
  has /out/zookeeper "jmx off=true"
  silent_about super:abc
}
case_zk_without_a_superuser() {
  pod zk-1; was_member 1
  runs 0 zk-start.sh
  ! grep superDigest /out/zookeeper || fail "a superuser without a password"
}
case_zk_the_server_gets_the_signal() {
  pod zk-1; was_member 1
  : > /stub/stays
  start zk-start.sh
  eventually "ZooKeeper runs" test -s /out/zookeeper
  has /out/zookeeper "pid=$running" # exec: no shell between
  sleep 0.2
  kill -TERM "$running"
  ended 143
  has /out/zookeeper TERM
}

# ── zk-ready.sh ────────────────────────────────────────────────────────────────────────────────────────────────────────
zk_ready() { # zk_ready CODE [ANSWER]
  pod zk-0
  mkdir -p /peers/myself
  [[ ! ${2:-} ]] || printf '%s\n' "$2" > /peers/myself/srvr
  peer 127.0.0.1:2181 myself
  runs "$1" zk-ready.sh
}
case_zk_ready_in_a_quorum() { zk_ready 0 $'Zookeeper version: 3.8.6\nLatency min/avg/max: 0/0/0\nMode: follower\nNode count: 5'; }
case_zk_ready_not_without_a_quorum() { zk_ready 1 "This ZooKeeper instance is not currently serving requests"; }
case_zk_ready_not_without_an_answer() { zk_ready 1; }
case_zk_ready_not_while_it_says_nothing() { mkdir -p /peers/myself; : > /peers/myself/silent; zk_ready 1; }
case_zk_ready_not_without_a_server() { pod zk-0; runs 1 zk-ready.sh; }

# ── kafka-start.sh ─────────────────────────────────────────────────────────────────────────────────────────────────────
all_zookeepers() { # in DNS, and the name of all of them
  local i
  for i in 0 1 2; do dns "$(zk "$i")" "127.0.1.$((i + 1))"; done
  dns zk-headless.ns.svc 127.0.1.1
}
used_volume() {
  mkdir -p /var/lib/kafka/data/log
  printf '%s\n' "#" version=0 "broker.id=$1" cluster.id=a=b > /var/lib/kafka/data/log/meta.properties
}
# broker_node ERROR : zk-0 answers; with that code when it is asked for the broker's node, or hangs up
broker_node() {
  mkdir -p /peers/zk-0
  [[ ! $1 ]] || echo "$1" > /peers/zk-0/error
  peer 127.0.1.1:2181 zk-0
}

case_kafka_first_start() {
  pod kafka-2; all_zookeepers
  runs 0 kafka-start.sh
  has /out/server.properties broker.id=2
  has /out/server.properties log.dirs=/var/lib/kafka/data/log
  has /out/server.properties "zookeeper.connect=$(zk 0):2181,$(zk 1):2181,$(zk 2):2181,zk-headless.ns.svc:2181/kafka"
  has /out/server.properties "listeners=INTERNAL://:9092,TUNNEL://127.0.0.1:9095"
  has /out/server.properties "advertised.listeners=INTERNAL://kafka-2.kafka-headless.ns.svc:9092,TUNNEL://127.0.0.1:19094"
  for key in default offsets.topic transaction.state.log; do has /out/server.properties "$key.replication.factor=3"; done
  for key in min.insync.replicas transaction.state.log.min.isr; do has /out/server.properties "$key=2"; done
  has /out/server.properties unclean.leader.election.enable=false # the ConfigMap's part
  ! grep -nvE '^[a-z.]+=.' /out/server.properties || fail "comments or blank lines"
  is "keys written twice" '' "$(cut -d = -f 1 /out/server.properties | sort | uniq -d)"
  has /out/kafka arguments=/run/kafka/server.properties
  has /out/kafka log=/tmp
  has /out/kafka "gc=[ ]"
  has /out/kafka "jmx=[ ]"
  has /out/kafka "log4j=-Dlog4j.configuration=file:/scripts/log4j.properties"
  has /out/kafka "opts=-Djava.security.properties=/scripts/java.security -XX:+ExitOnOutOfMemoryError "
}
case_kafka_volume_is_not_writable() {
  pod kafka-0
  mount --bind /var/lib/kafka/data /var/lib/kafka/data
  mount -o remount,bind,ro /var/lib/kafka/data
  runs 78 kafka-start.sh
  last_words "kafka-start: the volume on /var/lib/kafka/data is not writable for uid 0, gid 0; it is 0:0 mode 755.$(:
    ) Does its storage class apply fsGroup?"
}
case_kafka_volume_of_another_broker() {
  pod kafka-1; used_volume 0
  runs 78 kafka-start.sh
  last_words "kafka-start: the volume belongs to broker 0, this pod is broker 1: is the right PVC bound?"
  [[ ! -e /out/kafka ]] || fail "it started all the same"
}
case_kafka_one_zookeeper_and_two_brokers() {
  pod kafka-0; all_zookeepers
  export ZK_SERVERS=1 DEFAULT_REPLICATION_FACTOR=2 MIN_INSYNC_REPLICAS=1
  runs 0 kafka-start.sh
  has /out/server.properties "zookeeper.connect=$(zk 0):2181,zk-headless.ns.svc:2181/kafka"
  has /out/server.properties transaction.state.log.replication.factor=2
  has /out/server.properties transaction.state.log.min.isr=1
}
case_kafka_extra_settings_win() {
  pod kafka-0; all_zookeepers
  EXTRA_PROPERTIES=$(
    cat << 'LINES'
# a comment
! another

  num.partitions=7
log.retention.hours =24
empty=
default.replication.factor=1
rules=RULE:^CN=(\w+)\.x$/$1/ a$$b$(POD_NAME)
LINES
  )
  runs 0 kafka-start.sh
  has /out/server.properties num.partitions=7
  has /out/server.properties log.retention.hours=24
  has /out/server.properties empty=
  has /out/server.properties default.replication.factor=1
  # shellcheck disable=SC2016
  has /out/server.properties 'rules=RULE:^CN=(\w+)\.x$/$1/ a$$b$(POD_NAME)'
  is "lines for num.partitions" 1 "$(grep -c '^num.partitions' /out/server.properties)"
  ! grep -n comment /out/server.properties || fail "a comment"
}
case_kafka_extra_setting_without_a_value() { extra_is_refused 'num.partitions'; }
case_kafka_extra_setting_without_a_key() { extra_is_refused '=7'; }
extra_is_refused() {
  pod kafka-0; all_zookeepers
  export EXTRA_PROPERTIES=$'a=b\n'$1
  runs 78 kafka-start.sh
  last_words "kafka-start: not a key=value line: $1"
  [[ ! -e /out/kafka ]] || fail "it started all the same"
}
case_kafka_dns_is_slow() {
  pod kafka-0; all_zookeepers; no_dns "$(zk 1)"
  later 5 "dns $(zk 1) 127.0.1.2"
  runs 0 kafka-start.sh
  silent_about "no DNS record"
  is "it slept until then" 19 "$(slept)" # 1.5 s, then 0.2 s at a time
}
case_kafka_dns_lacks_a_name() {
  pod kafka-0; all_zookeepers; no_dns "$(zk 1)"
  runs 0 kafka-start.sh
  said_times 1 "no DNS record"
  said "no DNS record for $(zk 1) yet, going on without it"
}
case_kafka_asks_late_for_names_on_a_new_volume_only() {
  pod kafka-0; all_zookeepers; used_volume 0; broker_node -101
  runs 0 kafka-start.sh
  [[ ! -e /out/slept ]] || fail "it slept on a used volume"
  rm /var/lib/kafka/data/log/meta.properties
  runs 0 kafka-start.sh
  is "it slept on a new volume for" 1.5 "$(cat /out/slept)"
}
case_kafka_last_session_is_gone() {
  pod kafka-1; all_zookeepers; used_volume 1; broker_node -101
  runs 0 kafka-start.sh
  silent_about waiting
  is "nodes asked for" "/kafka/brokers/ids/1" "$(path_asked_for)"
}
path_asked_for() { sed -n 2p /peers/zk-0/asked | cut -c 25- | sed 's/00$//; s/../\\x&/g' | xargs -0 printf %b | tr -d '\n'; }
case_kafka_last_session_still_stands() {
  pod kafka-0; all_zookeepers; used_volume 0; broker_node 0
  later 9 "echo -101 > /peers/zk-0/error"
  runs 0 kafka-start.sh
  said_times 1 "waiting until ZooKeeper answers and has forgotten the last session"
  is "it slept until then" 18 "$(slept)"
}
case_kafka_last_session_stands_for_ever() {
  pod kafka-0; all_zookeepers; used_volume 0; broker_node 0
  runs 0 kafka-start.sh
  said_times 1 waiting
  is "it slept for 60 s" 120 "$(slept)"
}
case_kafka_zookeeper_has_a_quorum_later() { # it hangs up before
  pod kafka-0; all_zookeepers; used_volume 0; broker_node ''
  later 9 "echo -101 > /peers/zk-0/error"
  runs 0 kafka-start.sh
  said_times 1 waiting
  is "it slept until then" 18 "$(slept)"
}
case_kafka_asks_the_next_zookeeper() { # the first one hangs, the second has no quorum
  pod kafka-0; all_zookeepers; used_volume 0
  mkdir -p /peers/zk-0 /peers/zk-1 /peers/zk-2
  : > /peers/zk-0/silent
  echo -101 > /peers/zk-2/error
  for i in 0 1 2; do peer "127.0.1.$((i + 1)):2181" "zk-$i"; done
  runs 0 kafka-start.sh
  silent_about waiting
  grep -q . /peers/zk-2/asked || fail "it did not ask the third"
}
case_kafka_heap_is_half() { kafka_heap_of 3072 1536; }
case_kafka_heap_is_5_gib_at_most() { kafka_heap_of 65536 5120; }
kafka_heap_of() { # kafka_heap_of LIMIT HEAP
  pod kafka-0; all_zookeepers
  export MEMORY_LIMIT_MIB=$1 KAFKA_JVM_OPTIONS=-Dx=y
  runs 0 kafka-start.sh
  has /out/kafka "heap=-Xms$2m -Xmx$2m"
  has /out/kafka "opts=-Djava.security.properties=/scripts/java.security -XX:+ExitOnOutOfMemoryError -Dx=y"
}
case_kafka_ends_as_the_broker_ends() {
  pod kafka-0; all_zookeepers
  echo 3 > /stub/code
  runs 3 kafka-start.sh
}
broker_runs() { # until it is told to end
  all_zookeepers
  : > /stub/stays
  start kafka-start.sh
  eventually "the broker runs" test -s /out/kafka
  sleep 0.1
}
case_kafka_the_broker_gets_the_signal() {
  pod kafka-0; broker_node 0; broker_runs
  kill -TERM "$running"
  ended 143
  has /out/kafka TERM
  last_words "kafka-start: stopping"
}
case_kafka_is_given_up_without_zookeeper() { # namespace deleted: everything goes at once
  pod kafka-0; broker_runs
  : > /stub/lingers
  kill -TERM "$running"
  ended 137
  has /out/kafka TERM
  said "no ZooKeeper quorum for 15 s, going without a clean shutdown"
  [[ $(slept) -ge 30 ]] || fail "it gave up before its 15 s"
}
case_kafka_may_take_its_time_while_zookeeper_answers() {
  pod kafka-0; broker_node 0; broker_runs
  : > /stub/lingers
  kill -TERM "$running"
  eventually "it has waited for more than 15 s" has_slept 45
  rm /stub/stays
  ended 0
  silent_about "no ZooKeeper quorum"
}
case_kafka_counts_15_s_from_the_last_answer() { # the node is gone, but a quorum answers; then it goes too
  pod kafka-0; broker_node -101; broker_runs
  : > /stub/lingers
  kill -TERM "$running"
  eventually "it has waited for 10 s" has_slept 20
  before=$(slept)
  rm /peers/zk-0/error
  ended 137
  [[ $(($(slept) - before)) -ge 29 ]] || fail "it gave up before its 15 s"
}

# ── kafka-registered.sh, kafka-ready.sh ────────────────────────────────────────────────────────────────────────────────
registered() { # registered CODE [ERROR] : what it makes of ZooKeeper's code
  mkdir -p /peers/zk
  [[ ! ${2:-} ]] || echo "$2" > /peers/zk/error
  peer 127.0.0.1:2181 zk
  runs "$1" kafka-registered.sh 127.0.0.1 "${3:-/kafka/brokers/ids/0}"
}
case_kafka_registered() {
  registered 0 0
  # its three messages: a session, exists of the path without a watch, the end of the session
  is asked "$(printf '%s\n' "00000000000000000000000000002710000000000000000000000010$(printf %032d 0)" \
    "0000000100000003000000142f6b61666b612f62726f6b6572732f6964732f3000" 00000002fffffff5)" "$(cat /peers/zk/asked)"
}
case_kafka_registered_not() { registered 1 -101; }
case_kafka_registered_unknown_after_an_error() { registered 2 -4; } # the connection to the leader is lost
case_kafka_registered_unknown_when_it_hangs_up() { registered 2; }
case_kafka_registered_unknown_without_a_server() { pod kafka-0; runs 2 kafka-registered.sh 127.0.0.1 /x; }
case_kafka_registered_long_path() {
  registered 0 0 "/$(printf 'x%.0s' {1..199})"
  is "length of the path that was asked for" 000000c8 "$(sed -n 2p /peers/zk/asked | cut -c 17-24)"
  is "length of the frame" $((2 * 213)) "$(sed -n 2p /peers/zk/asked | tr -d '\n' | wc -c)"
}
number() { printf %b "$(printf %08x "$1" | sed 's/../\\x&/g')"; } # in 4 bytes
ready() { # ready CODE POD [ID…] : brokers in the answer
  local code=$1 id
  export POD_NAME=$2
  shift 2
  mkdir -p /peers/broker
  {
    printf '\0\0\0\x40\0\0\0\x2a'
    number $#
    for id; do
      number "$id"
      printf '\0\x0c127.0.2.0.ns\0\0\x23\x84'
      printf %b "${RACK:-}"
    done
  } > /peers/broker/answer
  peer "127.0.0.1:${PORT:-9092}" broker
  runs "$code" kafka-ready.sh
}
case_kafka_ready() {
  ready 0 kafka-2 0 1 2
  is asked "0003000000""00002a000470726f620000000100""0121" "$(cat /peers/broker/asked)"
}
case_kafka_ready_with_a_large_id() { ready 0 kafka-511 1 255 50089 511; }
case_kafka_ready_not_while_others_do_not_know_it() { ready 1 kafka-2 0 1; }
case_kafka_ready_not_without_brokers() { ready 1 kafka-0; }
case_kafka_ready_not_when_it_hangs_up() { mkdir -p /peers/broker; peer 127.0.0.1:9092 broker; pod kafka-0; runs 1 kafka-ready.sh; }
case_kafka_ready_not_while_it_says_nothing() {
  pod kafka-0
  mkdir -p /peers/broker
  : > /peers/broker/silent
  peer 127.0.0.1:9092 broker
  runs 1 kafka-ready.sh
}
case_kafka_ready_not_without_a_broker() { pod kafka-0; runs 1 kafka-ready.sh; }

# ── the end of a pod that waits ────────────────────────────────────────────────────────────────────────────────────────
# Process 1 does not hear a TERM that it did not ask for: a pod that is deleted would sit out its grace period.
ends_while_it_waits() { # ends_while_it_waits SCRIPT WORDS
  BASH_ENV=/tests/stubs/clock.sh unshare --pid --fork --kill-child bash "/scripts/$1" > /out/said 2>&1 &
  says "$2"
  kill -TERM "$(pgrep -P $!)"
  eventually "it has ended" deaf_process $!
}
deaf_process() { ! kill -0 "$1"; }
case_zk_ends_while_it_waits() { pod zk-0; ends_while_it_waits zk-start.sh "still without word"; }
case_kafka_ends_while_it_waits() {
  pod kafka-0; all_zookeepers; used_volume 0; broker_node 0
  : > /stub/stays
  ends_while_it_waits kafka-start.sh "waiting until"
}

# ── how cases are run ──────────────────────────────────────────────────────────────────────────────────────────────────
# Second step, in namespaces of its own: a root folder that has the machine's programs and what a case needs.
inside() { # inside ROOT CASE
  local root=$1 link
  mount -t tmpfs tmpfs "$root" || exit 2
  mkdir -p "$root"/{usr,etc,dev,proc,tmp,tls,tests,data,out,peers,stub,run/kafka,opt/bin,opt/kafka/bin,var/lib/kafka/data}
  for link in bin sbin lib lib32 lib64 libx32; do
    if [[ -L /$link ]]; then
      cp -P "/$link" "$root/"
    elif [[ -e /$link ]]; then
      mkdir "$root/$link"
      mount --rbind "/$link" "$root/$link" || exit 2
    fi
  done
  mount --rbind /usr "$root/usr" && mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc" || exit 2
  cp -r "$here/." "$root/tests"
  cp -r "$root/../scripts" "$root/scripts"
  ln -s /tests/stubs/java /tests/stubs/openssl /tests/stubs/zkServer.sh "$root/opt/bin/"
  ln -s /tests/stubs/kafka-server-start.sh "$root/opt/kafka/bin/"
  echo 0 > "$root/stub/code"
  echo "hosts: files" > "$root/etc/nsswitch.conf"
  echo "127.0.0.1 localhost" > "$root/etc/hosts"
  perl -e '$up = pack("a16 s x22", "lo", 0x41); socket(S, 2, 2, 0) && ioctl(S, 0x8914, $up) or die "lo: $!"' || exit 2 # ip link set lo up
  PATH=/opt/bin:/usr/sbin:/usr/bin:/sbin:/bin exec chroot "$root" bash /tests/start-scripts.sh --case "$2"
}

# First step. one NAME CASE SCRIPTS : runs a case on these scripts; its words and its code stay in $work/NAME
one() {
  local dir=$work/$1
  mkdir -p "$dir/root"
  cp -r "$3" "$dir/scripts"
  timeout 180 unshare "${user[@]}" --mount --net --pid --fork --kill-child bash "$0" --inside "$dir/root" "$2" \
    > "$dir/words" 2>&1 < /dev/null
  echo $? > "$dir/code"
}

case ${1:-} in
  --inside) inside "$2" "$3" ;;
  --case)
    export LC_ALL=C.UTF-8 # where a byte is no character
    ("case_$2")
    code=$?
    [[ $code = 0 ]] || sed 's/^/     | /' /out/said 2> /dev/null
    exit "$code"
    ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/extract.sh" "$work"
mkdir "$work/scripts"
cp "$work"/zk_set/* "$work/scripts/"
cp "$work"/kafka_deploy/* "$work/scripts/"
user=()
[[ $EUID = 0 ]] || user=(--map-root-user)
unshare "${user[@]}" --mount --net --pid --fork true || { echo "no namespaces can be made here" >&2; exit 2; }
mapfile -t cases < <(declare -F | sed -n 's/^declare -f case_//p')

if [[ ${1:-} = --mutations ]]; then . "$here/mutations.sh"; exit; fi
[[ $# = 0 ]] || cases=("$@")
from=$SECONDS
for name in "${cases[@]}"; do
  while [[ $(jobs -rp | wc -l) -ge 8 ]]; do wait -n; done
  one "$name" "$name" "$work/scripts" &
done
wait
failed=0
for name in "${cases[@]}"; do
  if [[ $(cat "$work/$name/code") = 0 ]]; then echo "ok   $name"; continue; fi
  failed=$((failed + 1))
  echo "FAIL $name$([[ $(cat "$work/$name/code") != 124 ]] || echo ": not ended within 180 s")"
  cat "$work/$name/words"
done
echo "$((SECONDS - from)) s"
echo "$((${#cases[@]} - failed)) passed, $failed failed"
[[ $failed = 0 ]]
