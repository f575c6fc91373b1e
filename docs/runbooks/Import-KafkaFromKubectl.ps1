<#
.SYNOPSIS
Takes over a cluster that was applied with kubectl, so that the module runs it from now on.
.DESCRIPTION
1. Shows what would change, and who owns fields that differ.
2. Takes the fields over (-Force) after a question, and keeps all values that -Setting does not name.
3. Waits until all copies are in sync, and sends messages through every broker.
Pods restart only if their template changes: the plan says which.
.PARAMETER Cluster
Name of the cluster: the part of the objects' names before -zk and -kafka; kafka for the manifests as they come.
.PARAMETER Setting
Parameters for New-KafkaCluster that describe the cluster as it stands, such as @{ BrokerCount = 3 }.
.EXAMPLE
./Import-KafkaFromKubectl.ps1 kafka -Namespace shop -WhatIf
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    [Parameter(Position = 0)] [string] $Cluster = 'kafka',
    [string] $Namespace,
    [string] $Context,
    [string] $KubeConfig,
    [hashtable] $Setting = @{}
)
$ErrorActionPreference = 'Stop'
$at = @{}
foreach ($name in 'Namespace', 'Context', 'KubeConfig') { if ($PSBoundParameters[$name]) { $at[$name] = $PSBoundParameters[$name] } }

$plan = @(New-KafkaCluster $Cluster @at @Setting -Force -WhatIf)
if ($WhatIfPreference) { return $plan }
$steps = ($plan | Group-Object Action | ForEach-Object { "$($_.Count) $($_.Name)" }) -join ', '
if ($plan -and -not $PSCmdlet.ShouldProcess($Cluster, "Take over: $steps")) { return }
$null = New-KafkaCluster $Cluster @at @Setting -Force -Confirm:$false
$verification = Test-KafkaTopic $Cluster @at
if (-not $verification.Passed) { throw "Kafka does not work as it should: $($verification.Reason)" }
Get-KafkaCluster $Cluster @at
