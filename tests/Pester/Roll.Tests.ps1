# Brokers restarted for a new setting while a producer writes with acks=all; and with a partition that never gets in sync.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'A roll of brokers' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        . $PSScriptRoot/ZooKeeper.ps1
        $ns = Open-Lab roll
        $small = Get-SmallCluster $ns
        $null = New-KafkaCluster demo -BrokerCount 3 -MinInSyncReplicas 2 @small
        Start-ToolPod -Namespace $ns
        New-Topic $ns demo load
        Start-Load $ns demo
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $script:changed = New-KafkaCluster demo -Config @{ 'log.retention.hours' = 72 } -Confirm:$false -Namespace $ns
        $seconds = $clock.Elapsed.TotalSeconds
        $script:load = Stop-Load $ns
        $flags = Get-ToolFlags demo
        # A reader that a busy machine holds up for its 10 s has read nothing: what is lost stays lost at the second try too.
        $read = "/opt/kafka/bin/kafka-console-consumer.sh $($flags.Consumer) --topic load --from-beginning --timeout-ms 10000 2> /dev/null | sort -u > /tmp/load.read"
        $null = Invoke-Tool -Namespace $ns "sed -n 's/.*producer_send_success.*`"value`":`"\([0-9.]*\)`".*/\1/p' /tmp/load | sort -u > /tmp/load.acked; for i in 1 2 3; do $read; [ `$(comm -23 /tmp/load.acked /tmp/load.read | wc -l) != 0 ] || break; done"
        $script:lost = [int] "$(Invoke-Tool -Namespace $ns 'comm -23 /tmp/load.acked /tmp/load.read | wc -l')"
        $script:acked = [int] "$(Invoke-Tool -Namespace $ns 'wc -l < /tmp/load.acked')"
        # The tool never sends again what a broker refused, so a change of leaders shows as refusals; what was acknowledged counts.
        Write-Host ("    roll of three brokers: {0:0.0} s; producer: {1} acknowledged, {2} of these lost, {3} refused, longest pause {4} ms" -f
            $seconds, $acked, $lost, $load.Errors.Count, $load.LongestPause)
    }

    AfterAll { Close-Lab $ns }

    It 'restarts each broker once and says why' {
        $restarts = @($changed.Changes | Where-Object Action -eq Restart)
        $restarts | Should -HaveCount 3
        $restarts.Reason | Should -Be @('template', 'template', 'template')
        $changed.Kafka | Should -Be 'Healthy'
    }

    It 'loses nothing that was acknowledged' {
        $acked | Should -BeGreaterThan 100
        $lost | Should -Be 0
    }

    It 'ends on a partition that never gets in sync, and says so' {
        if ($Lab.Kafka -lt [version] '0.11') { Set-ItResult -Skipped -Because "Kafka $($Lab.Kafka) does not tell of copies on brokers that are gone"; return }
        # a copy on a broker that is no more
        $null = Invoke-Tool -Namespace $ns "/opt/kafka/bin/kafka-topics.sh $($flags.Topics) --create --topic lame --replica-assignment 0:2"
        $null = kubectl scale statefulset demo-kafka -n $ns --replicas=2
        Wait-Until -Seconds 120 { (Get-KafkaCluster demo -Namespace $ns).Kafka -eq 'Unhealthy' }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $same = New-KafkaCluster demo -Namespace $ns -WarningVariable warned -WarningAction SilentlyContinue
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 120
        "$warned" | Should -Match 'it does not get better'
        $same.Kafka | Should -Be 'Unhealthy'
    }
}
