# The scripts of docs/runbooks, each in the situation that it is for.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Runbooks' -Tag Lab -Skip:(-not $Lab.HasTunnel) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab runbooks
        $at = @{ Namespace = $ns }
        $books = [IO.Path]::GetFullPath("$PSScriptRoot/../../docs/runbooks")
        $script:dark = $null
    }

    AfterAll {
        if ($dark) { $null = & $LabTool start-node $dark }
        Close-Lab $ns
    }

    It 'Deploy-KafkaVerified makes a cluster, and leaves the checks in a file' {
        $file = "$TestDrive/demo.json"
        $plan = & $books/Deploy-KafkaVerified.ps1 demo @at -WhatIf
        $plan.Action | Sort-Object -Unique | Should -Be 'Create'
        kubectl get statefulset -n $ns -o name | Should -BeNullOrEmpty
        $setting = @{ Config = @{ 'log.retention.check.interval.ms' = 3000; 'log.segment.bytes' = 1MB } }
        $cluster = & $books/Deploy-KafkaVerified.ps1 demo @at -Setting $setting -Report $file
        "$($cluster.Name) $($cluster.Status) $($cluster.BrokersReady)" | Should -Be 'demo Ready 3'
        (Get-Content $file | ConvertFrom-Json).Check | Should -Contain 'BrokersAnswer'
    }

    It 'Resolve-KafkaGroupLag says why a group is behind, and skips messages' {
        $null = New-KafkaTopic demo orders @at -Partition 3
        1..100 | Send-KafkaMessage demo orders @at
        $null = kubectl exec -n $ns demo-kafka-0 -c kafka '--' env KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-consumer-groups.sh --bootstrap-server localhost:9092 --group billing --topic orders --reset-offsets --to-earliest --execute
        $found = & $books/Resolve-KafkaGroupLag.ps1 demo billing @at -Seconds 1
        "$($found.Lag) $($found.Members) $($found.Trend) $($found.Why)" | Should -Be '100 0 stands still The group has no members: start its consumers.'
        $found.Partitions | Should -HaveCount 3
        $null = & $books/Resolve-KafkaGroupLag.ps1 demo billing @at -SkipTo (Get-Date).AddMinutes(1) -WhatIf
        (Get-KafkaConsumerGroup demo billing @at).Lag | Should -Be 100
        $null = & $books/Resolve-KafkaGroupLag.ps1 demo billing @at -SkipTo (Get-Date).AddMinutes(1) -Confirm:$false
        (Get-KafkaConsumerGroup demo billing @at).Lag | Should -Be 0
        (& $books/Resolve-KafkaGroupLag.ps1 demo billing @at).Why | Should -Be 'The group is not behind.'
    }

    It 'Clear-KafkaFullDisk makes the largest topic smaller, and leaves one that keeps its keys alone' {
        $line = 'x' * 10000
        $null = New-KafkaTopic demo big @at -Partition 1
        $null = New-KafkaTopic demo keys @at -Partition 1 -Config @{ 'cleanup.policy' = 'compact' }
        1..1000 | ForEach-Object { $line } | Send-KafkaMessage demo big @at
        & $books/Clear-KafkaFullDisk.ps1 demo @at -Percent 100 | Should -BeNullOrEmpty # no volume is full
        $before = (Get-KafkaTopic demo big @at).SizeBytes
        $null = & $books/Clear-KafkaFullDisk.ps1 demo @at -Topic big, keys -Keep 00:00:01 -WhatIf
        (Get-KafkaTopic demo big @at).Config.Keys | Should -Not -Contain 'retention.ms'
        $after = & $books/Clear-KafkaFullDisk.ps1 demo @at -Topic big, keys -Keep 00:00:01 -TimeoutSeconds 60 -Confirm:$false
        $after.Name | Should -Be 'big'
        $after.SizeBytes | Should -BeLessThan ($before / 2)
        (Get-KafkaTopic demo keys @at).Config.Keys | Should -Not -Contain 'retention.ms'
    }

    It 'Restore-KafkaLostNode brings pods back that wait for a node which is gone' {
        if (-not $Lab.IsLab) { Set-ItResult -Skipped -Because $NoLab; return }
        & $books/Restore-KafkaLostNode.ps1 demo @at | ForEach-Object Status | Should -Be 'Ready' # nothing to do
        $victim = kubectl get pod demo-kafka-0 -n $ns -o 'jsonpath={.spec.nodeName}'
        $script:dark = $victim -replace '\D'
        & $LabTool kill-node $dark
        Wait-Until -Seconds 120 -For 'the node is given up' { (Get-KafkaCluster demo @at -WarningAction SilentlyContinue).Reasons -join ' ' -match "its node $victim does not answer" }
        $null = & $books/Restore-KafkaLostNode.ps1 demo @at -WhatIf
        kubectl get pod demo-kafka-0 -n $ns -o 'jsonpath={.spec.nodeName}' | Should -Be $victim
        $result = @(& $books/Restore-KafkaLostNode.ps1 demo @at -TimeoutSeconds 180 -Confirm:$false)
        $result[-1].Status | Should -Be 'Ready'
        kubectl get pod demo-kafka-0 -n $ns -o 'jsonpath={.spec.nodeName}' | Should -Not -Be $victim
        & $LabTool start-node $dark
        $script:dark = $null
    }

    It 'Import-KafkaFromKubectl takes over a cluster that kubectl applied' {
        $theirs = New-TestNamespace takeover
        try {
            $null = kubectl apply -n $theirs -f (Get-ManifestFor)
            $null = Wait-KafkaCluster kafka -Namespace $theirs -TimeoutSeconds 300
            $plan = & $books/Import-KafkaFromKubectl.ps1 kafka -Namespace $theirs -Setting @{ BrokerCount = 4 } -WhatIf
            ($plan | Where-Object Action -EQ Update).Fields.Path | Should -Contain 'spec.replicas'
            $cluster = & $books/Import-KafkaFromKubectl.ps1 kafka -Namespace $theirs -Setting @{ BrokerCount = 4 } -Confirm:$false
            "$($cluster.Status) $($cluster.BrokersReady)" | Should -Be 'Ready 4'
            (New-KafkaCluster kafka -Namespace $theirs -WhatIf).Action | Sort-Object -Unique | Should -Be 'None'
        }
        finally { Remove-TestNamespace $theirs }
    }
}
