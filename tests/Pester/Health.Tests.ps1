# Test-KafkaCluster on a cluster as New-KafkaCluster makes it, and the operator Should -BeHealthyKafka.

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
