<#
.SYNOPSIS
Makes a cluster, proves that it works, and leaves the evidence in a file.
.DESCRIPTION
1. New-KafkaCluster: makes what is missing, changes what differs, waits until all copies are in sync.
2. Test-KafkaTopic: sends numbered messages through every broker and reads them back.
3. Test-KafkaCluster: asks Kubernetes, the brokers and ZooKeeper for risks.
It can be run again at any time. It fails if a message was lost or a check is above Info.
.PARAMETER Cluster
Name of the cluster.
.PARAMETER Setting
Parameters for New-KafkaCluster, such as @{ BrokerCount = 5; StorageSize = '100Gi' }.
.PARAMETER Report
File for the checks, as JSON.
.EXAMPLE
./Deploy-KafkaVerified.ps1 demo -Namespace kafka -Setting @{ StorageSize = '100Gi' } -Report demo.json
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Cluster,
    [string] $Namespace,
    [string] $Context,
    [string] $KubeConfig,
    [hashtable] $Setting = @{},
    [string] $Report
)
$ErrorActionPreference = 'Stop'
$at = @{}
foreach ($name in 'Namespace', 'Context', 'KubeConfig') { if ($PSBoundParameters[$name]) { $at[$name] = $PSBoundParameters[$name] } }

if ($WhatIfPreference) { return New-KafkaCluster $Cluster @at @Setting }

$null = New-KafkaCluster $Cluster @at @Setting
$verification = Test-KafkaTopic $Cluster @at
if (-not $verification.Passed) { throw "Kafka does not work as it should: $($verification.Reason)" }

$checks = Test-KafkaCluster $Cluster @at
if ($Report) { $checks | ConvertTo-Json -Depth 4 | Set-Content -Path $Report }
$risks = @($checks | Where-Object Severity -In Critical, Warning)
if ($risks) { throw "The cluster works, but at risk: $(($risks | ForEach-Object { "$($_.Check): $($_.Evidence)" }) -join '; ')" }
Get-KafkaCluster $Cluster @at
