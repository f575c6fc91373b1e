# What fails on an ordinary bad day, with a producer at work: nothing that was acknowledged may be lost.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'A cluster on a bad day' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab fail
        $nodes = @((Get-Kube nodes).items | Where-Object { -not $_.spec.PSObject.Properties['unschedulable'] } | ForEach-Object { $_.metadata.name })

        # About 100 numbered messages a second through Kafka's own producer with acks=all, which tries again until it succeeds, onto a
        # topic of three partitions with three copies each. Its log is clean at the end if and only if all of them were acknowledged.
        # (The console producer of 0.9 gives up messages and at times itself: there Kafka's verifiable producer says which were acknowledged.)
        function Start-Traffic([string] $Topic) {
            $flags = Get-ToolFlags demo
            $null = Invoke-Tool -Namespace $ns "/opt/kafka/bin/kafka-topics.sh $($flags.Topics) --create --topic $Topic --replica-assignment 0:1:2,1:2:0,2:0:1"
            if (-not $Lab.HasTunnel) {
                $tool = "/opt/kafka/bin/kafka-run-class.sh org.apache.kafka.tools.VerifiableProducer --broker-list demo-kafka-service:9092 --topic $Topic --acks -1 --throughput 100"
                $null = Invoke-Tool -Namespace $ns "nohup bash -c '$tool > /tmp/$Topic.log 2> /dev/null; touch /tmp/$Topic.done' > /dev/null 2>&1 & sleep 8"
                return
            }
            $feed = "i=0; while [ ! -e /tmp/$Topic.stop ]; do echo `$i; i=`$((i + 1)); [ `$((i % 10)) != 0 ] || sleep 0.1; done | tee /tmp/$Topic.sent"
            $send = "/opt/kafka/bin/kafka-console-producer.sh $($flags.Producer) --topic $Topic --message-send-max-retries 100000 --retry-backoff-ms 200 > /tmp/$Topic.log 2>&1; touch /tmp/$Topic.done"
            $null = Invoke-Tool -Namespace $ns "nohup bash -c '$feed | $send' > /dev/null 2>&1 & sleep 6; wc -l < /tmp/$Topic.sent"
        }

        # Ends the producer and reads all back. Gives what was sent (of 0.9: what was acknowledged), read, lost and read twice.
        function Stop-Traffic([string] $Topic) {
            $flags = Get-ToolFlags demo
            $end = if ($Lab.HasTunnel) { "touch /tmp/$Topic.stop" } else { 'for p in /proc/[0-9]*; do [[ $(readlink "$p/exe") != */java ]] || kill -TERM "${p##*/}"; done' }
            $null = Invoke-Tool -Namespace $ns "$end; for i in {1..180}; do [ -e /tmp/$Topic.done ] && break; sleep 1; done; [ -e /tmp/$Topic.done ]"
            if (-not $Lab.HasTunnel) { $null = Invoke-Tool -Namespace $ns "grep producer_send_success /tmp/$Topic.log | sed 's/.*`"value`":`"\([0-9]*\)`".*/\1/' > /tmp/$Topic.sent" }
            $sent = [int] "$(Invoke-Tool -Namespace $ns "wc -l < /tmp/$Topic.sent")"
            # a warning is of a try that is made again; what is given up is an error
            $errors = @(Invoke-Tool -Namespace $ns "grep -E ' ERROR |Exception' /tmp/$Topic.log | grep -v ' WARN ' | head -n 5; true")
            $read = if ($Lab.HasTunnel) {
                "for p in 0 1 2; do /opt/kafka/bin/kafka-console-consumer.sh $($flags.Consumer) --topic $Topic --partition `$p --offset earliest --timeout-ms 6000 2> /dev/null; done"
            }
            else {
                # no limit by number: what was sent twice would take the place of what comes later
                "timeout 120 /opt/kafka/bin/kafka-console-consumer.sh $($flags.Consumer) --topic $Topic --from-beginning --timeout-ms 15000 2> /dev/null"
            }
            $null = Invoke-Tool -Namespace $ns "$read | sort > /tmp/$Topic.read; sort -u /tmp/$Topic.read > /tmp/$Topic.once"
            [pscustomobject]@{
                Sent   = $sent
                Errors = $errors
                Read   = [int] "$(Invoke-Tool -Namespace $ns "wc -l < /tmp/$Topic.once")"
                Lost   = [int] "$(Invoke-Tool -Namespace $ns "sort /tmp/$Topic.sent | comm -23 - /tmp/$Topic.once | wc -l")"
                Twice  = [int] "$(Invoke-Tool -Namespace $ns "uniq -d /tmp/$Topic.read | wc -l")"
            }
        }

        function Assert-NothingLost($Traffic) {
            $Traffic.Sent | Should -BeGreaterThan 500
            $Traffic.Lost | Should -Be 0
            if (-not $Lab.HasTunnel) { return } # without idempotence a message may come twice, and one that was not acknowledged may come
            $Traffic.Errors | Should -BeNullOrEmpty -Because 'then every message was acknowledged'
            $Traffic.Read | Should -Be $Traffic.Sent
            $Traffic.Twice | Should -Be 0 -Because 'the producer is idempotent'
        }

        function Get-Demo { Get-KafkaCluster demo -Namespace $ns }
        function Wait-Ready([int] $Seconds = 240) { Wait-Until -Seconds $Seconds -For "the cluster is Ready again: $((Get-Demo).Reasons)" { (Get-Demo).Status -eq 'Ready' } }
    }

    AfterAll {
        if ($script:dark) { & $LabTool start-node $script:dark }
        Close-Lab $ns
    }

    Context 'New-KafkaCluster interrupted' {
        It 'ends at once, and the same command goes on: stopped <When>' -ForEach @(
            @{ When = 'after 0.3 s'; What = $null }
            @{ When = 'when the brokers are made'; What = 'statefulset/demo-kafka'; Path = '{.metadata.name}'; Is = 'demo-kafka' }
            @{ When = 'while it waits for brokers'; What = 'pod/demo-zk-0'; Path = '{.status.containerStatuses[0].ready}'; Is = 'true' }
        ) {
            $job = Start-Background 'param($ns) New-KafkaCluster demo -Namespace $ns' @{ ns = $ns }
            if ($What) { Wait-Until -Seconds 120 -For "$What to be so far" { "$(kubectl get $What -n $ns -o "jsonpath=$Path" --ignore-not-found)" -eq $Is } }
            else { Start-Sleep -Milliseconds 300 }
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $job.Shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
            $job.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $job.Run.AsyncWaitHandle.WaitOne([timespan]::FromSeconds(10)) | Should -BeTrue
            $job.Shell.Dispose()
            $job.Space.Dispose()
            if ($What) { kubectl get $What -n $ns -o name --ignore-not-found | Should -Not -BeNullOrEmpty -Because 'what was made stands' }
        }

        It 'becomes Ready by the same command at last, with nothing made twice' -Tag OldServer {
            $ready = New-KafkaCluster demo -Namespace $ns
            $ready.Status | Should -Be 'Ready'
            (Get-Kube persistentvolumeclaim -n $ns).items | Should -HaveCount 6
            (New-KafkaCluster demo -Namespace $ns).Changes.Action | Sort-Object -Unique | Should -Be 'None'
            if ($Lab.HasTunnel) { (Test-KafkaTopic demo -Namespace $ns).Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty }
        }
    }

    Context 'a pod is killed' {
        BeforeAll { Start-ToolPod -Namespace $ns -Node $nodes[0] }

        It 'loses nothing when a broker goes without a word' {
            Start-Traffic broker-killed
            $null = kubectl delete pod demo-kafka-1 -n $ns --grace-period=0 --force
            $now = Get-Demo
            $now.Status | Should -Not -Be 'Ready'
            $now.Reasons -join ' ' | Should -Match 'demo-kafka'
            Start-Sleep 2
            Wait-Ready
            Assert-NothingLost (Stop-Traffic broker-killed)
        }

        It 'loses nothing when the leader of ZooKeeper goes without a word' {
            Start-Traffic leader-killed
            $leader = 0..2 | Where-Object { (Invoke-InPod -Namespace $ns "demo-zk-$_" 'exec 3<> /dev/tcp/127.0.0.1/2181; printf srvr >&3; cat <&3') -match 'Mode: leader' } | ForEach-Object { "demo-zk-$_" }
            $leader | Should -HaveCount 1
            $null = kubectl delete pod $leader -n $ns --grace-period=0 --force
            Start-Sleep 2
            Wait-Ready
            Assert-NothingLost (Stop-Traffic leader-killed)
        }

        It 'loses nothing of Test-KafkaTopic''s own messages when a broker goes meanwhile' {
            if (-not $Lab.HasTunnel) { Set-ItResult -Skipped -Because $NoTunnel; return }
            $job = Start-Background 'param($ns) Test-KafkaTopic demo -Namespace $ns -MessageCount 80000 -MessageSize 1000 -TimeoutSeconds 240' @{ ns = $ns }
            Wait-Until -Seconds 60 -For 'messages are being sent' { @($job.Shell.Streams.Progress | Where-Object StatusDescription -match '^[1-9][\d,]* of').Count -gt 0 }
            $null = kubectl delete pod demo-kafka-2 -n $ns --grace-period=0 --force
            $result = Receive-Background $job
            Wait-Ready
            $result | Should -HaveCount 1
            "$($result.Lost) $($result.Duplicated) $($result.Corrupt)" | Should -Be '0 0 0' -Because "$($result.Checks)"
            $result.Received | Should -Be $result.Acked
        }
    }

    Context 'a node goes' -Tag OldServer {
        BeforeAll {
            if ($Lab.IsLab -and $nodes.Count -gt 2) {
                Start-ToolPod -Namespace $ns -Node $nodes[0]
                Start-Traffic node-lost
                $script:victim = $nodes[-1]
                $script:brokers = @((Get-Kube pods -n $ns -l app.kubernetes.io/name=kafka --field-selector "spec.nodeName=$victim").items.metadata.name)
                & $LabTool kill-node ($victim -replace '\D')
                $script:dark = $victim -replace '\D'
            }
        }

        It 'is Degraded, and says which pods are not ready any more' {
            if (-not $Lab.IsLab) { Set-ItResult -Skipped -Because $NoLab; return }
            $brokers | Should -Not -BeNullOrEmpty
            # the pods of a node are given up one after the other
            Wait-Until -Seconds 90 -For "pod $($brokers[0]) is named" { (Get-Demo).Reasons -join ' ' -match "pod $($brokers[0]): NodeNotReady: its node $victim does not answer" }
            (Get-Demo).Status | Should -Be 'Degraded'
        }

        It 'does not pass Test-KafkaTopic, which names the dead broker within its time' {
            if (-not $Lab.IsLab) { Set-ItResult -Skipped -Because $NoLab; return }
            if (-not $Lab.HasTunnel) { Set-ItResult -Skipped -Because $NoTunnel; return }
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $result = Test-KafkaTopic demo -Namespace $ns -TimeoutSeconds 60 -WarningAction SilentlyContinue
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 90
            $result.Passed | Should -BeFalse
            $failed = $result.Checks | Where-Object Name -eq 'BrokersAnswer'
            $failed.Passed | Should -BeFalse
            $failed.Evidence | Should -Match "broker $($brokers[0] -replace '.*-')\b"
            Test-KafkaTopic demo -Namespace $ns -TimeoutSeconds 60 -Quiet -WarningAction SilentlyContinue | Should -BeExactly $false
        }

        It 'is Ready again when the node is back, and nothing is lost' {
            if (-not $Lab.IsLab) { Set-ItResult -Skipped -Because $NoLab; return }
            & $LabTool start-node $dark
            $LASTEXITCODE | Should -Be 0
            $script:dark = $null
            Wait-Ready
            Assert-NothingLost (Stop-Traffic node-lost)
        }
    }
}
