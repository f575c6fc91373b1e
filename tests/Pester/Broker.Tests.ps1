# Brokers: what Get-KafkaBroker shows is what Kubernetes, Kafka and ZooKeeper say; a restart by hand of the one that matters most.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Brokers' -Tag Lab -Skip:(-not $Lab.HasTunnel) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        . $PSScriptRoot/ZooKeeperTree.ps1
        $ns = Open-Lab broker
        $at = @{ Namespace = $ns }
        $null = New-KafkaCluster demo @at -ZooKeeperCount 1 -Ephemeral -WarningAction SilentlyContinue
        $null = New-KafkaTopic demo orders @at -Partition 6 -ReplicationFactor 3
        function Get-BrokerUid { (Get-Kube pods -n $ns -l app.kubernetes.io/name=kafka).items | Sort-Object { $_.metadata.name } | ForEach-Object { $_.metadata.uid } }
    }

    AfterAll { Close-Lab $ns }

    It 'shows each broker at its place, and the controller that ZooKeeper names' {
        $brokers = @(Get-KafkaBroker demo @at)
        $brokers.Id | Should -Be @(0, 1, 2)
        $brokers.Status | Should -Be @('Healthy', 'Healthy', 'Healthy')
        $brokers.Node | Should -Be @((Get-Kube pods -n $ns -l app.kubernetes.io/name=kafka).items | Sort-Object { $_.metadata.name } | ForEach-Object { $_.spec.nodeName })
        $session = Open-Zk $ns demo-zk-0
        try { $told = [Text.Encoding]::UTF8.GetString((Read-ZkBuffer (Invoke-Zk $session $ZkOp.GetData ([byte[]] (@(ConvertTo-ZkText '/kafka/controller') + 0))))) }
        finally { Close-Zk $session }
        ($brokers | Where-Object IsController).Id | Should -Be ($told | ConvertFrom-Json).brokerid
        $brokers.Version | Sort-Object -Unique | Should -Be ((Get-KafkaCluster demo @at).KafkaVersion)
    }

    It 'counts leaders and copies, and reads the disk' {
        $brokers = @(Get-KafkaBroker demo @at)
        ($brokers | Measure-Object Leaders -Sum).Sum | Should -Be 6
        ($brokers | Measure-Object Copies -Sum).Sum | Should -Be 18
        ($brokers | Measure-Object OutOfSync -Sum).Sum | Should -Be 0
        $brokers.SizeBytes | Should -Not -Contain $null
        if ($Lab.Kafka -ge [version] '3.3') {
            $blocks, $each = "$(Invoke-InPod -Namespace $ns demo-kafka-1 'stat -f -c "%b %S" /var/lib/kafka/data')".Trim() -split ' '
            $brokers[1].VolumeBytes | Should -Be ([long] $blocks * [long] $each)
            $brokers[1].UsedPercent | Should -BeIn (0..100)
        }
    }

    It 'plans a restart, names what it brings about, and changes nothing' {
        $before = Get-BrokerUid
        $null = Set-KafkaTopic demo orders @at -Config @{ 'min.insync.replicas' = 3 } -Confirm:$false
        $plan = @(Restart-KafkaBroker demo @at -WhatIf)
        $plan.Action | Should -Be @('Restart', 'Restart', 'Restart')
        $plan[-1].Name | Should -Be (Get-KafkaBroker demo @at | Where-Object IsController).Pod
        $plan.Risk | Should -BeLike '*orders-*will be unavailable to producers with acks=all*'
        $null = Set-KafkaTopic demo orders @at -Config @{ 'min.insync.replicas' = $null } -Confirm:$false
        (Restart-KafkaBroker demo @at -WhatIf).Risk | Should -Be @('', '', '')
        Get-BrokerUid | Should -Be $before
    }

    It 'restarts the controller and no other, and all copies are in sync afterwards' {
        $before = Get-BrokerUid
        $controller = Get-KafkaBroker demo @at | Where-Object IsController
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $after = $controller | Restart-KafkaBroker -Confirm:$false
        Write-Host ('    restart of the controller: {0:0.0} s' -f $clock.Elapsed.TotalSeconds)
        $after.Id | Should -Be $controller.Id
        $after.Status | Should -Be 'Healthy'
        $changed = @(0..2 | Where-Object { (Get-BrokerUid)[$_] -ne $before[$_] })
        $changed | Should -Be $controller.Id
        $brokers = @(Get-KafkaBroker demo @at)
        ($brokers | Measure-Object UnderReplicated -Sum).Sum | Should -Be 0
        $brokers.Ready | Should -Be @($true, $true, $true)
        @($brokers | Where-Object IsController) | Should -HaveCount 1
        $late = kubectl exec -n $ns demo-kafka-0 -c kafka '--' env KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-topics.sh --bootstrap-server localhost:9092 --describe --under-replicated-partitions
        "$late".Trim() | Should -BeNullOrEmpty
    }

    It 'refuses a broker that is not there, and ZooKeeper servers' {
        { Restart-KafkaBroker demo 9 @at -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.BrokerNotFound,*'
        { Get-ZooKeeperNode demo @at | Restart-KafkaBroker -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.OtherNode,*'
    }
}
