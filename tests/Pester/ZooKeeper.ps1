# What the suites on the ZooKeeper ensemble share. Dot-source it after Lab.ps1; a producer needs the pod of Start-ToolPod.
#
#   KAFKAK8S_TEST_ZOOKEEPER   image of ZooKeeper for the clusters of these suites; without it: the module's own default

. $PSScriptRoot/ZooKeeperTree.ps1

# Parameters for a cluster as small as it can be.
function Get-SmallCluster {
    param([Parameter(Mandatory)] [string] $Namespace)
    $small = @{ Namespace = $Namespace; ZooKeeperMemory = '256Mi'; BrokerMemory = '512Mi'; ZooKeeperCpu = '10m'; BrokerCpu = '10m'; WarningAction = 'SilentlyContinue' }
    if ($env:KAFKAK8S_TEST_ZOOKEEPER) { $small.ZooKeeperImage = $env:KAFKAK8S_TEST_ZOOKEEPER }
    $small
}

# Exactly one leader, one configuration on every member, everything that was asked for.
function Assert-Ensemble {
    param([object[]] $Nodes, [int] $Count)
    $said = ($Nodes | ForEach-Object { "$($_.Node) $($_.Mode) $($_.InConfig) $($_.ConfigVersion) $($_.Reason)" }) -join '; '
    if ($Nodes.Count -ne $Count) { throw "$($Nodes.Count) servers, not $Count`: $said" }
    if (@($Nodes | Where-Object Mode -eq leader).Count -ne 1) { throw "not one leader: $said" }
    if (@($Nodes.ConfigVersion | Sort-Object -Unique).Count -ne 1) { throw "not one configuration: $said" }
    if (@($Nodes | Where-Object { $_.Reason -or -not $_.InConfig -or $_.Role -ne 'participant' }).Count) { throw "not all are well: $said" }
}

# The same, once servers that were killed from outside are back.
function Assert-EnsembleSoon {
    param([string] $Namespace, [string] $Cluster, [int] $Count)
    Wait-Until -Seconds 180 -For 'all servers to be well' {
        $nodes = @(Get-ZooKeeperNode $Cluster -Namespace $Namespace)
        $nodes.Count -eq $Count -and -not @($nodes | Where-Object Reason).Count
    }
    Assert-Ensemble (Get-ZooKeeperNode $Cluster -Namespace $Namespace) $Count
}

# A topic with settings of its own, so that the tree has something to lose.
function New-Topic {
    param([string] $Namespace, [string] $Cluster, [string] $Topic, [int] $Copies = 3)
    $null = Invoke-Tool -Namespace $Namespace "/opt/kafka/bin/kafka-topics.sh $((Get-ToolFlags $Cluster).Topics) --create --topic $Topic --partitions 6 --replication-factor $Copies --config retention.ms=7200000 2> /dev/null"
}

# Name of each pod of a cluster -> uid and restarts.
function Get-PodUids {
    param([string] $Namespace, [string] $Cluster)
    $uids = @{}
    foreach ($pod in (Get-Kube pods -n $Namespace -l "app.kubernetes.io/instance=$Cluster").items) { $uids[$pod.metadata.name] = "$($pod.metadata.uid) $($pod.status.containerStatuses.restartCount)" }
    $uids
}

# A producer with acks=all and without retries of its own: 50 messages a second until Stop-Load. Each line that it prints, which is an
# acknowledgement or an error, gets its time in microseconds.
function Start-Load {
    param([string] $Namespace, [string] $Cluster)
    $bootstrap = "$($Cluster -eq 'kafka' ? '' : "$Cluster-")kafka-service:9092"
    $new = $Lab.HasTunnel ? "--bootstrap-server $bootstrap --repeating-keys 6" : "--broker-list $bootstrap"
    $tool = "/opt/kafka/bin/kafka-run-class.sh org.apache.kafka.tools.VerifiableProducer $new --topic load --acks -1 --throughput 50 2> /tmp/load.err"
    $stamp = 'while IFS= read -r line; do echo "${EPOCHREALTIME/[.,]/} $line"; done'
    $null = Invoke-Tool -Namespace $Namespace "nohup bash -c '$tool | $stamp' > /tmp/load 2> /dev/null < /dev/null & echo started"
    Wait-Until -Seconds 120 -For 'the first acknowledgement' { (Invoke-Tool -Namespace $Namespace 'grep -c producer_send_success /tmp/load || true') -match '^[1-9]' }
}

function Stop-Load {
    param([string] $Namespace)
    # the tool ends on SIGTERM by writing its totals
    $null = Invoke-Tool -Namespace $Namespace 'for p in /proc/[0-9]*; do [[ $(readlink "$p/exe") != */java ]] || kill -TERM "${p##*/}"; done; for i in {1..100}; do grep -q tool_data /tmp/load && break; sleep 0.2; done; true'
    $times = [Collections.Generic.List[long]]::new()
    $errors = [Collections.Generic.List[string]]::new()
    $total = $null
    foreach ($line in Invoke-Tool -Namespace $Namespace 'cat /tmp/load') {
        if ($line -match '^(\d+) .*"producer_send_success"') { $times.Add([long] $Matches[1]) }
        elseif ($line -match '"producer_send_error"') { $errors.Add($line) }
        elseif ($line -match '"tool_data"') { $total = $line -replace '^\d+ ' | ConvertFrom-Json }
    }
    $longest = 0
    for ($i = 1; $i -lt $times.Count; $i++) { if ($times[$i] - $times[$i - 1] -gt $longest) { $longest = $times[$i] - $times[$i - 1] } }
    [pscustomobject]@{ Sent = $total.sent; Acked = $total.acked; Errors = $errors; LongestPause = [int] ($longest / 1000) }
}

# The name of the server that leads, as soon as one does.
function Get-Leader {
    param([string] $Namespace, [string] $Cluster)
    Wait-Until -Seconds 60 -For 'a leader' { ($script:leader = (Get-ZooKeeperNode $Cluster -Namespace $Namespace | Where-Object Mode -eq leader).Node) }
    $script:leader
}

# Ends a server without a word: its process ('process'; the container starts again in the same pod), or its whole pod ('pod').
function Stop-Server {
    param([string] $Namespace, [string] $Pod, [string] $How = 'pod')
    if ($How -eq 'pod' -or -not $Lab.IsLab) {
        $null = kubectl delete pod $Pod -n $Namespace --grace-period=0 --force --wait=false
        return
    }
    $live = Get-Kube pod $Pod -n $Namespace
    $find = "for p in /proc/[0-9]*; do [[ `$(readlink `$p/exe) = */java ]] && grep -q $($live.metadata.uid) `$p/cgroup && kill -KILL `${p##*/} && echo killed; done; true"
    $said = & $LabTool node ($live.spec.nodeName -replace '\D') bash -c $find 2>&1
    if ("$said" -notmatch 'killed') { throw "the process of $Pod was not found: $said" }
}

# Runs a command in the background until it has said (verbose) something for the n-th time, then does something else.
function Invoke-Until {
    param([string] $Namespace, [string] $Command, [string] $Said, [int] $Time = 1, [scriptblock] $Then)
    $job = Start-Background "param(`$Space) `$VerbosePreference = 'Continue'; $Command -Namespace `$Space" @{ Space = $Namespace }
    try {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        while (@($job.Shell.Streams.Verbose | Where-Object { "$_" -like "$Said*" }).Count -lt $Time) {
            if ($job.Run.IsCompleted) { throw "'$Command' ended before it said '$Said': $($job.Shell.Streams.Error -join '; ')" }
            if ($clock.Elapsed.TotalSeconds -gt 240) { throw "'$Command' did not say '$Said' within 240 s" }
            Start-Sleep -Milliseconds 50
        }
        & $Then $job
        $job
    }
    catch {
        $job.Shell.Stop()
        throw
    }
}

# The same in a process of its own, which is killed then: no cleanup runs.
function Invoke-Killed {
    param([string] $Namespace, [string] $Command, [string] $Said)
    $start = [Diagnostics.ProcessStartInfo]::new($Pwsh[0])
    foreach ($word in $Pwsh[1..9] + '-Command' + "Import-Module '$ModuleFolder'; $Command -Namespace $Namespace -Verbose 4>&1 | ForEach-Object { `"`$_`" }") { $start.ArgumentList.Add($word) }
    $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    try {
        $heard = [Collections.Generic.List[string]]::new()
        while ($null -ne ($line = $process.StandardOutput.ReadLine())) {
            $heard.Add($line)
            if ($line -like "*$Said*") { $process.Kill(); break }
        }
        if (-not $process.WaitForExit(10000)) { throw "process $($process.Id) cannot be killed" }
        if ($null -eq $line) { throw "'$Command' ended before it said '$Said': $($heard -join '; ')" }
    }
    finally { $process.Dispose() }
}

# Brings an ensemble to a size, whatever a failed test left; does nothing where it is well.
function Set-Ensemble {
    param([string] $Namespace, [string] $Cluster, [int] $Count)
    Wait-Until -Seconds 180 -For 'all members to serve' { -not @(Get-ZooKeeperNode $Cluster -Namespace $Namespace | Where-Object { $_.InConfig -ne $false -and ($_.Reason -or -not $_.InConfig) }).Count }
    Wait-Until -Seconds 40 -For 'the last holder to be gone' { try { $null = Get-Busy $Namespace $Cluster; $true } catch { $false } }
    $members = @(Get-ZooKeeperNode $Cluster -Namespace $Namespace | Where-Object InConfig).Count
    $null = kubectl annotate statefulset "$Cluster-zk" -n $Namespace kafkak8s.io/ensemble-change-
    if ($members -lt $Count) { $null = Add-ZooKeeperNode $Cluster -Count ($Count - $members) -Force -Namespace $Namespace }
    if ($members -gt $Count) { $null = Remove-ZooKeeperNode $Cluster -Count ($members - $Count) -Force -DeleteData -Confirm:$false -Namespace $Namespace }
    $null = kubectl scale statefulset "$Cluster-zk" "--replicas=$Count" -n $Namespace
    Assert-EnsembleSoon $Namespace $Cluster $Count
}

function Get-Busy {
    param([string] $Namespace, [string] $Cluster)
    $note = (Get-Kube statefulset "$Cluster-zk" -n $Namespace).metadata.annotations.'kafkak8s.io/ensemble-change'
    if ($note -and ($held = $note | ConvertFrom-Json).holder -and [datetimeoffset]::UtcNow - [datetimeoffset] $held.renewed -lt [timespan]::FromSeconds(20)) { throw "$note" }
    $note
}

# One cell of a matrix: runs it, prints its outcome, and lets a failure through.
function Invoke-Cell {
    param([string] $Title, [scriptblock] $Do)
    $clock = [Diagnostics.Stopwatch]::StartNew()
    try {
        $outcome = & $Do
        Write-Host ("    | {0} | {1} | {2:0} s |" -f $Title, $outcome, $clock.Elapsed.TotalSeconds)
    }
    catch {
        Write-Host ("    | {0} | FAILED: {1} | {2:0} s |" -f $Title, "$_".Split("`n")[0], $clock.Elapsed.TotalSeconds)
        throw
    }
}

function Get-Password {
    param([string] $Namespace, [string] $Cluster)
    $prefix = $Cluster -eq 'kafka' ? '' : "$Cluster-"
    [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String((Get-Kube secret "${prefix}zk-reconfig" -n $Namespace).data.password))
}

# Every server takes the present password and none the former one, which is not kept either.
function Assert-Credential {
    param([string] $Namespace, [string] $Cluster, [string] $Former)
    $prefix = $Cluster -eq 'kafka' ? '' : "$Cluster-"
    $keys = (Get-Kube secret "${prefix}zk-reconfig" -n $Namespace).data.PSObject.Properties.Name
    if ($keys -contains 'previousPassword') { throw 'the former password is still in the Secret' }
    $password = Get-Password $Namespace $Cluster
    if ($password -eq $Former) { throw 'the password is still the same' }
    foreach ($node in Get-ZooKeeperNode $Cluster -Namespace $Namespace) {
        if (-not (Test-ZkSuper $Namespace $node.Node $password)) { throw "$($node.Node) does not take the present password" }
        if ($Former -and (Test-ZkSuper $Namespace $node.Node $Former)) { throw "$($node.Node) still takes the former password" }
    }
}
