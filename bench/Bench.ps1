<#
.SYNOPSIS
Figures against peers, as ratios measured in one run. No tests: nothing here passes or fails.
.DESCRIPTION
Runs on the lab (lab/lab up) or on any cluster that kubectl reaches. Each row gives the medians of both sides and their ratio;
the runs of both sides take turns, so that whatever else the machine does falls on both.
Usage: bench/run [-Only deploy,apply,topic,import,list,daily] [-Rounds 3]. daily compares with kcat where it is on the PATH.
#>
param([string] $KubeConfig, [string] $Kubectl, [string] $Only = 'import,apply,topic,daily,deploy,list', [int] $Rounds = 3, [string] $Clusters = '1,10,100,1000')

$ErrorActionPreference = 'Stop'
$root = [IO.Path]::GetDirectoryName($PSScriptRoot)
Import-Module ([IO.Path]::Combine($root, 'out', 'KafkaK8s'))
$at = @{ KubeConfig = $KubeConfig; Namespace = 'kafkak8s-bench' }
$ns = $at.Namespace

function kube { & $Kubectl "--kubeconfig=$KubeConfig" @args; if ($LASTEXITCODE -ne 0) { throw "kubectl $args ended with $LASTEXITCODE" } }
function seconds([scriptblock] $Work) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $null = & $Work
    $watch.Elapsed.TotalSeconds
}
function median([double[]] $Values) {
    $sorted = [double[]] $Values.Clone()
    [Array]::Sort($sorted)
    if ($sorted.Length % 2) { $sorted[($sorted.Length - 1) / 2] } else { ($sorted[$sorted.Length / 2 - 1] + $sorted[$sorted.Length / 2]) / 2 }
}
function row([string] $What, [double[]] $Ours, [double[]] $Peer, [string] $Target) {
    $a = median $Ours; $b = median $Peer
    $row = [pscustomobject]@{ What = $What; Ours = '{0:0.000} s' -f $a; Peer = '{0:0.000} s' -f $b; Ratio = '{0:0.00}' -f ($a / $b); Times = '{0:0.0}x' -f ($b / $a); Target = $Target; Runs = $Ours.Length }
    Write-Information "$What`: $($row.Ours) / $($row.Peer)" -InformationAction Continue # a later part may fail
    $row
}
function wanted([string] $Name) { $Only.Split(',') -contains $Name }
function gone([string] $Name) { try { Remove-KafkaCluster $Name @at -DeleteData -Confirm:$false } catch { if ($_.FullyQualifiedErrorId -notlike 'KafkaK8s.ClusterNotFound*') { throw } } }

# A pod with Kafka's console tools, for the peers: its start is not counted.
function toolsPod {
    $pod = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"tools"},"spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"tools","image":"docker.io/apache/kafka:3.9.2","imagePullPolicy":"IfNotPresent","command":["sleep","100000"],"env":[{"name":"LOG_DIR","value":"/tmp"}]}]}}'
    $file = [IO.Path]::GetTempFileName()
    [IO.File]::WriteAllText($file, $pod)
    kube -n $ns apply -f $file | Out-Null
    kube -n $ns wait --for=condition=Ready pod/tools --timeout=120s | Out-Null
}
function consoleTools([string] $Bootstrap, [int] $Count) {
    $topic = "bench-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
    $script = "set -e; B=/opt/kafka/bin; `$B/kafka-topics.sh --bootstrap-server $Bootstrap --create --topic $topic --partitions 6 --replication-factor 3 >/dev/null; " +
        "seq 1 $Count | sed 's/`$/ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/' | `$B/kafka-console-producer.sh --bootstrap-server $Bootstrap --topic $topic --producer-property acks=all >/dev/null; " +
        "n=`$(timeout 300 `$B/kafka-console-consumer.sh --bootstrap-server $Bootstrap --topic $topic --from-beginning --max-messages $Count 2>/dev/null | wc -l); " +
        "`$B/kafka-topics.sh --bootstrap-server $Bootstrap --delete --topic $topic >/dev/null; test `$n = $Count"
    kube -n $ns exec tools '--' bash -c $script
}

$rows = @()
& $Kubectl "--kubeconfig=$KubeConfig" create namespace $ns 2>&1 | Out-Null

if (wanted import) {
    $ours = @(); $peer = @()
    # the PowerShell that runs this: pwsh itself, or its library under dotnet
    $shell = @([Environment]::ProcessPath)
    if ([IO.Path]::GetFileNameWithoutExtension($shell[0]) -eq 'dotnet') { $shell += "$PSHOME/pwsh.dll" }
    $shell += '-NoLogo', '-NoProfile', '-NonInteractive'
    foreach ($i in 1..($Rounds * 3)) {
        $peer += seconds { & $shell[0] $shell[1..9] -Command '1' }
        $ours += seconds { & $shell[0] $shell[1..9] -Command "Import-Module '$root/out/KafkaK8s'" }
    }
    $rows += row 'Import-Module over a bare start of pwsh' $ours $peer ('+120 ms; it is +{0:0} ms' -f (1000 * ((median $ours) - (median $peer))))
}

if (wanted deploy) {
    $ours = @(); $peer = @()
    toolsPod
    foreach ($i in 1..$Rounds) {
        gone bench
        $ours += seconds { $result = New-KafkaCluster bench @at | Test-KafkaTopic; if (-not $result.Passed) { throw 'the test of the cluster failed' } }
        gone bench
        $peer += seconds {
            kube -n $ns apply -f "$root/manifests"
            # rollout status does not take OnDelete sets; waiting for the pods is what one does by hand
            foreach ($set in 'zk', 'kafka') { kube -n $ns wait --for=jsonpath='{.status.readyReplicas}'=3 "statefulset/$set" --timeout=600s }
            consoleTools 'kafka-service:9092' 1000
        }
        gone kafka
    }
    $rows += row 'create to verified / kubectl apply + wait + console tools' $ours $peer '<= 0.5'
}

if ((wanted apply) -or (wanted topic) -or (wanted daily)) { $null = New-KafkaCluster bench @at }

if (wanted apply) {
    $ours = @(); $peer = @()
    $file = [IO.Path]::GetTempFileName() + '.yaml'
    [IO.File]::WriteAllText($file, (Export-KafkaManifest bench @at))
    foreach ($i in 1..($Rounds * 4)) {
        $ours += seconds { New-KafkaCluster bench @at -NoWait }
        $peer += seconds { kube -n $ns apply --server-side --field-manager=kafkak8s -f $file }
    }
    $rows += row 'plan + apply, warm / kubectl apply --server-side' $ours $peer '<= 0.5'
}

if (wanted topic) {
    toolsPod
    foreach ($count in 1000, 100000, 1000000) {
        $ours = @(); $peer = @()
        foreach ($i in 1..$(if ($count -gt 100000) { 1 } else { $Rounds })) {
            $ours += seconds { if (-not (Test-KafkaTopic bench @at -MessageCount $count -Quiet)) { throw 'the test failed' } }
            $peer += seconds { consoleTools 'bench-kafka-service:9092' $count }
        }
        $rows += row "Test-KafkaTopic $count / console tools" $ours $peer $(if ($count -eq 100000) { '>= 5x' } else { '' })
    }
}

if (wanted daily) {
    toolsPod
    $tool = '/opt/kafka/bin/{0} --bootstrap-server bench-kafka-service:9092 {1}'
    # 100,000 messages of 1 KiB. kcat goes the same way: by kubectl port-forward. Noise, as letters: what compresses well flatters
    # ours, which compresses where kcat does not; of such noise zstd still takes a quarter off.
    $noise = [Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(1MB * 3 / 4))
    $data = [string[]]::new(100000); for ($i = 0; $i -lt $data.Length; $i++) { $data[$i] = $noise.Substring($i * 7919 % (1MB - 1024), 1024) }
    $file = [IO.Path]::GetTempFileName(); [IO.File]::WriteAllLines($file, $data)
    $kcat = Get-Command kcat -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    $forwards = if ($kcat) {
        $base = [int] ((& $Kubectl "--kubeconfig=$KubeConfig" -n $ns get statefulset bench-kafka -o jsonpath='{.spec.template.spec.containers[0].env[?(@.name=="TUNNEL_PORT_BASE")].value}'))
        foreach ($n in 0..2) { Start-Process $Kubectl "--kubeconfig=$KubeConfig", '-n', $ns, 'port-forward', "pod/bench-kafka-$n", "$($base + $n):9095" -PassThru -RedirectStandardOutput ([IO.Path]::GetTempFileName()) }
        Start-Sleep 3
    }
    try {
        $sent = @{ ours = @(); peer = @() }; $got = @{ ours = @(); peer = @() }
        foreach ($i in 1..$Rounds) {
            foreach ($who in 'ours', 'peer') { $null = New-KafkaTopic bench "speed-$who-$i" @at -Partition 6 }
            $sent.ours += seconds { $data | Send-KafkaMessage bench "speed-ours-$i" @at }
            $got.ours += seconds { if (@(Receive-KafkaMessage bench "speed-ours-$i" @at -FromBeginning).Count -ne 100000) { throw 'not all messages came' } }
            $sent.peer += seconds {
                if ($kcat) { & $kcat.Source -P -b "127.0.0.1:$base" -t "speed-peer-$i" -X acks=all -l $file }
                else { Get-Content $file | & $Kubectl "--kubeconfig=$KubeConfig" -n $ns exec -i tools '--' bash -c ($tool -f 'kafka-console-producer.sh', "--topic speed-peer-$i --producer-property acks=all > /dev/null") }
            }
            $got.peer += seconds {
                if ($kcat) { & $kcat.Source -C -b "127.0.0.1:$base" -t "speed-peer-$i" -o beginning -e -q }
                else { kube -n $ns exec tools '--' bash -c ($tool -f 'kafka-console-consumer.sh', "--topic speed-peer-$i --from-beginning --max-messages 100000 2> /dev/null") }
            }
        }
    }
    finally { $forwards | Where-Object { $_ } | Stop-Process }
    $name = if ($kcat) { 'kcat over kubectl port-forward' } else { 'console tools in a pod' }
    $rows += row "Send-KafkaMessage, 100,000 of 1 KiB / $name" $sent.ours $sent.peer '>= 1x'
    $rows += row "Receive-KafkaMessage, 100,000 of 1 KiB / $name" $got.ours $got.peer '>= 1x'
    [IO.File]::Delete($file)

    # a group that has read 1,000 partitions
    $null = New-KafkaTopic bench group-wide @at -Partition 1000 -ReplicationFactor 1
    kube -n $ns exec tools '--' bash -c ($tool -f 'kafka-consumer-groups.sh', '--group bench --topic group-wide --reset-offsets --to-earliest --execute > /dev/null')
    $ours = @(); $peer = @()
    foreach ($i in 1..$Rounds) {
        $ours += seconds { if ((Get-KafkaConsumerGroup bench bench @at).PartitionDetail.Count -ne 1000) { throw 'not all partitions were listed' } }
        $peer += seconds { kube -n $ns exec tools '--' bash -c ($tool -f 'kafka-consumer-groups.sh', '--describe --group bench 2> /dev/null') }
    }
    $rows += row 'Get-KafkaConsumerGroup, 1,000 partitions / kafka-consumer-groups --describe' $ours $peer ''

    # last: the removal of so many partitions keeps brokers busy for minutes
    # 10,000 partitions of one copy: their number counts, not their copies
    1..10 | ForEach-Object { "wide-$_" } | New-KafkaTopic bench @at -Partition 1000 -ReplicationFactor 1 | Out-Null
    $ours = @(); $peer = @()
    foreach ($i in 1..$Rounds) {
        $ours += seconds { if ((Get-KafkaTopic bench 'wide-*' @at).PartitionDetail.Count -ne 10000) { throw 'not all partitions were listed' } }
        $peer += seconds { kube -n $ns exec tools '--' bash -c ($tool -f 'kafka-topics.sh', '--describe') }
    }
    $rows += row 'Get-KafkaTopic, 10,000 partitions with sizes, offsets and settings / kafka-topics --describe' $ours $peer '>= 5x'
}

if ((wanted deploy) -or (wanted apply) -or (wanted topic) -or (wanted daily)) {
    gone bench
    kube -n $ns delete pod tools --ignore-not-found | Out-Null
}

if (wanted list) {
    # Hollow clusters: two sets of no pods each, with the labels that count.
    $made = 0
    $lists = { kube get --raw /metrics | Where-Object { $_ -match '^apiserver_request_total\{.*resource="(statefulsets|pods)".*verb="LIST"' } | ForEach-Object { [double] $_.Split(' ')[-1] } | Measure-Object -Sum | ForEach-Object Sum }
    foreach ($count in $Clusters.Split(',')) {
        $yaml = [Text.StringBuilder]::new()
        for (; $made -lt [int] $count; $made++) {
            foreach ($app in 'kafka', 'zookeeper') {
                $name = if ($app -eq 'kafka') { 'kafka' } else { 'zk' }
                $null = $yaml.Append("{`"apiVersion`":`"apps/v1`",`"kind`":`"StatefulSet`",`"metadata`":{`"name`":`"hollow$made-$name`",`"labels`":{`"app.kubernetes.io/part-of`":`"kafkak8s`",`"app.kubernetes.io/instance`":`"hollow$made`",`"app.kubernetes.io/name`":`"$app`"}},`"spec`":{`"replicas`":0,`"serviceName`":`"none`",`"selector`":{`"matchLabels`":{`"x`":`"hollow$made-$name`"}},`"template`":{`"metadata`":{`"labels`":{`"x`":`"hollow$made-$name`"}},`"spec`":{`"containers`":[{`"name`":`"c`",`"image`":`"docker.io/apache/kafka:3.9.2`"}]}}}}`n---`n")
            }
        }
        $file = [IO.Path]::GetTempFileName() + '.yaml'
        [IO.File]::WriteAllText($file, $yaml.ToString().TrimEnd("`n", '-'))
        kube -n $ns create -f $file | Out-Null
        $ours = @(); $peer = @()
        $before = & $lists
        $times = 5
        foreach ($i in 1..$times) { $ours += seconds { if (@(Get-KafkaCluster @at).Count -ne [int] $count) { throw 'not all clusters were listed' } } }
        $requests = ((& $lists) - $before) / $times
        foreach ($i in 1..$times) { $peer += seconds { kube -n $ns get statefulsets } }
        $rows += row "Get-KafkaCluster, $count clusters / kubectl get statefulsets" $ours $peer ('requests constant; they are {0:0.0} (others on the cluster included)' -f $requests)
    }
}

kube delete namespace $ns --wait=false | Out-Null
''
"| what | ours | peer | ours/peer | times | target | runs |"
"|---|---|---|---|---|---|---|"
foreach ($r in $rows) { "| $($r.What) | $($r.Ours) | $($r.Peer) | $($r.Ratio) | $($r.Times) | $($r.Target) | $($r.Runs) |" }
