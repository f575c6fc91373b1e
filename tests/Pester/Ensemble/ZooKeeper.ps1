# What the suites on the ZooKeeper ensemble share. Dot-source it after Lab.ps1; the namespace needs the pod of Start-ToolPod.

# Exactly one leader, one configuration on every member, everything that was asked for.
function Assert-Ensemble {
    param([object[]] $Nodes, [int] $Count)
    $said = ($Nodes | ForEach-Object { "$($_.Node) $($_.Mode) $($_.InConfig) $($_.ConfigVersion) $($_.Reason)" }) -join '; '
    if ($Nodes.Count -ne $Count) { throw "$($Nodes.Count) servers, not $Count`: $said" }
    if (@($Nodes | Where-Object Mode -eq leader).Count -ne 1) { throw "not one leader: $said" }
    if (@($Nodes.ConfigVersion | Sort-Object -Unique).Count -ne 1) { throw "not one configuration: $said" }
    if (@($Nodes | Where-Object { $_.Reason -or -not $_.InConfig -or $_.Role -ne 'participant' }).Count) { throw "not all are well: $said" }
}

# Every path of the tree that outlives a session of a broker or of a tool.
function Get-Tree {
    param([string] $Namespace, [string] $Cluster)
    $paths = Invoke-Tool -Namespace $Namespace "/opt/kafka/bin/kafka-run-class.sh org.apache.zookeeper.ZooKeeperMain -server $Cluster-zk-cluster:2181 ls -R / 2>/dev/null || true" | Where-Object { $_ -match '^/' -and $_ -notmatch '^/kafkak8s-|notification/|/log_dir_event_|/controller$' }
    if (@($paths).Count -lt 20) { throw "the tree could not be read: $paths" }
    $paths | Sort-Object
}

# What was there before and is not any more.
function Get-Missing {
    param([string[]] $Before, [string[]] $After)
    $Before | Where-Object { $After -notcontains $_ }
}

# Name of each pod of a cluster -> uid and restarts.
function Get-PodUids {
    param([string] $Namespace, [string] $Cluster)
    $uids = @{}
    foreach ($pod in (Get-Kube pods -n $Namespace -l "app.kubernetes.io/instance=$Cluster").items) { $uids[$pod.metadata.name] = "$($pod.metadata.uid) $($pod.status.containerStatuses.restartCount)" }
    $uids
}

# A producer with acks=all and without retries of its own: 50 messages a second until Stop-Load; each ack is one line with its time.
function Start-Load {
    param([string] $Namespace, [string] $Cluster)
    $bootstrap = "$Cluster-kafka-service:9092"
    $null = Invoke-Tool -Namespace $Namespace "/opt/kafka/bin/kafka-topics.sh --bootstrap-server $bootstrap --create --topic load --partitions 6 --replication-factor 3 > /dev/null 2>&1; nohup /opt/kafka/bin/kafka-verifiable-producer.sh --bootstrap-server $bootstrap --topic load --acks -1 --throughput 50 --repeating-keys 6 > /tmp/load 2> /tmp/load.err & echo started"
    Wait-Until -Seconds 60 -For 'the first acknowledgement' { (Invoke-Tool -Namespace $Namespace 'grep -c producer_send_success /tmp/load || true') -match '[1-9]' }
}

function Stop-Load {
    param([string] $Namespace)
    # the tool ends on SIGTERM by writing its totals
    $null = Invoke-Tool -Namespace $Namespace 'for p in /proc/[0-9]*; do [[ $(readlink "$p/exe") != */java ]] || kill -TERM "${p##*/}"; done; for i in {1..50}; do grep -q tool_data /tmp/load && break; sleep 0.2; done; true'
    $times = [Collections.Generic.List[long]]::new()
    $errors = [Collections.Generic.List[string]]::new()
    $total = $null
    foreach ($line in Invoke-Tool -Namespace $Namespace 'cat /tmp/load') {
        if ($line -match '"producer_send_success"' -and $line -match '"timestamp":(\d+)') { $times.Add([long] $Matches[1]) }
        elseif ($line -match '"producer_send_error"') { $errors.Add($line) }
        elseif ($line -match '"tool_data"') { $total = $line | ConvertFrom-Json }
    }
    $longest = 0
    for ($i = 1; $i -lt $times.Count; $i++) { if ($times[$i] - $times[$i - 1] -gt $longest) { $longest = $times[$i] - $times[$i - 1] } }
    [pscustomobject]@{ Sent = $total.sent; Acked = $total.acked; Errors = $errors; LongestPause = $longest }
}
