# shellcheck shell=bash disable=SC2154
# Sourced by start-scripts.sh --mutations. Each line: script | change | case that must notice.
mutations=$(
  cat << 'TABLE'
zk-start.sh|s/^id=.*/id=$ordinal/|zk_first_start_with_all
zk-start.sh|s/^first=.*/first=$ZK_BOOTSTRAP_SERVERS/|zk_first_start_of_the_size_in_the_configmap
zk-start.sh|s/ || ! touch "$conf\/.writable"//;s/! mkdir -p "$conf" "$data"/false/|zk_volume_is_not_writable
zk-start.sh|s/  exit 78/  exit 1/|zk_volume_is_not_writable
zk-start.sh|s/ || unseen < 2;/;/|zk_finds_a_quorum_above_the_first_ones
zk-start.sh|s/unseen < 2/unseen < 3/|zk_looks_no_further_than_two_missing_names
zk-start.sh|s/then unseen=0; else/then :; else/|zk_finds_a_quorum_above_the_first_ones
zk-start.sh|s/timeout 2 bash -c 'exec 3<>/timeout 300 bash -c 'exec 3<>/|zk_a_peer_that_hangs_holds_nobody_up
zk-start.sh|s/ && grep -q "^server\\.$id=" "$mine" 2> \/dev\/null || mine=//|zk_config_of_the_volume_names_others
zk-start.sh|s/^\[\[ ${epoch:-0} -gt 0 \]\]/[[ $epoch ]]/|zk_member_that_never_came_into_the_ensemble
zk-start.sh|s/^if \[\[ ! $was_member \&\& $ordinal -lt $first/if [[ $ordinal -lt $first/|zk_member_again_without_a_quorum
zk-start.sh|s/ \&\& $first -gt 1 \]\]; then/ ]]; then/|zk_first_start_of_one_needs_nobody
zk-start.sh|s/grep -q "^server\\.$id=" <<< "$members"/grep -q "^server\\.$id" <<< "$members"/|zk_server_10_is_not_server_1
zk-start.sh|s/rm -rf "$data\/version-2" "$conf"\/zoo.cfg\*/:/|zk_joins_again_without_its_old_data
zk-start.sh|s/ "$(server "$ordinal" observer)"//|zk_joins_as_observer
zk-start.sh|s/"$ordinal" observer/"$ordinal" participant/|zk_joins_as_observer
zk-start.sh|s/elif \[\[ $mine \&\& $was_member \]\]; then/elif [[ $mine ]]; then/|zk_member_that_never_came_into_the_ensemble
zk-start.sh|s/elif \[\[ $mine \&\& $was_member \]\]; then/elif [[ $was_member ]]; then/|zk_member_whose_config_is_lost
zk-start.sh|s/\[\[ -z $beacon \]\] || { kill "$beacon"; wait "$beacon"; }/:/|zk_member_that_lost_its_volume
zk-start.sh|s/elif \[\[ ! $was_member \&\& $ordinal -lt/elif [[ $ordinal -lt/|zk_member_whose_config_is_lost_without_a_quorum
zk-start.sh|s/elif \[\[ ! $was_member \&\& $ordinal -lt $first \]\]/elif [[ ! $was_member ]]/|zk_joins_an_ensemble_that_comes_later
zk-start.sh|s/missing=$(not_new)/missing=/|zk_member_that_lost_its_volume_without_a_quorum
zk-start.sh|s/|| open "$(host "$i")" "$beacon_port" ||/|| resolves "$(host "$i")" ||/|zk_member_that_lost_its_volume_without_a_quorum
zk-start.sh|s/\[\[ $SECONDS -lt 60 \]\] ||/true ||/|zk_vote_of_a_person
zk-start.sh|s/elif \[\[ -e $conf\/vote \]\]/elif false/|zk_vote_of_a_person
zk-start.sh|s/"$data\/version-2" "$conf\/vote"/"$data\/version-2"/|zk_vote_of_a_person
zk-start.sh|s/"$data\/version-2" "$conf\/vote"/"$conf\/vote"/|zk_vote_of_a_person
zk-start.sh|s/touch "$data\/initialize".*/:/|zk_first_start_with_all
zk-start.sh|s/do server "$i" participant/do server "$i" observer/|zk_first_start_with_all
zk-start.sh|s/{ until ask 127.0.0.1 srvr .*/kill "$beacon"/|zk_new_pod_stops_saying_so_when_the_ensemble_stands
zk-start.sh|s/sleep 1; done; kill "$beacon"; }/sleep 1; done; }/|zk_new_pod_stops_saying_so_when_the_ensemble_stands
zk-start.sh|s/^say() .*/say() { log "$1"; }/|zk_joins_an_ensemble_that_comes_later
zk-start.sh|s/^  cat \/scripts\/zoo.static.cfg/  cat "$conf\/zoo.cfg"/|zk_member_again_with_a_quorum
zk-start.sh|s/  until resolves "$name"; do/  until true; do/|zk_dns_is_slow
zk-start.sh|s/{ log "no DNS record for $name yet, going on without it"; break; }/exit 1/|zk_dns_lacks_a_name
zk-start.sh|s/^own=.*/own=/|zk_dns_gives_the_old_address_for_a_while
zk-start.sh|s/$right -lt 4/$right -lt 1/|zk_dns_is_right_only_when_all_replicas_are
zk-start.sh|s/^  right=0/  :/|zk_dns_is_right_only_when_all_replicas_are
zk-start.sh|s/|| { log "DNS still gives .*/|| exit 1/|zk_dns_gives_the_old_address_for_ever
zk-start.sh|s/${known:-none}/${known:-127.0.1.2}/|zk_dns_does_not_know_me
zk-start.sh|s/^rest=.*/rest=128/|zk_heap_is_three_quarters
zk-start.sh|s/^\[\[ $rest -ge 128 \]\] .*/:/|zk_heap_leaves_128_for_the_jvm
zk-start.sh|s/\[\[ -z ${ZK_SUPER_DIGEST:-} \]\] ||//|zk_without_a_superuser
zk-start.sh|s/"$SERVER_JVMFLAGS $ZK_JVM_OPTIONS"/"$ZK_JVM_OPTIONS $SERVER_JVMFLAGS"/|zk_flags_of_the_jvm
zk-start.sh|s/^exec zkServer.sh/zkServer.sh/|zk_the_server_gets_the_signal
zk-ready.sh|s/\[\[ $line != Mode:\* \]\]/false/|zk_ready_not_without_a_quorum
zk-ready.sh|s/ -t 3 / /|zk_ready_not_while_it_says_nothing
kafka-start.sh|s/ || ! touch "$logs\/.writable"//;s/! mkdir -p "$logs"/false/|kafka_volume_is_not_writable
kafka-start.sh|s/$key = broker.id \&\& $value != "$ordinal"/$key = never/|kafka_volume_of_another_broker
kafka-start.sh|s/|| keys+=("$1")/; keys+=("$1")/|kafka_extra_settings_win
kafka-start.sh|s/^  properties\[$1\]=$2/  [[ -n ${properties[$1]+set} ]] \|\| properties[$1]=$2/|kafka_extra_settings_win
kafka-start.sh|s/while IFS= read -r line/while IFS= read line/|kafka_extra_settings_win
kafka-start.sh|s/^    line=${line#.*/:/|kafka_extra_settings_win
kafka-start.sh|s/$line != \[#!\]\*/$line != "#"*/|kafka_extra_settings_win
kafka-start.sh|s/"${key%"${key##\*\[!\[:space:\]\]}"}"/"$key"/|kafka_extra_settings_win
kafka-start.sh|s/ || -z $key \]\]/ ]]/|kafka_extra_setting_without_a_key
kafka-start.sh|s/$key = "$line" || //|kafka_extra_setting_without_a_value
kafka-start.sh|s/^members+=.*//|kafka_one_zookeeper_and_two_brokers
kafka-start.sh|s/127.0.0.1:9095/:9095/|kafka_first_start
kafka-start.sh|s/TUNNEL_PORT_BASE + ordinal/TUNNEL_PORT_BASE/|kafka_first_start
kafka-start.sh|s/^put transaction.state.log.min.isr.*//|kafka_one_zookeeper_and_two_brokers
kafka-start.sh|s/^\[\[ -e $logs\/meta.properties \]\] || sleep 1.5/sleep 1.5/|kafka_asks_late_for_names_on_a_new_volume_only
kafka-start.sh|s/until getent hosts "$member" > \/dev\/null/until true/|kafka_dns_is_slow
kafka-start.sh|s/{ log "no DNS record for $member yet, going on without it"; break; }/exit 1/|kafka_dns_lacks_a_name
kafka-start.sh|s/until registered; \[\[ $? = 1 ||/until registered; [[ $? -lt 2 \|\|/|kafka_last_session_still_stands
kafka-start.sh|s/until registered; \[\[ $? = 1 ||/until registered; [[ $? -gt 0 \|\|/|kafka_zookeeper_has_a_quorum_later
kafka-start.sh|s/deadline=$((SECONDS + 60))/deadline=$((SECONDS + 6))/|kafka_last_session_stands_for_ever
kafka-start.sh|s/\[\[ -n $said \]\] || log/log/|kafka_last_session_still_stands
kafka-start.sh|s/\[\[ $status -gt 1 \]\] || break/break/|kafka_asks_the_next_zookeeper
kafka-start.sh|s/ids\/$ordinal/ids\/0/|kafka_last_session_is_gone
kafka-start.sh|s/^heap=.*/heap=$MEMORY_LIMIT_MIB/|kafka_heap_is_half
kafka-start.sh|s/^\[\[ $heap -le 5120 \]\].*//|kafka_heap_is_5_gib_at_most
kafka-start.sh|s/^trap stop TERM//|kafka_the_broker_gets_the_signal
kafka-start.sh|s/^  kill -TERM "$broker"/  :/|kafka_the_broker_gets_the_signal
kafka-start.sh|s/^    \[\[ $? -gt 1 \]\] || seen=$SECONDS//|kafka_may_take_its_time_while_zookeeper_answers
kafka-start.sh|s/^    \[\[ $? -gt 1 \]\] ||/    [[ $? -gt 0 ]] \|\|/|kafka_counts_15_s_from_the_last_answer
kafka-start.sh|s/-ge 15 \]\]/-ge 5 ]]/|kafka_is_given_up_without_zookeeper
kafka-start.sh|s/kill -KILL "$broker"/:/|kafka_is_given_up_without_zookeeper
kafka-start.sh|s/^wait "$broker"/wait "$broker"; exit 0/|kafka_ends_as_the_broker_ends
kafka-registered.sh|s/  0) exit 0/  7) exit 0/|kafka_registered
kafka-registered.sh|s/4294967195) exit 1/4294967195) exit 2/|kafka_registered_not
kafka-registered.sh|s/\*) exit 2/*) exit 1/|kafka_registered_unknown_after_an_error
kafka-registered.sh|s/|| exit 2; done$/|| exit 1; done/;s/<\&3 || exit 2/<\&3 || exit 1/|kafka_registered_unknown_when_it_hangs_up
kafka-registered.sh|s/|| exit 2$/|| exit 1/|kafka_registered_unknown_without_a_server
kafka-registered.sh|s/^  *printf '\\0\\0\\0\\x08.*//;s/^printf '\\0\\0\\0\\x08.*//|kafka_registered
kafka-registered.sh|s/13 + ${#path}/13/|kafka_registered_long_path
kafka-registered.sh|s/^LC_ALL=C$//|kafka_registered_not
kafka-ready.sh|s/^LC_ALL=C$//|kafka_ready_with_a_large_id
kafka-ready.sh|s/\[\[ $number != "${POD_NAME##\*-}" \]\] ||/true ||/|kafka_ready
kafka-ready.sh|s/\[\[ $number != "${POD_NAME##\*-}" \]\] ||/false ||/|kafka_ready_not_while_others_do_not_know_it
kafka-ready.sh|s/byte \& 255/byte \& 127/|kafka_ready_with_a_large_id
kafka-ready.sh|s/ -t 3 / /|kafka_ready_not_while_it_says_nothing
kafka-ready.sh|s/^  number 4         # port//|kafka_ready
zk-start.sh|s/if \[\[ ! -s $secret\/$file \]\]/if false/|zk_tls_without_its_secret
zk-start.sh|s/client=127.0.0.1:2181/client=2181/|zk_tls_first_start
zk-start.sh|s/if \[\[ $SECURITY = plaintext \]\]; then ask "$1" "$2"; return; fi/ask "$1" "$2"; return/|zk_tls_does_not_ask_in_plaintext
zk-start.sh|s/ -verify_return_error//|zk_tls_asks_its_peers_by_certificate
zk-start.sh|s/\[\[ $SECURITY = plaintext \]\] || cat/cat/|zk_plaintext_has_no_tls
zk-start.sh|s/\[\[ $SECURITY = plaintext \]\] || SERVER_JVMFLAGS/SERVER_JVMFLAGS/|zk_plaintext_has_no_tls
zk-start.sh|s/if \[\[ $made_with != "$SECURITY" \]\]/if false/|zk_tls_on_a_volume_of_plaintext
zk-start.sh|s/if \[\[ $made_with != "$SECURITY" \]\]/if [[ $SECURITY = tls \&\& $made_with = plaintext ]]/|zk_plaintext_on_a_volume_of_tls
zk-start.sh|s/^trap 'exit 143' TERM.*/:/|zk_ends_while_it_waits
zk-ready.sh|s/^\[\[ ${1:-} != open \]\] .*/:/|zk_open_tells_of_the_process_alone
kafka-start.sh|s/if \[\[ ! -s $secret\/$file \]\]/if false/|kafka_tls_without_the_users_authority
kafka-start.sh|s/keystore.pem ca.pem clients-ca.pem; do/keystore.pem ca.pem; do/|kafka_tls_without_the_users_authority
kafka-start.sh|s/  put authorizer.class.name.*/  :/|kafka_tls
kafka-start.sh|s/internal.ssl.client.auth required/internal.ssl.client.auth none/|kafka_tls
kafka-start.sh|s/certificate.ssl.truststore.location "$secret\/clients-ca.pem"/certificate.ssl.truststore.location "$secret\/ca.pem"/|kafka_tls
kafka-start.sh|s/zookeeper_port=2281/zookeeper_port=2181/|kafka_tls
kafka-start.sh|s/^trap 'exit 143' TERM.*/:/|kafka_ends_while_it_waits
kafka-registered.sh|s/$SECURITY = tls/$SECURITY = never/|kafka_tls_last_session_still_stands
kafka-registered.sh|s/ -verify_hostname "$1"//|kafka_tls_last_session_still_stands
kafka-start.sh|s/ \&\& { registered; \[\[ $? -le 1 \]\]; }//|kafka_tls_stays_without_zookeeper
kafka-start.sh|s/ -ge 120 \]\]/ -ge 20 ]]/|kafka_tls_starts_anew_when_its_client_hangs
kafka-start.sh|s/:08E9 01 /:08E9 08 /|kafka_tls_stays_while_it_is_connected
kafka-ready.sh|s/\[\[ $number = 65535 \]\] ||/true ||/|kafka_tls_ready_with_racks
kafka-ready.sh|s/\[\[ $number = 65535 \]\] ||/false ||/|kafka_tls_ready_by_the_listener_for_probes
kafka-ready.sh|s/port=9096/port=9092/|kafka_tls_ready_by_the_listener_for_probes
kafka-ready.sh|s/^\[\[ ${1:-} != open \]\] .*/:/|kafka_open_tells_of_the_process_alone
TABLE
)
noticed=0 missed=0 number=0
while IFS= read -r line; do
  script=${line%%|*} case=${line##*|} change=${line#*|}
  change=${change%|*} number=$((number + 1))
  [[ ! ${only:-} || " $only " = *" $number "* ]] || continue
  cp -r "$work/scripts" "$work/scripts.$number"
  sed -i "$change" "$work/scripts.$number/$script"
  if cmp -s "$work/scripts/$script" "$work/scripts.$number/$script"; then
    echo "changes nothing: $line"
    missed=$((missed + 1))
    continue
  fi
  while [[ $(jobs -rp | wc -l) -ge 8 ]]; do wait -n; done
  {
    one "mutation.$number" "$case" "$work/scripts.$number"
    [[ $(cat "$work/mutation.$number/code") = 0 ]] || sed "s/^/$number /" "$work/mutation.$number/words" | grep -vF '  | ' | tail -n 1
  } &
done <<< "$mutations"
wait
for file in "$work"/mutation.*/code; do
  if [[ $(cat "$file") != 0 ]]; then noticed=$((noticed + 1)); continue; fi
  missed=$((missed + 1)) number=$(basename "$(dirname "$file")")
  echo "not noticed: $(sed -n "${number#*.}p" <<< "$mutations")"
done
echo "$noticed passed, $missed failed"
[[ $missed = 0 ]]
