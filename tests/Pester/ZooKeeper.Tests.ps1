# The ensemble as pipeline objects: seen, grown, shrunk, restarted, while a producer writes.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'A ZooKeeper ensemble' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        . $PSScriptRoot/ZooKeeper.ps1
        $ns = Open-Lab zk
        $small = Get-SmallCluster $ns
        $null = New-KafkaCluster demo @small
        Start-ToolPod -Namespace $ns
        New-Topic $ns demo load
        $script:tree = Get-Tree $ns demo
    }

    AfterAll { Close-Lab $ns }

    Context 'when it is looked at' {
        It 'is one object a server, with role, zxid, lag and volume' {
            $nodes = @(Get-ZooKeeperNode demo -Namespace $ns)
            $nodes | Should -HaveCount 3
            $nodes[0] | Should -BeOfType KafkaK8s.ZooKeeperNode
            $nodes.Node | Should -Be @('demo-zk-0', 'demo-zk-1', 'demo-zk-2')
            $nodes.Id | Should -Be @(1, 2, 3)
            @($nodes.Mode | Sort-Object) | Should -Be @('follower', 'follower', 'leader')
            @($nodes.ConfigVersion | Sort-Object -Unique) | Should -HaveCount 1
            foreach ($node in $nodes) {
                "$($node.InConfig) $($node.Ready) $($node.Resolves) $($node.Role) $($node.Volume) $($node.Reason)" | Should -Be "True True True participant data-$($node.Node) "
                $node.Zxid | Should -Match '^0x[0-9a-f]+$'
                $node.Lag | Should -BeLessThan 50
                $node.Connections | Should -BeGreaterThan 0
                $node.Version | Should -Match '^3\.[89]\.'
            }
            ($nodes | Where-Object Mode -eq leader).SyncedFollowers | Should -Be 2
        }

        It 'shows as a table' {
            $text = (Get-ZooKeeperNode demo -Namespace $ns | Out-String) -replace '\e\[[0-9;]*m'
            $text | Should -Match '(?m)^Cluster +Node +Id +Mode +Ready +Reason +Lag +InConfig +Connections'
            $text | Should -Match '(?m)^demo +demo-zk-0 +1 +(leader|follower) +True +\d+ +True +\d+ +\d'
        }

        It 'comes from the pipeline too' {
            (Get-KafkaCluster demo -Namespace $ns | Get-ZooKeeperNode).Node | Should -HaveCount 3
        }
    }

    Context 'when its tree is compared' {
        It 'is the same from every server' {
            foreach ($ordinal in 1, 2) { Get-Checksum (Get-Tree $ns demo $ordinal) | Should -Be (Get-Checksum $tree) }
        }

        It 'is not, once the data of one node has another letter' {
            $session = Open-Zk $ns demo-zk-0
            try {
                New-ZkItem $session /kafkatest 'one' | Should -Be 0
                $before = Get-Tree $ns demo
                Get-Missing $tree $before | Should -BeNullOrEmpty
                Set-ZkItem $session /kafkatest 'onE' | Should -Be 0
                Get-Missing $before (Get-Tree $ns demo) | Should -Match '^/kafkatest '
                Set-ZkItem $session /kafkatest 'one' | Should -Be 0
                Get-Checksum (Get-Tree $ns demo 2) | Should -Be (Get-Checksum $before)
                Remove-ZkItem $session /kafkatest | Should -Be 0
                Get-Missing $before (Get-Tree $ns demo) | Should -Match '^/kafkatest '
            }
            finally { Close-Zk $session }
        }
    }

    Context 'when it is planned' {
        It 'gives the steps as objects and changes nothing' {
            $before = Get-State $ns
            $plan = Add-ZooKeeperNode demo -Count 2 -Namespace $ns -WhatIf
            $plan[0] | Should -BeOfType KafkaK8s.PlanStep
            $plan.Action | Should -Be @('Check', 'Start', 'Join', 'Verify', 'Check', 'Start', 'Join', 'Verify', 'Record')
            $plan | Where-Object { -not $_.WaitsFor -or -not $_.Risk } | Should -BeNullOrEmpty
            $restarts = Get-ZooKeeperNode demo -Namespace $ns | Restart-ZooKeeperNode -WhatIf
            $restarts | Should -HaveCount 3
            $restarts[-1].Name | Should -Be (Get-ZooKeeperNode demo -Namespace $ns | Where-Object Mode -eq leader).Node
            Compare-State $before (Get-State $ns) | Where-Object { $_ -ne 'Pod/tools' } | Should -BeNullOrEmpty
        }
    }

    Context 'when it grows and shrinks while a producer writes' {
        BeforeAll {
            $script:pods = Get-PodUids $ns demo
            Start-Load $ns demo
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $script:grown = @(Add-ZooKeeperNode demo -Count 2 -Namespace $ns)
            $script:growSeconds = $clock.Elapsed.TotalSeconds
            $script:grownPods = Get-PodUids $ns demo
            $script:again = New-KafkaCluster demo -Namespace $ns -WhatIf
            $clock.Restart()
            $script:shrunk = @(Remove-ZooKeeperNode demo -Count 2 -Namespace $ns -Confirm:$false)
            $script:shrinkSeconds = $clock.Elapsed.TotalSeconds
            $script:load = Stop-Load $ns
            $restarts = (@($grown) + @($shrunk) | Measure-Object Restarts -Sum).Sum
            Write-Host ("    3 to 5: {0:0.0} s, 5 to 3: {1:0.0} s, {2} restarts; producer: {3} sent, {4} acknowledged, {5} errors, longest pause {6} ms; tree {7}" -f
                $growSeconds, $shrinkSeconds, $restarts, $load.Sent, $load.Acked, $load.Errors.Count, $load.LongestPause, (Get-Checksum (Get-Tree $ns demo)))
        }

        It 'has five members under one leader in one configuration' { Assert-Ensemble $grown 5 }

        It 'restarts no server and no broker' {
            foreach ($name in $pods.Keys) { $grownPods[$name] | Should -Be $pods[$name] }
            $grown.Restarts -ne 0 | Should -BeNullOrEmpty
        }

        It 'has a spec that agrees: New-KafkaCluster changes nothing' {
            $again | Where-Object Action -ne None | Should -BeNullOrEmpty
        }

        It 'shrinks to three, and keeps the volumes' {
            Assert-Ensemble $shrunk 3
            $now = Get-PodUids $ns demo
            foreach ($name in $pods.Keys) { $now[$name] | Should -Be $pods[$name] }
            $now.Keys | Should -HaveCount $pods.Count
            (Get-State $ns persistentvolumeclaim).Keys | Should -Contain 'PersistentVolumeClaim/data-demo-zk-4'
            New-KafkaCluster demo -Namespace $ns -WhatIf | Where-Object Action -ne None | Should -BeNullOrEmpty
        }

        It 'is not noticed by the producer' {
            # its session with ZooKeeper ends after 6 s without an answer, which a busy machine does not always give
            if (-not $Lab.HasTunnel) { Set-ItResult -Skipped -Because "errors of Kafka $($Lab.Kafka) are not told from those of a busy machine; they are printed above"; return }
            $load.Errors | Should -BeNullOrEmpty
            $load.Sent | Should -BeGreaterThan 100
            $load.Acked | Should -Be $load.Sent
            $load.LongestPause | Should -BeLessThan 15000 # on a machine that other work keeps busy; the figure is printed above
        }

        It 'still holds every node of the tree' { Get-Missing $tree (Get-Tree $ns demo) | Should -BeNullOrEmpty }
    }

    Context 'when the leader is the one to go' {
        It 'hands over first' {
            $null = Add-ZooKeeperNode demo -Count 1 -Force -Namespace $ns
            # restarting the leader makes the highest id lead, as all hold the same
            Wait-Until -Seconds 180 -For 'the last server to lead' {
                $leader = Get-ZooKeeperNode demo -Namespace $ns | Where-Object Mode -eq leader
                if ($leader.Node -eq 'demo-zk-3') { return $true }
                $null = $leader | Restart-ZooKeeperNode -Confirm:$false
                $false
            }
            $left = Remove-ZooKeeperNode demo -Namespace $ns -Confirm:$false -DeleteData
            Assert-Ensemble $left 3
            Get-Missing $tree (Get-Tree $ns demo) | Should -BeNullOrEmpty
        }
    }

    Context 'when it is restarted' {
        It 'takes followers first and the leader last, one at a time' {
            $leader = (Get-ZooKeeperNode demo -Namespace $ns | Where-Object Mode -eq leader).Node
            $before = Get-PodUids $ns demo
            $told = Get-ZooKeeperNode demo -Namespace $ns | Sort-Object { $_.Mode -ne 'leader' } | Restart-ZooKeeperNode -Confirm:$false -Verbose 4>&1 |
                Where-Object { "$_" -match '^restarted Pod/(\S+)' } | ForEach-Object { "$_" -replace '^restarted Pod/(\S+).*', '$1' }
            $told | Should -HaveCount 3
            $told[-1] | Should -Be $leader
            $after = Get-PodUids $ns demo
            foreach ($name in 'demo-zk-0', 'demo-zk-1', 'demo-zk-2') { $after[$name] | Should -Not -Be $before[$name] }
            Assert-Ensemble (Get-ZooKeeperNode demo -Namespace $ns) 3
        }
    }

    Context 'when two want to change it' {
        It 'refuses the second one, who learns who is at it; the first one grows over volumes that an earlier removal left' {
            (Get-State $ns persistentvolumeclaim).Keys | Should -Contain 'PersistentVolumeClaim/data-demo-zk-4'
            $first = Start-Background 'param($Space) Add-ZooKeeperNode demo -Count 2 -Namespace $Space' @{ Space = $ns }
            Wait-Until -Seconds 60 -For 'the first one to begin' { (Get-Kube statefulset demo-zk -n $ns).metadata.annotations.'kafkak8s.io/ensemble-change' -match '"holder":"' }
            { Add-ZooKeeperNode demo -Count 2 -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.EnsembleBusy*' -ExpectedMessage '*@*Add-ZooKeeperNode from 3 to 5*'
            { Remove-ZooKeeperNode demo -Count 2 -Namespace $ns -Confirm:$false } | Should -Throw -ErrorId 'KafkaK8s.EnsembleBusy*'
            { Restart-ZooKeeperNode demo -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.EnsembleBusy*'
            { New-KafkaCluster demo -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.EnsembleBusy*'
            Assert-Ensemble (Receive-Background $first) 5
            Get-Missing $tree (Get-Tree $ns demo 4) | Should -BeNullOrEmpty
            Assert-Ensemble (Remove-ZooKeeperNode demo -Count 2 -Namespace $ns -Confirm:$false -DeleteData) 3
            Wait-Until -Seconds 60 -For 'their volumes to go' { -not @((Get-State $ns persistentvolumeclaim).Keys -match 'zk-[34]').Count }
        }
    }

    Context 'when it is asked for what cannot be' {
        It 'refuses <Title>' -ForEach @(
            @{ Title = 'an unknown cluster'; Do = { Get-ZooKeeperNode nobody -Namespace $ns }; Id = 'ClusterNotFound' }
            @{ Title = 'to add to an unknown cluster'; Do = { Add-ZooKeeperNode nobody -Namespace $ns }; Id = 'ClusterNotFound' }
            @{ Title = 'an even ensemble'; Do = { Add-ZooKeeperNode demo -Namespace $ns }; Id = 'EvenEnsemble' }
            @{ Title = 'more than 255'; Do = { Add-ZooKeeperNode demo -Count 254 -Force -Namespace $ns }; Id = 'InvalidCount' }
            @{ Title = 'to remove the last member'; Do = { Remove-ZooKeeperNode demo -Count 3 -Namespace $ns -Confirm:$false }; Id = 'LastMember' }
            @{ Title = 'to restart a server that is not there'; Do = { Restart-ZooKeeperNode demo demo-zk-7 -Namespace $ns }; Id = 'NodeNotFound' }
            @{ Title = 'to resize by New-KafkaCluster'; Do = { New-KafkaCluster demo -ZooKeeperCount 5 -Namespace $ns }; Id = 'EnsembleResizeRefused' }
        ) {
            { & $Do } | Should -Throw -ErrorId "KafkaK8s.$Id*"
        }

        It 'refuses -Count <Count> at the parameter' -ForEach @(@{ Count = 0 }, @{ Count = -1 }, @{ Count = 256 }) {
            { Add-ZooKeeperNode demo -Count $Count -Namespace $ns } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
            { Remove-ZooKeeperNode demo -Count $Count -Namespace $ns } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        }

        It 'refuses a credential that the servers do not know, and says the way out' {
            $right = (Get-Kube secret demo-zk-reconfig -n $ns).data.password
            $null = kubectl patch secret demo-zk-reconfig -n $ns -p '{"data":{"password":"d3Jvbmc="}}'
            foreach ($do in { Add-ZooKeeperNode demo -Count 2 -Namespace $ns }, { Remove-ZooKeeperNode demo -Count 2 -Namespace $ns -Confirm:$false }) {
                $do | Should -Throw -ErrorId 'KafkaK8s.CredentialRefused*' -ExpectedMessage '*-RotateCredential*'
            }
            $null = kubectl patch secret demo-zk-reconfig -n $ns -p "{`"data`":{`"password`":`"$right`"}}"
            Add-ZooKeeperNode demo -Count 2 -Namespace $ns -WhatIf | Should -HaveCount 9 # the plan tries the credential
        }

        It 'refuses a cluster without ZooKeeper' {
            $null = Set-Kube -Namespace $ns @"
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kraft-kafka, labels: {app.kubernetes.io/part-of: kafkak8s, app.kubernetes.io/instance: kraft, app.kubernetes.io/name: kafka}}
spec:
  replicas: 0
  serviceName: kraft
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: kafka, image: kafka}]}}
"@
            foreach ($do in { Get-ZooKeeperNode kraft -Namespace $ns }, { Add-ZooKeeperNode kraft -Namespace $ns }, { Remove-ZooKeeperNode kraft -Namespace $ns -Confirm:$false }, { Restart-ZooKeeperNode kraft -Namespace $ns }) {
                $do | Should -Throw -ErrorId 'KafkaK8s.NoEnsemble*' -ExpectedMessage '*KRaft*'
            }
        }
    }
}

Describe 'A ZooKeeper ensemble of a single server' -Tag Lab, OldServer {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        . $PSScriptRoot/ZooKeeper.ps1
        $ns = Open-Lab zk1
        $small = Get-SmallCluster $ns
        $null = New-KafkaCluster dev -ZooKeeperCount 1 -BrokerCount 1 @small
        $script:tree = Get-Tree $ns dev
    }

    AfterAll { Close-Lab $ns }

    It 'refuses to restart it, unless forced' {
        { Restart-ZooKeeperNode dev -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.WouldLoseQuorum*'
        (Restart-ZooKeeperNode dev -Force -Confirm:$false -Namespace $ns).Mode | Should -Be 'leader'
    }

    It 'grows to three, and the broker lives on without the first one' {
        $before = Get-PodUids $ns dev
        Assert-Ensemble (Add-ZooKeeperNode dev -Count 2 -Namespace $ns) 3
        $after = Get-PodUids $ns dev
        foreach ($name in $before.Keys) { $after[$name] | Should -Be $before[$name] }
        Get-Missing $tree (Get-Tree $ns dev) | Should -BeNullOrEmpty
        $null = Restart-ZooKeeperNode dev dev-zk-0 -Confirm:$false -Namespace $ns
        Get-Missing $tree (Get-Tree $ns dev) | Should -BeNullOrEmpty
    }

    It 'shrinks to one again' {
        Assert-Ensemble (Remove-ZooKeeperNode dev -Count 2 -Namespace $ns -Confirm:$false) 1
        { Remove-ZooKeeperNode dev -Namespace $ns -Confirm:$false } | Should -Throw -ErrorId 'KafkaK8s.LastMember*'
        Get-Missing $tree (Get-Tree $ns dev) | Should -BeNullOrEmpty
    }
}
