<#
.SYNOPSIS
Makes room on volumes that fill up: keeps the messages of the largest topics for a shorter time.
.DESCRIPTION
1. Shows how full the volumes are, and the largest topics.
2. Sets retention.ms of the topics that are named, or of the largest ones, so that brokers delete what is older. Topics that keep a message
   for each key for ever (cleanup.policy=compact) and Kafka's own topics are left alone: nothing is deleted there by age.
3. Waits until the topics have become smaller. Brokers look every log.retention.check.interval.ms (5 minutes).
Messages that are older than -Keep are lost. It changes nothing while no volume is fuller than -Percent, except if -Topic is given.
Afterwards give the volumes more room (Test-KafkaCluster VolumeExpansion says whether they can grow), then take the setting back:
Set-KafkaTopic demo orders -Config @{ 'retention.ms' = $null }
.PARAMETER Cluster
Name of the cluster.
.PARAMETER Percent
How full a volume may be, in percent.
.PARAMETER Keep
How long messages are kept from now on.
.PARAMETER Topic
Topics to shorten. Without it: the largest ones, up to -Most.
.PARAMETER Most
How many of the largest topics to shorten.
.PARAMETER TimeoutSeconds
How long to wait for the brokers to delete, in seconds.
.EXAMPLE
./Clear-KafkaFullDisk.ps1 demo -Keep 12:00:00 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Cluster,
    [string] $Namespace,
    [string] $Context,
    [string] $KubeConfig,
    [ValidateRange(1, 100)] [int] $Percent = 80,
    [timespan] $Keep = '1.00:00:00',
    [string[]] $Topic,
    [ValidateRange(1, 100)] [int] $Most = 3,
    [ValidateRange(1, 86400)] [int] $TimeoutSeconds = 600
)
$ErrorActionPreference = 'Stop'
$at = @{}
foreach ($name in 'Namespace', 'Context', 'KubeConfig') { if ($PSBoundParameters[$name]) { $at[$name] = $PSBoundParameters[$name] } }

$brokers = Get-KafkaBroker $Cluster @at
$full = @($brokers | Where-Object { $_.VolumeBytes -and 100 * (1 - $_.VolumeFreeBytes / $_.VolumeBytes) -ge $Percent })
$brokers | Format-Table Id, Pod, SizeBytes, VolumeBytes, VolumeFreeBytes | Out-String | Write-Verbose
if (-not $full -and -not $Topic) {
    Write-Verbose "No volume is $Percent % full."
    return
}

$topics = if ($Topic) { Get-KafkaTopic $Cluster $Topic @at } else { Get-KafkaTopic $Cluster @at | Where-Object { -not $_.Internal } }
$largest = @($topics | Where-Object { -not $_.Config['cleanup.policy'] -or $_.Config['cleanup.policy'] -match 'delete' } |
        Sort-Object SizeBytes -Descending | Select-Object -First ($Topic ? [int]::MaxValue : $Most))
if (-not $largest) { throw "No topic of $Cluster can be shortened by age. Give the volumes more room, or remove topics (Get-KafkaTopic $Cluster | Sort-Object SizeBytes)." }

$what = ($largest | ForEach-Object { "$($_.Name) ($([Math]::Round($_.SizeBytes / 1MB)) MB)" }) -join ', '
if (-not $PSCmdlet.ShouldProcess($what, "Delete messages older than $Keep")) { return }
$null = $largest | Set-KafkaTopic -Config @{ 'retention.ms' = "$([long] $Keep.TotalMilliseconds)" } -Confirm:$false

$before = ($largest | Measure-Object SizeBytes -Sum).Sum
$end = [DateTime]::UtcNow.AddSeconds($TimeoutSeconds)
do {
    Start-Sleep -Seconds 3
    $now = Get-KafkaTopic $Cluster $largest.Name @at
} while (($now | Measure-Object SizeBytes -Sum).Sum -ge $before -and [DateTime]::UtcNow -lt $end)
if (($now | Measure-Object SizeBytes -Sum).Sum -ge $before) {
    Write-Warning "The topics have not become smaller in $TimeoutSeconds s: the newest segment of each partition stays, and brokers look every log.retention.check.interval.ms."
}
$now
