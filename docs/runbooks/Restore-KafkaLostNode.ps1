<#
.SYNOPSIS
Brings pods back that wait for a node which is gone for good.
.DESCRIPTION
Kubernetes does not start a pod of a StatefulSet anew while it cannot know that the old one has ended: two brokers on one volume would
destroy its data. Only a human can know. This runbook
1. finds the cluster's pods on nodes that do not answer,
2. asks whether these nodes are off for good (powered off, or deleted at the cloud): answer yes only if you have seen it,
3. removes these pods by force, so that they start on other nodes, and with -DiscardVolume their claims too, if the volumes died with the
   node (local disks): Kafka copies the partitions anew from the other brokers,
4. waits until the cluster is healthy.
.PARAMETER Cluster
Name of the cluster.
.PARAMETER DiscardVolume
The volumes were on the node and are gone with it.
.PARAMETER TimeoutSeconds
How long to wait for the cluster, in seconds.
.EXAMPLE
./Restore-KafkaLostNode.ps1 demo -Namespace kafka -WhatIf
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Cluster,
    [string] $Namespace,
    [string] $Context,
    [string] $KubeConfig,
    [switch] $DiscardVolume,
    [ValidateRange(1, 86400)] [int] $TimeoutSeconds = 900
)
$ErrorActionPreference = 'Stop'
$at = @{}
foreach ($name in 'Namespace', 'Context', 'KubeConfig') { if ($PSBoundParameters[$name]) { $at[$name] = $PSBoundParameters[$name] } }
$ns = (Get-KafkaCluster $Cluster @at -WarningAction SilentlyContinue).Namespace
$kube = @('-n', $ns)
if ($Context) { $kube += "--context=$Context" }
if ($KubeConfig) { $kube += "--kubeconfig=$KubeConfig" }

$dark = @((kubectl @kube get nodes -o json | Out-String | ConvertFrom-Json).items |
        Where-Object { ($_.status.conditions | Where-Object type -EQ Ready).status -ne 'True' } | ForEach-Object { $_.metadata.name })
$pods = @((kubectl @kube get pods -l "app.kubernetes.io/instance=$Cluster" -o json | Out-String | ConvertFrom-Json).items |
        Where-Object { $_.spec.PSObject.Properties['nodeName'] -and $_.spec.nodeName -in $dark })
if (-not $pods) {
    Write-Verbose 'No pod of the cluster is on a node that does not answer.'
    return Get-KafkaCluster $Cluster @at
}

foreach ($pod in $pods) {
    $name = $pod.metadata.name
    if (-not $PSCmdlet.ShouldProcess("$name on $($pod.spec.nodeName), which does not answer", 'Start on another node: only if this node is off for good')) { continue }
    if ($DiscardVolume) {
        foreach ($volume in @($pod.spec.volumes | Where-Object { $_.PSObject.Properties['persistentVolumeClaim'] })) {
            $null = kubectl @kube delete pvc $volume.persistentVolumeClaim.claimName --wait=false
        }
    }
    $null = kubectl @kube delete pod $name --grace-period=0 --force
}
if ($WhatIfPreference) { return }
$null = Wait-KafkaCluster $Cluster @at -TimeoutSeconds $TimeoutSeconds
Test-KafkaCluster $Cluster @at -Severity Critical, Warning
Get-KafkaCluster $Cluster @at
