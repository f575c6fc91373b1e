# Test-KafkaCluster and Test-KafkaListener on a cluster as New-KafkaCluster makes it, and the operator Should -BeHealthyKafka.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Health' -Tag Lab -Skip:(-not $Lab.HasTunnel) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab health
        $at = @{ Namespace = $ns }
        . "$ModuleFolder/Pester/KafkaK8s.Should.ps1"
        $null = New-KafkaCluster demo @at -WarningAction SilentlyContinue
    }

    AfterAll { Close-Lab $ns }

    It 'finds nothing above Info on a cluster as New-KafkaCluster makes it' {
        $checks = Test-KafkaCluster demo @at
        $checks | Where-Object Severity -In Critical, Warning | ForEach-Object { "$_" } | Should -BeNullOrEmpty
        $checks | Where-Object Severity -EQ Info | ForEach-Object { Write-Host "      $_" }
        $checks.Count | Should -BeGreaterThan 30
        Test-KafkaCluster demo @at -Quiet | Should -BeTrue
        'demo' | Should -BeHealthyKafka @at
        Get-KafkaCluster demo @at | Should -BeHealthyKafka
    }

    It 'is done within 2 seconds' {
        $times = 1..5 | ForEach-Object { (Measure-Command { Test-KafkaCluster demo @at }).TotalMilliseconds }
        Write-Host "      Test-KafkaCluster, 3+3, warm: $(($times | Sort-Object | ForEach-Object { [int] $_ }) -join ', ') ms"
        ($times | Sort-Object)[2] | Should -BeLessThan 2000
    }

    It 'finds topics that a single failure stops or loses' {
        $null = New-KafkaTopic demo alone @at -Partition 3 -ReplicationFactor 1
        $null = New-KafkaTopic demo strict @at -Partition 3 -Config @{ 'min.insync.replicas' = '3' }
        $found = Test-KafkaCluster demo @at ReplicationFactor, MinInSyncReplicas
        $found.Severity | Should -Be @('Warning', 'Warning')
        ($found | Where-Object Check -EQ ReplicationFactor).Target | Should -Be 'alone'
        ($found | Where-Object Check -EQ MinInSyncReplicas).Target | Should -Be @('alone', 'strict')
        Test-KafkaCluster demo @at -Quiet | Should -BeFalse
        { 'demo' | Should -BeHealthyKafka @at } | Should -Throw '*Warning ReplicationFactor: 1 topic with fewer than 3 copies: alone*Get-KafkaTopic demo alone*'
        'demo' | Should -Not -BeHealthyKafka @at
        # The remedy that is a change mends it.
        Invoke-Expression (Test-KafkaCluster demo @at MinInSyncReplicas).Remedy.Replace('alone', 'strict').Replace("'1'", "'2'") | Out-Null
        (Test-KafkaCluster demo @at MinInSyncReplicas).Target | Should -Be 'alone'
        Remove-KafkaTopic demo alone, strict @at -Confirm:$false
        'demo' | Should -BeHealthyKafka @at -Check ReplicationFactor, MinInSyncReplicas
    }

    It 'writes a report of the whole cluster that is well-formed and has every section' {
        $null = New-KafkaTopic demo reported @at -Partition 3
        1..20 | Send-KafkaMessage demo reported @at
        # A group that has read a half of it.
        $null = kubectl exec -n $ns demo-kafka-0 -c kafka '--' env KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-console-consumer.sh `
            --bootstrap-server localhost:9092 --topic reported --group readers --from-beginning --max-messages 10 --timeout-ms 60000 2>&1
        $file = Join-Path $TestDrive report.html
        & {
            Get-KafkaCluster demo @at
            Get-KafkaBroker demo @at
            Get-ZooKeeperNode demo @at
            Test-KafkaCluster demo @at
            Test-KafkaTopic demo @at -MessageCount 3000
            Get-KafkaTopic demo @at
            Get-KafkaConsumerGroup demo @at
            Get-KafkaLog demo @at -Tail 3
        } | Export-KafkaReport $file
        $page = [xml] (Get-Content $file -Raw)
        $page.SelectNodes('//h2').InnerText | Should -Be @('Summary', 'Topology', 'Checks', 'Verification', 'Topics', 'Consumer groups',
            'Log records')
        $page.SelectNodes("//table[caption='Brokers of demo']/tbody/tr").Count | Should -Be 3
        $page.SelectNodes("//table[caption='ZooKeeper servers of demo']/tbody/tr").Count | Should -Be 3
        $page.SelectNodes("//section[@id='topics']//tbody/tr/th").InnerText | Should -Contain 'reported'
        $page.SelectNodes("//section[@id='groups']//tbody/tr/th").InnerText | Should -Contain 'readers'
        $page.SelectNodes('//svg').Count | Should -BeGreaterOrEqual 3
        $page.SelectNodes('//script').Count | Should -Be 0
        $page.SelectNodes('//@src | //link').Count | Should -Be 0
        Write-Host "      a report of demo: $([int] ((Get-Item $file).Length / 1KB)) KiB"
        Remove-KafkaTopic demo reported @at -Confirm:$false
    }

    It 'reaches every listener through the tunnel, and takes the names of the inside for what they are' {
        $rows = Test-KafkaListener demo @at
        $rows | Where-Object IsProblem | ForEach-Object { "$_" } | Should -BeNullOrEmpty
        ($rows | Where-Object From -EQ Tunnel | ForEach-Object { "$($_.Broker) $($_.Listener) $($_.Verdict)" }) |
            Should -Be (0..2 | ForEach-Object { "$_ INTERNAL Reached"; "$_ TUNNEL Reached" })
        ($rows | Where-Object { $_.From -eq 'Tunnel' -and $_.Listener -eq 'INTERNAL' }).Advertised |
            Should -Be (0..2 | ForEach-Object { "demo-kafka-$_.demo-kafka-headless.$ns.svc:9092" })
        # Each was asked whether it is the broker that is meant; before Kafka 1.1 none can say it.
        if ($Lab.Kafka -ge [version] '1.1') {
            ($rows | Where-Object From -EQ Tunnel).Reason | Should -Be (0..2 | ForEach-Object { "broker $_ answers"; "broker $_ answers" })
        }
        Test-KafkaListener demo @at -Quiet | Should -BeTrue
        $times = 1..5 | ForEach-Object { (Measure-Command { Test-KafkaListener demo @at }).TotalMilliseconds }
        Write-Host "      Test-KafkaListener, 3+3, warm: $(($times | Sort-Object | ForEach-Object { [int] $_ }) -join ', ') ms"
        ($times | Sort-Object)[2] | Should -BeLessThan 2000
    }

    It 'reaches every broker by its name from a pod, which goes again; and a name that is gone is named' {
        $rows = Test-KafkaListener demo @at -FromPod
        $inside = $rows | Where-Object { $_.From -eq 'Pod' -and $_.Listener -eq 'INTERNAL' }
        $inside.Verdict | Should -Be @('Reached', 'Reached', 'Reached')
        $inside.Resolved | Should -Be (0..2 | ForEach-Object { (Get-Kube pod "demo-kafka-$_" -n $ns).status.podIP })
        ($rows | Where-Object { $_.From -eq 'Pod' -and $_.Listener -eq 'TUNNEL' }).Verdict | Sort-Object -Unique | Should -Be 'NotMeant'
        Wait-Until -Seconds 30 -For 'the pod to be gone' { -not (Get-Kube pod -n $ns -l app.kubernetes.io/name=console-tools).items }

        $null = kubectl delete service demo-kafka-headless -n $ns
        try {
            # Name servers keep what they have answered for some seconds.
            Wait-Until -Seconds 120 -For 'names that are gone' {
                $script:lost = Test-KafkaListener demo @at -FromPod | Where-Object { $_.From -eq 'Pod' -and $_.Listener -eq 'INTERNAL' }
                @($lost.Verdict | Where-Object { $_ -ne 'NameUnresolved' }).Count -eq 0
            }
            $lost[0].Reason | Should -BeLike "demo-kafka-0.demo-kafka-headless.$ns.svc does not resolve: *"
            $lost[0].Remedy | Should -Be "New-KafkaCluster demo -WhatIf -Namespace $ns"
            (Invoke-Expression $lost[0].Remedy | Where-Object Kind -EQ Service | Where-Object Action -EQ Create).Name | Should -Be 'demo-kafka-headless'
        }
        finally { $null = New-KafkaCluster demo @at -Confirm:$false }
        Wait-Until -Seconds 120 -For 'names again' { Test-KafkaListener demo @at -FromPod -Quiet }
        Wait-Until -Seconds 120 -For 'health' { Test-KafkaCluster demo @at -Quiet }
    }

    It 'says that writes are refused, at the broker that leads' {
        $null = New-KafkaTopic demo strict @at -Partition 1 -ReplicationFactor 1 -Config @{ 'min.insync.replicas' = '2' }
        try {
            $leader = (Get-KafkaTopic demo strict @at).PartitionDetail[0].Leader
            $refusing = Test-KafkaListener demo @at | Where-Object Verdict -EQ MinIsr
            $refusing.Broker | Sort-Object -Unique | Should -Be $leader
            $refusing[0].Reason | Should -BeLike '*refuses writes with acks=all to 1 partition*such as strict-0:*'
            $refusing.Reached | Sort-Object -Unique | Should -BeTrue
        }
        finally { Remove-KafkaTopic demo strict @at -Confirm:$false }
    }

    It 'finds a broker that is gone, and no longer when it is back' {
        $null = New-KafkaTopic demo orders @at -Partition 3
        $null = kubectl delete pod demo-kafka-1 -n $ns --wait=true
        $found = Test-KafkaCluster demo @at -Severity Critical, Warning
        $found.Check | Should -Contain 'BrokersAnswer'
        ($found | Where-Object Check -EQ PodsReady).Target | Should -Be 'demo-kafka-1'
        ($found | Where-Object Check -EQ BrokersAnswer).Target | Should -Be 'broker 1'
        $null = Wait-KafkaCluster demo @at -TimeoutSeconds 120
        Wait-Until -Seconds 60 -For 'health' { Test-KafkaCluster demo @at -Quiet }
        'demo' | Should -BeHealthyKafka @at
    }
}
