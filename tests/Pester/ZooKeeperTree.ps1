# A small client of ZooKeeper's own protocol, over kubectl's port-forward: the suites' independent look at the tree, the same for
# every version of Kafka's tools. Dot-source it after Lab.ps1. Layout of the messages: zookeeper.jute of apache/zookeeper.

$ZkOp = @{ Create = 1; Delete = 2; GetData = 4; SetData = 5; Sync = 9; GetChildren2 = 12; Auth = 100; Close = -11 }
$ZkNoNode, $ZkNoAuth = -101, -102

function ConvertTo-ZkNumber([long] $Value, [int] $Size = 4) {
    $bytes = [BitConverter]::GetBytes($Value)[0..($Size - 1)]
    [array]::Reverse($bytes)
    $bytes
}

function ConvertTo-ZkBuffer([byte[]] $Bytes) {
    ConvertTo-ZkNumber $Bytes.Length
    $Bytes
}

function ConvertTo-ZkText([string] $Text) { ConvertTo-ZkBuffer ([Text.Encoding]::UTF8.GetBytes($Text)) }

function Read-ZkNumber($Answer, [int] $Size = 4) {
    $bytes = $Answer.Bytes[$Answer.At..($Answer.At + $Size - 1)]
    $Answer.At += $Size
    [array]::Reverse($bytes)
    if ($Size -eq 8) { [BitConverter]::ToInt64([byte[]] $bytes, 0) } else { [BitConverter]::ToInt32([byte[]] $bytes, 0) }
}

function Read-ZkBuffer($Answer) {
    $length = Read-ZkNumber $Answer
    if ($length -le 0) { return , [byte[]]::new(0) }
    $bytes = [byte[]]::new($length)
    [Array]::Copy($Answer.Bytes, $Answer.At, $bytes, 0, $length)
    $Answer.At += $length
    , $bytes
}

function Send-ZkFrame($Session, [byte[]] $Body) {
    $frame = [byte[]] @(ConvertTo-ZkBuffer $Body)
    $Session.Stream.Write($frame, 0, $frame.Length)
}

function Receive-ZkFrame($Session) {
    $parts = foreach ($once in 1, 2) {
        $bytes = [byte[]]::new($(if ($once -eq 1) { 4 } else { $length }))
        for ($at = 0; $at -lt $bytes.Length; $at += $count) {
            $count = $Session.Stream.Read($bytes, $at, $bytes.Length - $at)
            if ($count -le 0) { throw "ZooKeeper server $($Session.Pod) closed the connection" }
        }
        $length = Read-ZkNumber @{ Bytes = $bytes; At = 0 }
        , $bytes
    }
    @{ Bytes = $parts[1]; At = 0 }
}

# One request; the answer's rest, with .Error.
function Invoke-Zk($Session, [int] $Operation, [byte[]] $Body = @()) {
    $id = if ($Operation -eq $ZkOp.Auth) { -4 } else { $Session.Id++; $Session.Id }
    Send-ZkFrame $Session ([byte[]] (@(ConvertTo-ZkNumber $id) + @(ConvertTo-ZkNumber $Operation) + $Body))
    do {
        $answer = Receive-ZkFrame $Session
        $whose = Read-ZkNumber $answer
        $null = Read-ZkNumber $answer 8
        $answer.Error = Read-ZkNumber $answer
    } until ($whose -eq $id)
    $answer
}

function Open-Zk {
    param([Parameter(Mandatory)] [string] $Namespace, [Parameter(Mandatory)] [string] $Pod)
    $start = [Diagnostics.ProcessStartInfo]::new()
    $start.FileName = $Lab.IsLab ? $LabTool : (Get-Command kubectl -CommandType Application)[0].Source
    foreach ($word in @(if ($Lab.IsLab) { 'kubectl' } else { '--kubeconfig', $Lab.KubeConfig }) + @('port-forward', '-n', $Namespace, "pod/$Pod", ':2181')) { $start.ArgumentList.Add($word) }
    $start.RedirectStandardOutput = $true
    $session = @{ Pod = $Pod; Id = 0; Forward = [Diagnostics.Process]::Start($start) }
    try {
        $line = $session.Forward.StandardOutput.ReadLine()
        if ($line -notmatch '127\.0\.0\.1:(\d+)') { throw "kubectl port-forward to $Pod did not start: $line" }
        $session.Client = [Net.Sockets.TcpClient]::new('127.0.0.1', [int] $Matches[1])
        $session.Client.ReceiveTimeout = 20000
        $session.Stream = $session.Client.GetStream()
        Send-ZkFrame $session ([byte[]] (@(ConvertTo-ZkNumber 0) + @(ConvertTo-ZkNumber 0 8) + @(ConvertTo-ZkNumber 30000) + @(ConvertTo-ZkNumber 0 8) + @(ConvertTo-ZkBuffer ([byte[]]::new(16))) + 0))
        $null = Receive-ZkFrame $session
        $session
    }
    catch {
        Close-Zk $session
        throw
    }
}

function Close-Zk($Session) {
    try { if ($Session.Stream) { $null = Invoke-Zk $Session $ZkOp.Close } } catch { $null = "$_" } # it is gone already
    if ($Session.Client) { $Session.Client.Dispose() }
    if (-not $Session.Forward.HasExited) { $Session.Forward.Kill() }
    $Session.Forward.Dispose()
}

function New-ZkItem($Session, [string] $Path, [string] $Text, [int] $Rights = 31, [int] $Flags = 0) {
    (Invoke-Zk $Session $ZkOp.Create ([byte[]] (@(ConvertTo-ZkText $Path) + @(ConvertTo-ZkText $Text) + @(ConvertTo-ZkNumber 1) + @(ConvertTo-ZkNumber $Rights) +
        @(ConvertTo-ZkText 'world') + @(ConvertTo-ZkText 'anyone') + @(ConvertTo-ZkNumber $Flags)))).Error
}

function Set-ZkItem($Session, [string] $Path, [string] $Text) {
    (Invoke-Zk $Session $ZkOp.SetData ([byte[]] (@(ConvertTo-ZkText $Path) + @(ConvertTo-ZkText $Text) + @(ConvertTo-ZkNumber -1)))).Error
}

function Remove-ZkItem($Session, [string] $Path) {
    (Invoke-Zk $Session $ZkOp.Delete ([byte[]] (@(ConvertTo-ZkText $Path) + @(ConvertTo-ZkNumber -1)))).Error
}

# Whether one server takes a password for the superuser's: only that one may change what everybody may only read.
function Test-ZkSuper {
    param([string] $Namespace, [string] $Pod, [string] $Password)
    $session = Open-Zk $Namespace $Pod
    try {
        $null = Invoke-Zk $session $ZkOp.Auth ([byte[]] (@(ConvertTo-ZkNumber 0) + @(ConvertTo-ZkText 'digest') + @(ConvertTo-ZkText "super:$Password")))
        $path = "/kafkak8s-test-$(Get-Random)"
        $made = New-ZkItem $session $path '' -Rights 1 -Flags 1
        if ($made -ne 0) { throw "no node could be made: $made" }
        $changed = Set-ZkItem $session $path 'x'
        if ($changed -notin 0, $ZkNoAuth) { throw "no answer to the question: $changed" }
        $changed -eq 0
    }
    finally { Close-Zk $session }
}

# Nodes that come and go by themselves, with all that is below them.
$ZkPassing = '^/zookeeper$|^/kafkak8s-|notification$|/config/changes$|/admin/delete_topics$'
# Nodes that stay while what they say changes with elections: only that they are there counts.
$ZkMoving = '/controller_epoch$|/partitions/\d+/state$|/latest_producer_id_block$|/consumers/.*/offsets/'

# Every node of the tree that outlives a session of a broker or of a tool, as 'path hash': 64 bits of the
# SHA-256 of its data.
function Get-Tree {
    param([Parameter(Mandatory)] [string] $Namespace, [Parameter(Mandatory)] [string] $Cluster, [int] $Ordinal = 0)
    $session = Open-Zk $Namespace "$($Cluster -eq 'kafka' ? '' : "$Cluster-")zk-$Ordinal"
    $hash = [Security.Cryptography.SHA256]::Create()
    try {
        $null = Invoke-Zk $session $ZkOp.Sync ([byte[]] @(ConvertTo-ZkText '/')) # a follower may be behind
        $lines = [Collections.Generic.List[string]]::new()
        $queue = [Collections.Generic.Queue[string]]::new()
        $queue.Enqueue('/')
        while ($queue.Count) {
            $path = $queue.Dequeue()
            if ($path -match $ZkPassing) { continue }
            $where = [byte[]] (@(ConvertTo-ZkText $path) + 0)
            $data = Invoke-Zk $session $ZkOp.GetData $where
            if ($data.Error -eq $ZkNoNode) { continue } # it has gone meanwhile
            if ($data.Error -ne 0) { throw "reading $path ended with $($data.Error)" }
            $bytes = Read-ZkBuffer $data
            $data.At += 44 # in the state of a node its session comes after four long and three short numbers
            if ((Read-ZkNumber $data 8) -ne 0) { continue } # ephemeral
            $lines.Add("$path $(if ($path -match $ZkMoving) { 'moves' } else { [Convert]::ToHexString($hash.ComputeHash($bytes), 0, 8) })")
            $children = Invoke-Zk $session $ZkOp.GetChildren2 $where
            if ($children.Error -ne 0) { continue }
            for ($count = Read-ZkNumber $children; $count -gt 0; $count--) { $queue.Enqueue($path.TrimEnd('/') + '/' + [Text.Encoding]::UTF8.GetString((Read-ZkBuffer $children))) }
        }
    }
    finally {
        $hash.Dispose()
        Close-Zk $session
    }
    if (-not ($lines -match '^/kafka/brokers/topics ')) { throw "the tree could not be read: $lines" }
    $lines.Sort([StringComparer]::Ordinal)
    $lines
}

# What was there before and is not any more, or has other data.
function Get-Missing {
    param([string[]] $Before, [string[]] $After)
    $Before | Where-Object { $After -notcontains $_ }
}

# One number for a whole tree.
function Get-Checksum {
    param([string[]] $Tree)
    [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($Tree -join "`n")), 0, 8)
}
