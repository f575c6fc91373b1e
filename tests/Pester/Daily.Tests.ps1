# What people do every day: topics and messages, on a cluster of three brokers.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Daily work' -Tag Lab -Skip:(-not $Lab.HasTunnel) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab daily
        $at = @{ Namespace = $ns }
        $null = New-KafkaCluster demo @at -ZooKeeperCount 1 -Ephemeral -WarningAction SilentlyContinue
    }

    AfterAll { Close-Lab $ns }

    Context 'topics' {
        It 'makes a topic that Kafka describes as it was asked for' {
            $topic = New-KafkaTopic demo orders @at -Partition 6 -Config @{ 'retention.ms' = '7d'; 'max.message.bytes' = '2MB' }
            "$($topic.Partitions) $($topic.ReplicationFactor) $($topic.MinInSyncReplicas) $($topic.Status)" | Should -Be '6 3 2 Healthy'
            $told = kubectl exec -n $ns demo-kafka-0 -c kafka '--' env KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic orders
            "$told" | Should -Match 'PartitionCount: 6\s+ReplicationFactor: 3\s+Configs: .*max.message.bytes=2097152'
            "$told" | Should -Match 'retention.ms=604800000'
        }

        It 'refuses what the brokers refuse, in their words, also with -WhatIf' {
            { New-KafkaTopic demo much @at -ReplicationFactor 9 -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.KafkaRefused,*' -ExceptionType ([Exception])
            { New-KafkaTopic demo orders @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.TopicExists,*'
            { Set-KafkaTopic demo orders @at -Config @{ 'retention' = 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.KafkaRefused,*'
            { Set-KafkaTopic demo orders @at -Partition 2 -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.PartitionsCannotShrink,*'
            (Get-KafkaTopic demo @at | Where-Object Internal -EQ $false).Name | Should -Be 'orders'
        }

        It 'adds partitions and changes settings' {
            $plan = Set-KafkaTopic demo orders @at -Partition 12 -Config @{ 'retention.ms' = $null; 'cleanup.policy' = 'compact,delete' } -WhatIf 3> $null
            $plan.Fields.Path | Should -Be @('partitions', 'config[cleanup.policy]', 'config[retention.ms]')
            $topic = Set-KafkaTopic demo orders @at -Partition 12 -Config @{ 'retention.ms' = $null; 'cleanup.policy' = 'compact,delete' } -Confirm:$false -WarningVariable moves 3> $null
            "$moves" | Should -Match '50 % of the keys'
            $topic.Partitions | Should -Be 12
            $topic.Config.Keys | Sort-Object | Should -Be @('cleanup.policy', 'max.message.bytes')
            (Set-KafkaTopic demo orders @at -Partition 12 -WhatIf).Action | Should -Be 'None'
        }

        It 'carries topics as YAML to another cluster, once' {
            $null = New-KafkaCluster small @at -ZooKeeperCount 1 -BrokerCount 1 -Ephemeral -WarningAction SilentlyContinue
            $text = Export-KafkaTopic demo @at
            $text | Should -Match '(?m)^- name: orders\n  partitions: 12\n  replicationFactor: 3\n  config:\n    cleanup.policy: "compact,delete"\n    max.message.bytes: "2097152"$'
            { $text | Import-KafkaTopic small @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.TooFewBrokers,*'
            ($text | Import-KafkaTopic small @at -ReplicationFactor 1 -WhatIf).Action | Should -Be 'Create'
            Get-KafkaTopic small @at | Should -BeNullOrEmpty
            ($text | Import-KafkaTopic small @at -ReplicationFactor 1).Action | Should -Be 'Create'
            $made = Get-KafkaTopic small orders @at
            "$($made.Partitions) $($made.ReplicationFactor) $($made.Config['cleanup.policy']) $($made.Config['max.message.bytes'])" | Should -Be '12 1 compact,delete 2097152'
            (Get-KafkaTopic demo orders @at | Import-KafkaTopic small @at -WarningAction SilentlyContinue).Action | Should -Be 'None'
        }

        It 'completes the names of topics' {
            $line = "Get-KafkaTopic demo -Namespace $ns -Name o"
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'orders'
        }
    }

    Context 'messages' {
        BeforeAll { $null = New-KafkaTopic demo letters @at -Partition 3 }

        It 'gives back what was sent, with key, headers and place' {
            $sent = @('a', 'b', 'ü ∑ 😀' | Send-KafkaMessage demo letters @at -Key k -Header @{ source = 'test' } -PassThru)
            $sent.Partition | Sort-Object -Unique | Should -HaveCount 1 -Because 'one key goes to one partition'
            $sent.Offset | Should -Be @(0, 1, 2)
            $got = @(Receive-KafkaMessage demo letters @at)
            $got.Value | Should -Be @('a', 'b', 'ü ∑ 😀')
            $got.Key | Sort-Object -Unique | Should -Be 'k'
            $got[0].Headers.source | Should -Be 'test'
            $got[0].Timestamp | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(-5))
        }

        It 'chooses the partitions that Kafka''s own producer chooses' {
            $null = Invoke-InPod -Namespace $ns demo-kafka-0 ('printf "%s\n" x:x y:y z:z order-4711:order-4711 | KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-console-producer.sh ' +
                '--bootstrap-server localhost:9092 --topic letters --property parse.key=true --property key.separator=: 2>&1')
            $theirs = Receive-KafkaMessage demo letters @at -Tail 4 | Sort-Object Key
            $ours = 'x', 'y', 'z', 'order-4711' | Send-KafkaMessage demo letters @at -Key { $_ } -PassThru | Sort-Object Key
            "$($ours.Key)" | Should -Be "$($theirs.Key)"
            "$($ours.Partition)" | Should -Be "$($theirs.Partition)"
        }

        It 'sends objects as JSON, and reads them as objects' {
            [pscustomobject]@{ id = 7; name = 'n'; list = 1, 2 } | Send-KafkaMessage demo letters @at -Key { $_.id }
            $got = Receive-KafkaMessage demo letters @at -Tail 1 -AsJson
            $got.Key | Should -Be '7'
            $got.Value.list | Should -Be @(1, 2)
        }

        It 'keeps any bytes, and a message without a value' {
            $bytes = [byte[]](0..255)
            Send-KafkaMessage demo letters @at -InputObject $bytes -Partition 1
            $null | Send-KafkaMessage demo letters @at -Key gone -Partition 1
            $got = @(Receive-KafkaMessage demo letters @at -Tail 2 -Partition 1)
            [Convert]::ToHexString($got[0].ValueBytes) | Should -Be ([Convert]::ToHexString($bytes))
            $got[0].Value.GetType().Name | Should -Be 'Byte[]' -Because 'they are no text'
            $got[1].Value | Should -BeNullOrEmpty
            $got[1].Key | Should -Be 'gone'
        }

        It 'reads from an offset, from a time, from the beginning, and counts' {
            $all = @(Receive-KafkaMessage demo letters @at -FromBeginning)
            $all.Count | Should -Be (Get-KafkaTopic demo letters @at).Messages
            @(Receive-KafkaMessage demo letters @at -FromBeginning -Count 2) | Should -HaveCount 2
            $one = $all | Where-Object Key -EQ gone
            (Receive-KafkaMessage demo letters @at -Partition $one.Partition -FromOffset $one.Offset).Key | Should -Be 'gone'
            $late = @(Receive-KafkaMessage demo letters @at -FromTimestamp $one.Timestamp)
            $late.Key | Should -Contain 'gone'
            $late.Count | Should -BeLessThan $all.Count
        }

        It 'follows, and ends by itself after -TimeoutSeconds or -Count' {
            $null = New-KafkaTopic demo news @at -Partition 1
            $job = Start-ThreadJob { param($module, $ns) Import-Module $module; Receive-KafkaMessage demo news -Namespace $ns -Follow -Count 2 -TimeoutSeconds 60 } -ArgumentList (Get-Module KafkaK8s).Path, $ns
            $clock = [Diagnostics.Stopwatch]::StartNew()
            while ($job.State -ne 'Completed' -and $clock.Elapsed.TotalSeconds -lt 60) {
                'new' | Send-KafkaMessage demo news @at
                Start-Sleep -Milliseconds 300
            }
            @(Receive-Job $job -Wait -AutoRemoveJob).Value | Should -Be @('new', 'new')
            $clock.Restart()
            Receive-KafkaMessage demo news @at -Follow -TimeoutSeconds 2 | Should -BeNullOrEmpty
            $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 2
        }

        It 'carries 20,000 messages there and back, each of them once' {
            $null = New-KafkaTopic demo many @at -Partition 6
            1..20000 | ForEach-Object { "$_" } | Send-KafkaMessage demo many @at
            $got = @(Receive-KafkaMessage demo many @at -FromBeginning)
            $got | Should -HaveCount 20000
            ($got.Value | Sort-Object -Unique).Count | Should -Be 20000
        }

        It 'stores them compressed' -Skip:($Lab.Kafka -lt [version] '2.1') {
            Invoke-InPod -Namespace $ns demo-kafka-0 'LOG_DIR=/tmp KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-dump-log.sh --files "$(ls -S /var/lib/kafka/data/log/many-*/*.log | head -1)" | grep -m 3 -o "compresscodec: [a-z]*" | sort -u' |
                Should -Be 'compresscodec: zstd'
        }

        It 'refuses what is not there' {
            { 'a' | Send-KafkaMessage demo nowhere @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.TopicNotFound,*'
            { 'a' | Send-KafkaMessage demo letters @at -Partition 3 -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.PartitionNotFound,*'
            { Receive-KafkaMessage demo letters @at -Partition 3 -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.PartitionNotFound,*'
        }

        It 'says how many messages the brokers refused' {
            $null = New-KafkaTopic demo small @at -Partition 1 -Config @{ 'max.message.bytes' = 1000 }
            $noise = [Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(5000)) # does not compress
            { 'ok', $noise | Send-KafkaMessage demo small @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.MessagesNotSent,*' -ExpectedMessage '1 of 2 messages*'
        }
    }

    Context 'consumer groups' {
        BeforeAll {
            function Invoke-Consumer([int] $Count) {
                kubectl exec -n $ns demo-kafka-0 -c kafka '--' env KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server localhost:9092 `
                    --topic many --group app --from-beginning --max-messages $Count --timeout-ms 60000 2>&1
            }
            $null = Invoke-Consumer 100
        }

        It 'are shown with their lag, as Kafka''s own tool counts it' {
            $group = Get-KafkaConsumerGroup demo app @at
            "$($group.State) $($group.Members) $($group.Topics)" | Should -Be 'Empty 0 many'
            $told = kubectl exec -n $ns demo-kafka-0 -c kafka '--' env KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group app 2>&1
            $lag = ($told | Select-String '^app\s+many\s+\d+\s+\d+\s+\d+\s+(\d+)' | ForEach-Object { [long] $_.Matches[0].Groups[1].Value } | Measure-Object -Sum).Sum
            $group.Lag | Should -Be $lag
            (Get-KafkaConsumerGroup demo @at -OnlyWithLag).Name | Should -Contain 'app'
            { Get-KafkaConsumerGroup demo nobody @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.GroupNotFound,*'
        }

        It 'are put to other offsets, from where to where is shown first' {
            $plan = Get-KafkaConsumerGroup demo app @at | Reset-KafkaConsumerGroupOffset -ToLatest -WhatIf
            ($plan | Where-Object Action -EQ Update).Note | Should -Match '^skips'
            (Get-KafkaConsumerGroup demo app @at).Lag | Should -BeGreaterThan 0 -Because 'nothing was changed'
            (Get-KafkaConsumerGroup demo app @at | Reset-KafkaConsumerGroupOffset -ToLatest -Confirm:$false).Lag | Should -Be 0
            (Reset-KafkaConsumerGroupOffset demo app @at -ToEarliest -Confirm:$false).Lag | Should -Be 20000
            (Reset-KafkaConsumerGroupOffset demo app @at -Topic many -Partition 0 -ShiftBy 10 -Confirm:$false).Lag | Should -Be 19990
            (Get-KafkaConsumerGroup demo app @at).PartitionDetail | Export-Csv "TestDrive:/app.csv"
            (Reset-KafkaConsumerGroupOffset demo app @at -ToLatest -Confirm:$false).Lag | Should -Be 0
            (Reset-KafkaConsumerGroupOffset demo app @at -ToPosition (Import-Csv "TestDrive:/app.csv") -Confirm:$false).Lag | Should -Be 19990
        }

        It 'are refused while they have members' {
            Invoke-InPod -Namespace $ns demo-kafka-0 'KAFKA_HEAP_OPTS=-Xmx128m nohup timeout 90 /opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic news --group busy > /dev/null 2>&1 &'
            try {
                $clock = [Diagnostics.Stopwatch]::StartNew()
                do { $group = Get-KafkaConsumerGroup demo @at | Where-Object Name -EQ busy } until ($group.State -eq 'Stable' -or $clock.Elapsed.TotalSeconds -gt 60)
                "$($group.Members) $($group.State)" | Should -Be '1 Stable'
                { Reset-KafkaConsumerGroupOffset demo busy @at -Topic news -ToEarliest -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.GroupInUse,*'
            }
            finally {
                $null = Invoke-InPod -Namespace $ns demo-kafka-0 'for p in /proc/[0-9]*; do tr "\0" " " < $p/cmdline 2> /dev/null | grep -q "Console[C]onsumer.*busy" && kill "${p#/proc/}"; done; true'
            }
        }
    }

    It 'settings complete from the brokers'' own list, with Kafka''s words' {
        $line = "Set-KafkaTopic demo orders -Namespace $ns -Config cleanup.pol"
        $found = (TabExpansion2 $line $line.Length).CompletionMatches
        $found.CompletionText | Should -Be 'cleanup.policy='
        $found.ToolTip | Should -Match 'compact'
    }

    Context 'Kafka''s own tools' {
        It 'run in a pod that goes, with the cluster''s address' {
            Invoke-KafkaTool demo kafka-topics.sh --list @at | Should -Contain 'orders'
            (Invoke-KafkaTool demo kafka-configs --alter --entity-type topics --entity-name orders --add-config 'retention.ms=1000,segment.ms=2000' @at) | Should -Match 'Completed updating config'
            (Get-KafkaTopic demo orders @at).Config['segment.ms'] | Should -Be '2000'
            'x', 'y' | Invoke-KafkaTool demo kafka-console-producer.sh --topic letters @at
            (Receive-KafkaMessage demo letters @at -Tail 9).Value | Should -Contain 'y'
            kubectl get pods -n $ns -o name | Should -Not -Match 'console-tools'
        }

        It 'fail with their last words, and are named where there is none' {
            $failed = { Invoke-KafkaTool demo kafka-topics.sh --describe --topic nowhere @at -ErrorAction Stop 3> $null } | Should -Throw -ErrorId 'KafkaK8s.KafkaToolFailed,*' -PassThru
            $failed.Exception.Data['ExitCode'] | Should -Be 1
            $failed.Exception.Message | Should -Match 'nowhere'
            { Invoke-KafkaTool demo kafka-nothing.sh @at -ErrorAction Stop 3> $null } | Should -Throw -ErrorId 'KafkaK8s.KafkaToolNotFound,*' -ExpectedMessage '*kafka-topics.sh*'
            kubectl get pods -n $ns -o name | Should -Not -Match 'console-tools'
        }
    }

    Context 'logs' {
        It 'are records of all pods in one order of time' {
            $records = Get-KafkaLog demo @at
            "$($records.Pod | Sort-Object -Unique)" | Should -Be 'demo-kafka-0 demo-kafka-1 demo-kafka-2 demo-zk-0'
            $records.Time | Should -Be ($records.Time | Sort-Object)
            ($records | Where-Object Pod -Like '*kafka-1' | Where-Object Text -Match '\[KafkaServer id=1\] started').Level | Should -Be 'INFO'
            $records | Where-Object { $_.Pod -eq 'demo-zk-0' -and $_.Level -eq 'INFO' } | Should -Not -BeNullOrEmpty
            ($records | Where-Object Text -Match '^KafkaConfig values' | Select-Object -First 1).Text | Should -Match '(?m)^\tbroker\.id = \d' -Because 'the lines of a record stay together'
            @($records | Where-Object Text -Match '^\s').Count | Should -Be 0
            (Get-KafkaLog demo 2 @at -Tail 5).Pod | Sort-Object -Unique | Should -Be 'demo-kafka-2'
        }

        It 'are followed as they are written' {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $null = New-KafkaTopic demo followed @at -Partition 3
            $found = Get-KafkaLog demo @at -Since 1m -Follow -TimeoutSeconds 30 | Where-Object Text -Match 'followed-' | Select-Object -First 1
            $found.Level | Should -Be 'INFO'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
            Remove-KafkaTopic demo followed @at -Confirm:$false
        }
    }

    Context 'what is wrong' {
        It 'names the topics that a broker''s end leaves without copies, and ends of itself' {
            $null = kubectl delete pod demo-kafka-2 -n $ns --wait=false
            $clock = [Diagnostics.Stopwatch]::StartNew()
            do { $bad = @(Get-KafkaTopic demo @at -UnderReplicated) } until ($bad.Count -gt 0 -or $clock.Elapsed.TotalSeconds -gt 60)
            $bad.Reason | Should -Match 'broker 2'
            $null = Wait-KafkaCluster demo @at
            Get-KafkaTopic demo @at -UnderReplicated | Should -BeNullOrEmpty
        }
    }

    Context 'the end' {
        It 'removes what a pattern names, after one question, and leaves Kafka''s own topics' {
            'tmp-1', 'tmp-2' | New-KafkaTopic demo @at -Partition 1 | Should -HaveCount 2
            (Remove-KafkaTopic demo 'tmp-*' @at -WhatIf).Note | Should -Match '^0 messages'
            Get-KafkaTopic demo 'tmp-*' @at | Remove-KafkaTopic -Confirm:$false
            Get-KafkaTopic demo 'tmp-*' @at | Should -BeNullOrEmpty
            { Remove-KafkaTopic demo __consumer_offsets @at -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.InternalTopic,*'
        }

        It 'makes the topics of one list again' {
            $had = Get-KafkaTopic demo orders, letters @at
            $had | Remove-KafkaTopic -Confirm:$false
            $made = $had | New-KafkaTopic
            "$($made.Name) $($made.Partitions)" | Should -Be 'letters orders 3 12'
        }
    }
}
