# The ensemble while things go wrong: servers that cannot start, lost nodes, lost volumes.

BeforeDiscovery { . $PSScriptRoot/../Lab.ps1 }

Describe 'A ZooKeeper ensemble in trouble' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/../Lab.ps1
        . $PSScriptRoot/../ZooKeeper.ps1
        $ns = Open-Lab zkf
        $small = Get-SmallCluster $ns
        $null = New-KafkaCluster demo -BrokerCount 1 @small
        $script:tree = Get-Tree $ns demo
    }

    AfterAll { Close-Lab $ns }

    Context 'when its holder on another machine was killed' {
        It 'is gone on with when no renewal of its lease was seen for its time, though its clock is an hour ahead' {
            $note = @{ from = 3; to = 5; command = 'Add-ZooKeeperNode'; holder = 'gone@elsewhere'; id = 'x'; renewed = [datetimeoffset]::UtcNow.AddHours(1).ToString('o') } | ConvertTo-Json -Compress
            $null = kubectl annotate statefulset demo-zk -n $ns "kafkak8s.io/ensemble-change=$note"
            { Add-ZooKeeperNode demo -Count 4 -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.ChangeUnfinished*' -ExpectedMessage '*-Count 2*'
            Assert-Ensemble (Add-ZooKeeperNode demo -Count 2 -Namespace $ns) 5
            Set-Ensemble $ns demo 3
        }
    }

    Context 'when a server that joins cannot start' {
        It 'takes the step back, says why, and goes on once that is mended' {
            $null = kubectl create quota none -n $ns --hard=pods=4 # those of the cluster
            try {
                { Add-ZooKeeperNode demo -Count 2 -TimeoutSeconds 15 -Namespace $ns -WarningAction SilentlyContinue } | Should -Throw -ErrorId 'KafkaK8s.StepTimeout*' -ExpectedMessage '*taken back*'
                (Get-Kube statefulset demo-zk -n $ns).spec.replicas | Should -Be 3
                Assert-Ensemble (Get-ZooKeeperNode demo -Namespace $ns) 3
            }
            finally { $null = kubectl delete quota none -n $ns }
            Assert-Ensemble (Add-ZooKeeperNode demo -Count 2 -Namespace $ns) 5
            Set-Ensemble $ns demo 3
        }
    }

    Context 'when the set was scaled by hand' {
        It 'shows the pod without a vote, and makes it a member' {
            $null = kubectl scale statefulset demo-zk --replicas=4 -n $ns
            Wait-Until -Seconds 180 { @(Get-ZooKeeperNode demo -Namespace $ns | Where-Object { $_.Node -eq 'demo-zk-3' -and $_.Mode }).Count -eq 1 }
            $node = Get-ZooKeeperNode demo -Namespace $ns | Where-Object Node -eq demo-zk-3
            $node.InConfig | Should -BeFalse
            $node.Reason | Should -Match 'no configuration'
            Assert-Ensemble (Add-ZooKeeperNode demo -Count 2 -Namespace $ns) 5
            Set-Ensemble $ns demo 3
        }
    }

    Context 'when the power of a node is lost while it grows' {
        It 'says which member does not serve, keeps a quorum, and goes on when the node is back' {
            if (-not $Lab.IsLab) { Set-ItResult -Skipped -Because $NoLab; return }
            $pod = (Get-Kube pods -n $ns).items | Where-Object { $_.metadata.name -match 'zk-[01]$' } | Select-Object -First 1
            $node = $pod.spec.nodeName -replace '\D'
            try {
                $job = Invoke-Until $ns 'Add-ZooKeeperNode demo -Count 2 -TimeoutSeconds 45 -ErrorAction Stop' 'created Pod/demo-zk-3' -Then { $null = & $LabTool kill-node $node }
                try { $null = Receive-Background $job } catch { $failure = "$_" }
                $failure | Should -Match 'zk'
                $state = @(Get-ZooKeeperNode demo -Namespace $ns)
                @($state | Where-Object Mode -eq leader).Count | Should -Be 1
                @($state | Where-Object { $_.Node -eq $pod.metadata.name }).Reason | Should -Not -BeNullOrEmpty
            }
            finally { $null = & $LabTool start-node $node }
            Wait-Until -Seconds 240 -For 'the member to be back' { -not @(Get-ZooKeeperNode demo -Namespace $ns | Where-Object { $_.InConfig -and $_.Reason }).Count }
            Assert-Ensemble (Add-ZooKeeperNode demo -Count 2 -Namespace $ns) 5
            Get-Missing $tree (Get-Tree $ns demo) | Should -BeNullOrEmpty
            Set-Ensemble $ns demo 3
        }
    }

    Context 'when volumes are lost while everything is down' {
        It 'never starts an empty ensemble over a survivor, and says the way out, which works' {
            $null = kubectl scale statefulset demo-zk --replicas=0 -n $ns
            Wait-Until -Seconds 180 { -not @((Get-Kube pods -n $ns -l 'app.kubernetes.io/name=zookeeper').items).Count }
            $null = kubectl delete pvc data-demo-zk-0 data-demo-zk-1 -n $ns
            $null = kubectl scale statefulset demo-zk --replicas=3 -n $ns
            Wait-Until -Seconds 240 -For 'the way out to be said' { @(Get-ZooKeeperNode demo -Namespace $ns | Where-Object Reason -match '/data/conf/vote').Count -gt 0 }
            $nodes = @(Get-ZooKeeperNode demo -Namespace $ns)
            $nodes.Mode -ne '' | Should -BeNullOrEmpty
            { Add-ZooKeeperNode demo -Count 2 -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.QuorumLost*'
            { Restart-ZooKeeperNode demo -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.QuorumLost*'
            $null = Invoke-InPod -Namespace $ns demo-zk-0 'touch /data/conf/vote'
            Wait-Until -Seconds 240 -For 'the ensemble' { -not @(Get-ZooKeeperNode demo -Namespace $ns | Where-Object Reason).Count }
            Assert-Ensemble (Get-ZooKeeperNode demo -Namespace $ns) 3
            Get-Missing $tree (Get-Tree $ns demo) | Should -BeNullOrEmpty
        }

        It 'counts an ensemble that has grown: its first servers alone do not start anew' {
            Assert-Ensemble (Add-ZooKeeperNode demo -Count 2 -Namespace $ns) 5
            $null = kubectl scale statefulset demo-zk --replicas=0 -n $ns
            Wait-Until -Seconds 180 { -not @((Get-Kube pods -n $ns -l 'app.kubernetes.io/name=zookeeper').items).Count }
            $null = kubectl delete pvc data-demo-zk-0 data-demo-zk-1 data-demo-zk-2 -n $ns
            $null = kubectl scale statefulset demo-zk --replicas=5 -n $ns
            Wait-Until -Seconds 240 -For 'the way out to be said' { @(Get-ZooKeeperNode demo -Namespace $ns | Where-Object Reason -match '/data/conf/vote').Count -gt 0 }
            @(Get-ZooKeeperNode demo -Namespace $ns).Mode -ne '' | Should -BeNullOrEmpty
        }
    }
}
