<#
.SYNOPSIS
Finds out why a consumer group is behind, and with -SkipTo puts it further ahead.
.DESCRIPTION
1. Shows the group: its lag, its members, and the partitions that are behind.
2. Looks twice, to tell a group that catches up from one that falls behind or stands still.
3. Says what is likely: no members, fewer members than partitions, one member that holds its partitions up, or partitions without a leader.
4. With -SkipTo it resets the offsets: messages before that time are never read by the group. Stop its consumers first.
.PARAMETER Cluster
Name of the cluster.
.PARAMETER Group
Name of the group.
.PARAMETER SkipTo
Time of the first message that is to be read; older ones are skipped.
.PARAMETER Seconds
Time between the two looks, in seconds.
.EXAMPLE
./Resolve-KafkaGroupLag.ps1 demo billing
.EXAMPLE
./Resolve-KafkaGroupLag.ps1 demo billing -SkipTo (Get-Date).AddMinutes(-5) -WhatIf
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Cluster,
    [Parameter(Mandatory, Position = 1)] [string] $Group,
    [string] $Namespace,
    [string] $Context,
    [string] $KubeConfig,
    [datetime] $SkipTo,
    [ValidateRange(1, 3600)] [int] $Seconds = 10
)
$ErrorActionPreference = 'Stop'
$at = @{}
foreach ($name in 'Namespace', 'Context', 'KubeConfig') { if ($PSBoundParameters[$name]) { $at[$name] = $PSBoundParameters[$name] } }

if ($PSBoundParameters.ContainsKey('SkipTo')) {
    return Get-KafkaConsumerGroup $Cluster $Group @at | ForEach-Object {
        foreach ($topic in $_.Topics) { $_ | Reset-KafkaConsumerGroupOffset -Topic $topic -ToTimestamp $SkipTo }
    }
}

$before = Get-KafkaConsumerGroup $Cluster $Group @at
if ($before.Lag) { Start-Sleep -Seconds $Seconds }
$now = Get-KafkaConsumerGroup $Cluster $Group @at
$partitions = @($now.PartitionDetail)
$behind = @($partitions | Where-Object { $null -ne $_.Committed -and $_.End -gt $_.Committed })
$offline = @(Get-KafkaTopic $Cluster $now.Topics @at -Unavailable)
$busy = @($behind | Where-Object ClientId | Group-Object ClientId)
$why = if (-not $behind) { 'The group is not behind.' }
elseif ($offline) { "Topics have partitions without a leader: $($offline.Name -join ', '). Get-KafkaBroker $Cluster -Unhealthy shows the brokers." }
elseif ($now.Members -eq 0) { 'The group has no members: start its consumers.' }
elseif ($busy.Count -eq 1 -and $now.Members -gt 1) { "Only the partitions of $($busy[0].Name) are behind: look at this consumer." }
elseif ($now.Members -lt $partitions.Count) { "$($now.Members) members read $($partitions.Count) partitions: up to $($partitions.Count) members can share them." }
else { 'Each partition has a consumer of its own: consumers must get faster, or the topic needs more partitions (Set-KafkaTopic -Partition).' }
$trend = if (-not $now.Lag) { 'none' } elseif ($now.Lag -lt $before.Lag) { 'catches up' } elseif ($now.Lag -gt $before.Lag) { 'falls behind' } else { 'stands still' }
[pscustomobject]@{
    Group      = $now.Name
    State      = $now.State
    Members    = $now.Members
    Lag        = $now.Lag
    Trend      = $trend
    Why        = $why
    Partitions = $behind | Sort-Object { $_.End - $_.Committed } -Descending
}
