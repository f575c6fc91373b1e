# The manifests by hand: kubectl and the module give the same cluster, and each can go on where the other stopped.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Without the module' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab kubectl
        # Before 1.21 PodDisruptionBudgets are of policy/v1beta1: for such a server the test rewrites that one line of the files.
        $files = Get-ManifestFor
    }

    AfterAll { Close-Lab $ns }

    Context 'kubectl apply -f manifests/' {
        BeforeAll {
            $null = kubectl apply -n $ns -f $files
            $clock = [Diagnostics.Stopwatch]::StartNew()
            Wait-Until -Seconds 300 -For '3 ZooKeeper servers and 3 brokers are ready' {
                @((Get-Kube statefulset -n $ns).items | Where-Object { $_.status.PSObject.Properties['readyReplicas'] -and $_.status.readyReplicas -eq 3 }).Count -eq 2
            }
            Write-Host "      ready $([int] $clock.Elapsed.TotalSeconds) s after kubectl apply"
        }

        It 'gives 3 ZooKeeper servers and 3 brokers without a restart' -Tag OldServer {
            $status = (Get-Kube pods -n $ns).items.status.containerStatuses
            $status | Should -HaveCount 6
            $status.ready | Sort-Object -Unique | Should -Be $true
            ($status.restartCount | Measure-Object -Sum).Sum | Should -Be 0
        }

        It 'carries 500 messages from one pod to the next by Kafka''s own tools' {
            Start-ToolPod -Namespace $ns
            $flags = Get-ToolFlags
            $null = Invoke-Tool -Namespace $ns "/opt/kafka/bin/kafka-topics.sh $($flags.Topics) --create --topic by-hand --partitions 3 --replication-factor 3"
            $null = Invoke-Tool -Namespace $ns "seq 1 500 | /opt/kafka/bin/kafka-console-producer.sh $($flags.Producer) --topic by-hand"
            # A retry of 0.9's producer may send a message twice: then 500 lines are not yet 500 messages.
            $limit = if ($Lab.HasTunnel) { 'timeout 90', '--max-messages 500' } else { 'timeout 30', '' }
            $read = @(Invoke-Tool -Namespace $ns "$($limit[0]) /opt/kafka/bin/kafka-console-consumer.sh $($flags.Consumer) --topic by-hand --from-beginning $($limit[1]) 2> /dev/null || true")
            ($read | ForEach-Object { [int] $_ } | Sort-Object -Unique) -join ',' | Should -Be ((1..500) -join ',')
        }

        It 'is a cluster named kafka to the module, which can test it' -Tag OldServer {
            $cluster = Get-KafkaCluster -Namespace $ns
            "$($cluster.Name) $($cluster.Status) $($cluster.ZooKeeperReady) $($cluster.BrokersReady)" | Should -Be 'kafka Ready 3 3'
            $result = if ($Lab.HasTunnel) { Test-KafkaTopic -Namespace $ns } else { Test-KafkaTopic -Namespace $ns -ConsoleTools }
            $result.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
        }

        It 'is left as it is by New-KafkaCluster without parameters' -Tag OldServer {
            $uids = @((Get-Kube pods -n $ns).items.metadata.uid)
            $texts = Get-LiveText $ns kafka
            $same = New-KafkaCluster -Namespace $ns
            $same.Changes.Action | Sort-Object -Unique | Should -Be 'None'
            Get-LiveText $ns kafka | Should -Be $texts
            @((Get-Kube pods -n $ns).items.metadata.uid) | Should -Be $uids
        }

        It 'can be changed by the module, except where kubectl set another value' -Tag OldServer {
            $plan = New-KafkaCluster -Namespace $ns -Config @{ 'log.retention.hours' = 72 } -BrokerMemory 1100Mi -WhatIf -ErrorVariable problems -ErrorAction SilentlyContinue
            $plan | Should -BeNullOrEmpty
            $problems.FullyQualifiedErrorId | Should -BeLike 'KafkaK8s.FieldConflict,*'
            $problems.Exception.Message | Should -Match 'StatefulSet/kafka .*resources\.(limits|requests)\.memory .*kubectl-client-side-apply'
            $forced = New-KafkaCluster -Namespace $ns -Config @{ 'log.retention.hours' = 72 } -BrokerMemory 1100Mi -Force -WhatIf
            ($forced | Where-Object Action -eq 'Update').Fields.Path -match 'memory|EXTRA_PROPERTIES' | Should -HaveCount 3
        }

        It 'is removed by kubectl delete -f manifests/, except for its volumes' -Tag OldServer {
            $null = kubectl delete pod tools -n $ns --grace-period=0 --force --ignore-not-found
            $null = kubectl delete -n $ns -f $files --wait=false
            Wait-Until -Seconds 180 -For 'all but the volumes is gone' { -not (@((Get-State $ns).Keys) -notmatch '^PersistentVolumeClaim/') }
            (Get-State $ns).Count | Should -Be 6
        }
    }

    Context 'kubectl apply --server-side' -Tag OldServer {
        It 'gives under our field manager what New-KafkaCluster gives: nothing to change' {
            $other = New-TestNamespace server-side
            try {
                $null = kubectl apply --server-side --field-manager=kafkak8s -n $other -f $files
                $live = Get-LiveText $other kafka
                $live | Should -HaveCount 10
                $same = New-KafkaCluster -Namespace $other -NoWait
                $same.Changes.Action | Sort-Object -Unique | Should -Be 'None'
                Get-LiveText $other kafka | Should -Be $live
                # as the server has it: kubectl leaves the managers out, or once did not know the flag that shows them
                foreach ($set in (((kubectl get --raw "/apis/apps/v1/namespaces/$other/statefulsets") -join "`n") | ConvertFrom-Json).items) {
                    $managers = @($set.metadata.managedFields | Where-Object { $_.manager -eq 'kafkak8s' })
                    $managers | Should -HaveCount 1 -Because 'both write as one'
                }
            }
            finally { Remove-TestNamespace $other }
        }
    }

    Context 'Export-KafkaManifest' {
        It 'gives YAML that kubectl applies to the same objects as New-KafkaCluster: <Title>' -ForEach @(
            @{ Title = 'few parameters'; Given = @{ ZooKeeperCount = 1; BrokerCount = 1 } }
            @{ Title = 'many parameters'; Given = @{ ZooKeeperCount = 1; BrokerCount = 2; StorageSize = '3Gi'; ZooKeeperStorageSize = '2Gi'; BrokerMemory = '700Mi'; ZooKeeperMemory = '300Mi'; BrokerCpu = '100m'; ZooKeeperCpu = '50m'; ReplicationFactor = 2; MinInSyncReplicas = 1; Config = @{ 'log.retention.hours' = 5; 'message.max.bytes' = 2000000 } } }
        ) {
            $one = New-TestNamespace made
            $two = New-TestNamespace exported
            try {
                $null = New-KafkaCluster demo -Namespace $one @Given -NoWait -WarningAction SilentlyContinue
                $null = kubectl delete pod --all -n $one --grace-period=0 --force --wait=false
                $text = Export-KafkaManifest demo @Given
                $null = Set-Kube -Namespace $two "$text"
                Get-LiveText $two demo | Should -Be (Get-LiveText $one demo)
                (New-KafkaCluster demo -Namespace $two -WhatIf).Action | Sort-Object -Unique | Should -Be 'None'

                # A cluster that stands needs no parameters; -Namespace is written into the objects.
                $again = Export-KafkaManifest demo -Namespace $one
                "$again" -replace "(?m)^  namespace: $one\n" | Should -Be "$text"
            }
            finally {
                Remove-TestNamespace $one
                Remove-TestNamespace $two
            }
        }

        It 'gives for an old server what an old server knows' {
            Export-KafkaManifest demo -KubernetesVersion 1.20 | Should -Match 'apiVersion: policy/v1beta1'
            Export-KafkaManifest demo -KubernetesVersion 1.36 | Should -Not -Match 'v1beta1'
        }
    }
}
