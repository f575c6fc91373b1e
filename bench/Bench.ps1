<#
.SYNOPSIS
Figures against peers, as ratios measured in one run. No tests: nothing here passes or fails.
.DESCRIPTION
Runs on the lab (lab/lab up) or on any cluster that kubectl reaches. Each row gives the medians of both sides and their ratio;
the runs of both sides take turns, so that whatever else the machine does falls on both.
Usage: bench/run [-Only deploy,apply,topic,import,list] [-Rounds 3]
#>
param([string] $KubeConfig, [string] $Kubectl, [string] $Only = 'import,apply,topic,deploy,list', [int] $Rounds = 3, [string] $Clusters = '1,10,100,1000')

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
    [pscustomobject]@{ What = $What; Ours = '{0:0.000} s' -f $a; Peer = '{0:0.000} s' -f $b; Ratio = '{0:0.00}' -f ($a / $b); Times = '{0:0.0}x' -f ($b / $a); Target = $Target; Runs = $Ours.Length }
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

if ((wanted apply) -or (wanted topic)) { $null = New-KafkaCluster bench @at }

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

if ((wanted deploy) -or (wanted apply) -or (wanted topic)) {
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
