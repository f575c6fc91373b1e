# One cluster from its first to its last day, and what is refused on the way.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'The life of a cluster' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab life

        # The check that this Kafka can be given.
        function Test-Demo { if ($Lab.HasTunnel) { Test-KafkaTopic demo -Namespace $ns -Confirm:$false @args } else { Test-KafkaTopic demo -Namespace $ns -ConsoleTools -Confirm:$false @args } }
        function Get-ClusterId { Invoke-InPod -Namespace $ns demo-kafka-0 "sed -n 's/^cluster.id=//p' /var/lib/kafka/data/log/meta.properties" }
        function Get-PodUid([string] $App) { @(kubectl get pods -n $ns -l "app.kubernetes.io/instance=demo,app.kubernetes.io/name=$App" -o 'jsonpath={range .items[*]}{.metadata.uid}{"\n"}{end}') }
    }

    AfterAll { Close-Lab $ns }

    Context 'when it is made' -Tag OldServer {
        BeforeAll {
            $script:made = New-KafkaCluster demo -Namespace $ns -StorageSize 2Gi -Config @{ 'log.retention.hours' = 48 } -WarningVariable warned -WarningAction SilentlyContinue
            $script:warnings = $warned
        }

        It 'is ready with all it was asked for' {
            $made | Should -BeOfType KafkaK8s.KafkaCluster
            $made.Status | Should -Be 'Ready'
            $made.Reasons | Should -BeNullOrEmpty
            "$($made.ZooKeeperReady)/$($made.ZooKeeperCount) $($made.BrokersReady)/$($made.BrokerCount)" | Should -Be '3/3 3/3'
            $made.Bootstrap | Should -Be "demo-kafka-service.$ns.svc:9092"
            $made.AgeSeconds | Should -BeGreaterThan 1
        }

        It 'warned of nothing: an ordinary start has no stalls' {
            # An old server's node may ask for a volume before it is allowed to, and then takes a minute to ask again: that is told, and right.
            $warnings | Where-Object { $Lab.Kubernetes -ge [version] '1.22' -or $_ -notmatch 'no relationship found between node' } | Should -BeNullOrEmpty
        }

        It 'restarted no container' {
            $restarts = (Get-Kube pods -n $ns).items.status.containerStatuses.restartCount
            $restarts | Should -HaveCount 6
            $restarts -ne 0 | Should -BeNullOrEmpty
        }

        It 'tells how long each phase took' {
            $made.Timings.Phase -ne 'Prepare' | Should -Be @('Apply', 'ZooKeeper', 'Brokers', 'InSync')
            ($made.Timings.Seconds | Measure-Object -Sum).Sum | Should -BeLessThan 300
        }

        It 'lists what was created, and the server has it' {
            $made.Changes.Action | Sort-Object -Unique | Should -Be 'Create'
            foreach ($change in $made.Changes) {
                (Get-Kube $change.Kind $change.Name -n $ns).metadata.labels.'app.kubernetes.io/instance' | Should -Be 'demo'
            }
        }

        It 'shows as one line of a table' {
            $text = ($made | Out-String) -replace '\e\[[0-9;]*m'
            $text | Should -Match '(?m)^Name +Namespace +Status +Brokers +Kafka +Reason +ZooKeeper +Age +KafkaVersion'
            $text | Should -Match "(?m)^demo +$ns +Ready +3/3 +Healthy +3/3"
        }

        It 'is what Get-KafkaCluster shows' {
            $got = Get-KafkaCluster demo -Namespace $ns
            foreach ($property in 'Name', 'Namespace', 'Status', 'ZooKeeperCount', 'BrokerCount', 'KafkaVersion', 'Bootstrap', 'CreatedAt') { $got.$property | Should -Be $made.$property }
        }
    }

    Context 'when it is tested' {
        It 'passes with the native client, through every broker' {
            if (-not $Lab.HasTunnel) { Set-ItResult -Skipped -Because $NoTunnel; return }
            $result = Test-KafkaTopic demo -Namespace $ns
            $result.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
            $result.Passed | Should -BeTrue
            "$($result.Sent) $($result.Acked) $($result.Received) $($result.Lost) $($result.Duplicated) $($result.OutOfOrder) $($result.Corrupt)" | Should -Be '1000 1000 1000 0 0 0 0'
            $result.Path | Should -Be 'Tunnel'
            $result.Brokers.BrokerId | Should -Be @(0, 1, 2)
            $result.Brokers.Received | Where-Object { $_ -lt 300 } | Should -BeNullOrEmpty
        }

        It 'passes with Kafka''s console tools' -Tag OldServer {
            $result = Test-KafkaTopic demo -Namespace $ns -ConsoleTools
            $result.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
            $result.Path | Should -Be 'ConsoleTools'
            "$($result.Sent) $($result.Received) $($result.Lost)" | Should -Be '1000 1000 0'
            $nodes = (Get-Kube pods -n $ns -l app.kubernetes.io/name=kafka).items.spec.nodeName
            $result.Brokers.Node | Should -Be $nodes
            # sent in a pod on one node, read in a pod on another, where the cluster has two
            @($result.Brokers.From | Select-Object -Unique) | Should -Match $(if (@((Get-Kube nodes).items).Count -gt 1) { '^\S+ (\(\S+\) )?> \S+( \(\S+\))?$' } else { '^\S+' })
        }

        It 'carries 10,000 messages and gives only true with -Quiet' {
            Test-Demo -MessageCount 10000 -Quiet | Should -BeExactly $true
        }

        It 'leaves nothing behind: no topic, no pod' {
            Start-ToolPod -Namespace $ns
            $left = Invoke-Tool -Namespace $ns "/opt/kafka/bin/kafka-topics.sh $((Get-ToolFlags demo).Topics) --list"
            @($left) -match 'kafkak8s' | Should -BeNullOrEmpty
            (Get-Kube pods -n $ns).items.metadata.name | Where-Object { $_ -notmatch '^(demo-(kafka|zk)-\d|tools)$' } | Should -BeNullOrEmpty
            $null = kubectl delete pod tools -n $ns --grace-period=0 --force
        }

        It 'keeps the topic with -KeepTopic, and uses it again with -Topic' -Tag OldServer {
            $script:kept = Test-Demo -KeepTopic -MessageCount 2000
            $kept.Passed | Should -BeTrue
            $again = Test-Demo -Topic $kept.Topic -MessageCount 500
            $again.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
            "$($again.Topic) $($again.Received)" | Should -Be "$($kept.Topic) 500"
        }

        It 'says which topics there are when -Topic names none of them' {
            { Test-Demo -Topic no-such-topic } | Should -Throw "*$($kept.Topic)*" -ErrorId 'KafkaK8s.TopicNotFound,*'
        }
    }

    Context 'when nothing is to be changed' -Tag OldServer {
        It 'is left alone by the same command' {
            $before = Get-State $ns
            $same = New-KafkaCluster demo -Namespace $ns -StorageSize 2Gi -Config @{ 'log.retention.hours' = 48 }
            $same.Changes.Action | Sort-Object -Unique | Should -Be 'None'
            $same.Status | Should -Be 'Ready'
            Compare-State $before (Get-State $ns) | Should -BeNullOrEmpty
        }

        It 'is left alone by a command without parameters: what was given earlier stays in force' {
            $before = Get-State $ns
            (New-KafkaCluster demo -Namespace $ns).Changes.Action | Sort-Object -Unique | Should -Be 'None'
            Compare-State $before (Get-State $ns) | Should -BeNullOrEmpty
        }

        It 'is left alone by -WhatIf, which gives the plan as objects' {
            $before = Get-State $ns
            $plan = New-KafkaCluster demo -Namespace $ns -BrokerMemory 1200Mi -BrokerCount 4 -WhatIf
            $plan | Should -BeOfType KafkaK8s.PlanStep
            ($plan | Where-Object Action -eq 'Update').Name | Sort-Object -Unique | Should -Be 'demo-kafka'
            ($plan | Where-Object Action -eq 'Restart').Name | Sort-Object | Should -Be @('demo-kafka-0', 'demo-kafka-1', 'demo-kafka-2')
            ($plan | Where-Object Action -eq 'Create') | Should -BeNullOrEmpty
            Compare-State $before (Get-State $ns) | Should -BeNullOrEmpty
        }
    }

    Context 'when it is changed' -Tag OldServer {
        BeforeAll {
            $script:servers = Get-PodUid zookeeper
            # All but the time of the last write: the lease of a change is written into the servers' set, and taken off again.
            $script:bare = { Get-Kube statefulset demo-zk -n $ns | ForEach-Object { @($_.metadata.annotations, $_.metadata.labels, $_.metadata.generation, $_.spec) | ConvertTo-Json -Depth 30 } }
            $script:ensemble = & $bare
            $script:before = Get-State $ns
            $script:changed = New-KafkaCluster demo -Namespace $ns -BrokerMemory 1100Mi -Confirm:$false -Config @{ 'log.retention.hours' = 72 }
            $script:after = Get-State $ns
        }

        It 'changes exactly the fields that were asked for' {
            $updates = @($changed.Changes | Where-Object Action -eq 'Update')
            $updates.Name | Should -Be 'demo-kafka'
            $updates.Kind | Should -Be 'StatefulSet'
            $updates.Fields.Path | Sort-Object | Should -Be @(
                'spec.template.spec.containers[name=kafka].env[name=EXTRA_PROPERTIES].value[log.retention.hours]'
                'spec.template.spec.containers[name=kafka].resources.limits.memory'
                'spec.template.spec.containers[name=kafka].resources.requests.memory')
        }

        It 'restarts each broker once, one at a time, and is well afterwards' {
            ($changed.Changes | Where-Object Action -eq 'Restart').Name | Sort-Object | Should -Be @('demo-kafka-0', 'demo-kafka-1', 'demo-kafka-2')
            $changed.Status | Should -Be 'Ready'
            $pods = @((Get-Kube pods -n $ns -l 'app.kubernetes.io/name=kafka,app.kubernetes.io/instance=demo').items | Sort-Object { [datetime] $_.metadata.creationTimestamp })
            foreach ($i in 1, 2) {
                $ready = ($pods[$i - 1].status.conditions | Where-Object type -eq 'Ready').lastTransitionTime
                [datetime] $pods[$i].metadata.creationTimestamp | Should -BeGreaterOrEqual ([datetime] $ready) -Because "$($pods[$i].metadata.name) must wait for $($pods[$i - 1].metadata.name)"
            }
        }

        It 'does not touch ZooKeeper, services or volumes' {
            Get-PodUid zookeeper | Should -Be $servers
            $touched = Compare-State $before $after
            $touched -notmatch '^(StatefulSet|PodDisruptionBudget|Pod)/demo-kafka' -ne 'StatefulSet/demo-zk' | Should -BeNullOrEmpty
            & $bare | Should -Be $ensemble
        }

        It 'gives the brokers what was asked for' {
            $set = Get-Kube statefulset demo-kafka -n $ns
            $set.spec.template.spec.containers[0].resources.limits.memory | Should -Be '1100Mi'
            Invoke-InPod -Namespace $ns demo-kafka-1 'grep log.retention /run/kafka/server.properties' | Should -Be 'log.retention.hours=72'
        }

        It 'still has all messages' {
            (Test-Demo -Topic $kept.Topic -MessageCount 100).Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
        }
    }

    Context 'when a broker is added' {
        BeforeAll {
            $script:uids = Get-PodUid kafka
            $script:grown = New-KafkaCluster demo -Namespace $ns -BrokerCount 4
        }

        It 'has four brokers, of which all serve' {
            "$($grown.BrokersReady)/$($grown.BrokerCount)" | Should -Be '4/4'
            $result = Test-Demo
            $result.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
            $result.Brokers.BrokerId | Should -Be @(0, 1, 2, 3)
        }

        It 'restarted none of the others, and kept the memory that was given earlier' {
            $grown.Changes | Where-Object Action -eq 'Restart' | Should -BeNullOrEmpty
            $uids | Where-Object { $_ -notin (Get-PodUid kafka) } | Should -BeNullOrEmpty
            (Get-Kube pod demo-kafka-3 -n $ns).spec.containers[0].resources.limits.memory | Should -Be '1100Mi'
        }
    }

    Context 'when something is asked for that cannot be' {
        It 'refuses <What> and changes nothing' -ForEach @(
            @{ What = 'another size of the volumes'; Id = 'StorageChangeRefused'; Given = @{ StorageSize = '3Gi' } }
            @{ What = 'another size of ZooKeeper''s volumes'; Id = 'StorageChangeRefused'; Given = @{ ZooKeeperStorageSize = '77Gi' } }
            @{ What = 'to do without volumes'; Id = 'StorageChangeRefused'; Given = @{ Ephemeral = $true } }
            @{ What = 'fewer brokers'; Id = 'BrokerScaleInRefused'; Given = @{ BrokerCount = 3 } }
            @{ What = 'a larger ensemble'; Id = 'EnsembleResizeRefused'; Given = @{ ZooKeeperCount = 5 } }
            @{ What = 'a smaller ensemble'; Id = 'EnsembleResizeRefused'; Given = @{ ZooKeeperCount = 1 } }
        ) {
            $state = Get-State $ns
            { New-KafkaCluster demo -Namespace $ns @Given } | Should -Throw -ErrorId "KafkaK8s.$Id,*"
            { New-KafkaCluster demo -Namespace $ns @Given -WhatIf } | Should -Throw -ErrorId "KafkaK8s.$Id,*"
            Compare-State $state (Get-State $ns) | Should -BeNullOrEmpty
        }
    }

    Context 'when it is removed and made again' {
        BeforeAll {
            $script:id = Get-ClusterId
            Start-ToolPod -Namespace $ns
            $flags = Get-ToolFlags demo
            $null = Invoke-Tool -Namespace $ns "/opt/kafka/bin/kafka-topics.sh $($flags.Topics) --create --topic diary --partitions 4 --replication-factor 3"
            $null = Invoke-Tool -Namespace $ns "seq 1 300 | /opt/kafka/bin/kafka-console-producer.sh $($flags.Producer) --topic diary"
            $null = kubectl delete pod tools -n $ns --grace-period=0 --force
            $script:volumes = Get-State $ns persistentvolumeclaim
            $null = Set-Kube -Namespace $ns @'
apiVersion: v1
kind: ConfigMap
metadata: {name: demo-kafka-notes}
data: {mine: "yes"}
---
apiVersion: v1
kind: Service
metadata: {name: foreign, labels: {app.kubernetes.io/instance: demo}}
spec: {ports: [{port: 80}]}
'@
        }

        It 'says beforehand what would go, with topics and sizes, and takes nothing' {
            $before = Get-State $ns
            $plan = Remove-KafkaCluster demo -Namespace $ns -WhatIf
            ($plan | Where-Object Kind -eq 'PersistentVolumeClaim').Action | Sort-Object -Unique | Should -Be 'Keep'
            if ($Lab.HasTunnel) {
                ($plan | Where-Object Kind -eq 'Topic').Name | Should -Contain $kept.Topic
                ($plan | Where-Object Name -eq $kept.Topic).Note | Should -Match '^6 partitions, \d+\.\d MiB on disk$'
            }
            ($plan | Where-Object Kind -eq 'PersistentVolumeClaim').Note | Should -Contain '2Gi'
            Compare-State $before (Get-State $ns) | Should -BeNullOrEmpty
        }

        It 'keeps the volumes' {
            Remove-KafkaCluster demo -Namespace $ns -Confirm:$false
            @((Get-State $ns).Keys) -match '^(StatefulSet|Pod|PodDisruptionBudget)/' | Should -BeNullOrEmpty
            Compare-State $volumes (Get-State $ns persistentvolumeclaim) | Where-Object { $_ -notin $volumes.Keys } | Should -BeNullOrEmpty
            (Get-State $ns persistentvolumeclaim).Count | Should -Be 7
            { Get-KafkaCluster demo -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.ClusterNotFound,*'
        }

        It 'takes them over when it is made again: the same cluster, with its messages' {
            $again = New-KafkaCluster demo -Namespace $ns -BrokerCount 4 -StorageSize 2Gi
            $again.Status | Should -Be 'Ready'
            Get-ClusterId | Should -Be $id
            (Get-State $ns persistentvolumeclaim).Count | Should -Be 7
            $result = Test-Demo -Topic $kept.Topic -MessageCount 100
            $result.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
            Start-ToolPod -Namespace $ns
            $read = @(Invoke-Tool -Namespace $ns "timeout 90 /opt/kafka/bin/kafka-console-consumer.sh $((Get-ToolFlags demo).Consumer) --topic diary --from-beginning --max-messages 300 2> /dev/null")
            ($read | ForEach-Object { [int] $_ } | Sort-Object -Unique) -join ',' | Should -Be ((1..300) -join ',')
            $null = kubectl delete pod tools -n $ns --grace-period=0 --force
        }

        It 'leaves nothing of its own with -DeleteData, and what is not its own alone' {
            $all = 'statefulset,service,configmap,secret,poddisruptionbudget,persistentvolumeclaim,pod'
            Remove-KafkaCluster demo -Namespace $ns -DeleteData -Confirm:$false
            (Get-Kube $all -n $ns -l 'app.kubernetes.io/part-of=kafkak8s').items | Should -BeNullOrEmpty
            @((Get-State $ns).Keys) | Sort-Object | Should -Be @('ConfigMap/demo-kafka-notes', 'Service/foreign')
        }
    }
}

Describe 'Volumes that an earlier cluster left' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab kept
        $small = @{ Name = 'odd'; Namespace = $ns; ZooKeeperCount = 1; BrokerCount = 1; StorageSize = '1Gi'; TimeoutSeconds = 300; WarningAction = 'SilentlyContinue' }
        function Get-ClusterId { Invoke-InPod -Namespace $ns odd-kafka-0 "sed -n 's/^cluster.id=//p' /var/lib/kafka/data/log/meta.properties" }
        $null = New-KafkaCluster @small
        $script:first = Get-ClusterId
        Remove-KafkaCluster odd -Namespace $ns -Confirm:$false
    }

    AfterAll { Close-Lab $ns }

    It 'are refused where they do not fit: nothing is made, nothing crashes' {
        if ($Lab.Kafka -lt [version] '0.10.1') { Set-ItResult -Skipped -Because "Kafka $($Lab.Kafka) writes no cluster id on its volumes: nothing tells whose they are"; return }
        $null = kubectl delete persistentvolumeclaim data-odd-zk-0 -n $ns
        $before = Get-State $ns
        { New-KafkaCluster @small } | Should -Throw "*$first*" -ErrorId 'KafkaK8s.KeptVolumesUnfit,*'
        Wait-Until -Seconds 30 { -not (@((Get-State $ns).Keys) -match '^Pod/') } # the pods that read the volumes
        Compare-State $before (Get-State $ns) | Where-Object { $_ -notmatch '^PersistentVolumeClaim/data-odd-kafka-0$' } | Should -BeNullOrEmpty
        (Get-State $ns persistentvolumeclaim).Keys | Should -Be 'PersistentVolumeClaim/data-odd-kafka-0'
    }

    It 'are removed by Remove-KafkaCluster -DeleteData though the cluster is gone' {
        Remove-KafkaCluster odd -Namespace $ns -DeleteData -Confirm:$false
        (Get-State $ns).Count | Should -Be 0
    }

    It 'do not stand in the way of a new cluster while they still go' -Tag OldServer {
        function Get-Volume { (Get-Kube persistentvolumeclaim data-odd-kafka-0 -n $ns).spec.volumeName }
        $null = New-KafkaCluster @small
        $second = Get-Volume
        Remove-KafkaCluster odd -Namespace $ns -DeleteData -Confirm:$false -NoWait
        $third = New-KafkaCluster @small
        $third.Status | Should -Be 'Ready'
        $second | Should -Not -BeNullOrEmpty
        Get-Volume | Should -Not -Be $second
    }
}
