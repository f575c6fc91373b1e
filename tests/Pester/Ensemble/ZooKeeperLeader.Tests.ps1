# The leader dies at each step of each command: by turns its process and its whole pod.

BeforeDiscovery { . $PSScriptRoot/../Lab.ps1 }

Describe 'A ZooKeeper ensemble whose leader is killed' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/../Lab.ps1
        . $PSScriptRoot/../ZooKeeper.ps1
        $ns = Open-Lab zkl
        $small = Get-SmallCluster $ns
        $null = New-KafkaCluster demo -BrokerCount 1 @small
        $script:tree = Get-Tree $ns demo

        # Kills the leader when a command has said something; the command has to end well all the same.
        function Test-LeaderLoss {
            param([string] $Command, [string] $Said, [int] $Time = 1, [string] $How, [int] $Members)
            Invoke-Cell "$($Command -replace ' demo.*-Rot', ' -Rot' -replace ' demo.*'), leader's $How killed after '$Said'$(if ($Time -gt 1) { " ($Time)" })" {
                $leader = Get-Leader $ns demo
                $job = Invoke-Until $ns $Command $Said $Time -Then {
                    # of those that lead by then: a restart may have moved it
                    $script:killed = Get-Leader $ns demo
                    Stop-Server $ns $script:killed $How
                }
                @(Receive-Background $job) | Should -HaveCount $Members
                Assert-EnsembleSoon $ns demo $Members
                Get-Missing $tree (Get-Tree $ns demo) | Should -BeNullOrEmpty
                (Get-Kube statefulset demo-zk -n $ns).metadata.annotations.'kafkak8s.io/ensemble-change' | Should -BeNullOrEmpty
                (Get-Kube statefulset demo-zk -n $ns).spec.replicas | Should -Be $Members
                "$script:killed (leader at the start: $leader) killed; ended well with $Members"
            }
        }
    }

    AfterAll { Close-Lab $ns }

    Context 'after "<Grow>" and "<Shrink>"' -ForEach @(
        @{ Grow = 'Check demo-zk'; Shrink = 'Check demo-zk'; How = 'process' }
        @{ Grow = 'Start demo-zk-3'; Shrink = 'Leave demo-zk-4'; How = 'pod' }
        @{ Grow = 'Join demo-zk-3'; Shrink = 'Verify demo-zk-4'; How = 'process' }
        @{ Grow = 'Verify demo-zk-3'; Shrink = 'Stop demo-zk-4'; How = 'pod' }
        @{ Grow = 'Start demo-zk-4'; Shrink = 'Leave demo-zk-3'; How = 'process' }
        @{ Grow = 'Join demo-zk-4'; Shrink = 'Verify demo-zk-3'; How = 'pod' }
        @{ Grow = 'Verify demo-zk-4'; Shrink = 'Stop demo-zk-3'; How = 'process' }
    ) {
        It 'grows all the same: <How>, "<Grow>"' {
            Set-Ensemble $ns demo 3
            Test-LeaderLoss 'Add-ZooKeeperNode demo -Count 2' $Grow -How $How -Members 5
        }

        It 'shrinks all the same: <How>, "<Shrink>"' {
            Set-Ensemble $ns demo 5
            Test-LeaderLoss 'Remove-ZooKeeperNode demo -Count 2 -Confirm:$false -DeleteData' $Shrink -How $How -Members 3
        }
    }

    Context 'while it is restarted' {
        BeforeEach { Set-Ensemble $ns demo 3 }

        It 'restarts all of them all the same: <How>, "<Said>" for time <Time>' -ForEach @(
            @{ Said = 'Check before'; Time = 1; How = 'pod' }
            @{ Said = 'restarted Pod/'; Time = 1; How = 'process' }
            @{ Said = 'restarted Pod/'; Time = 2; How = 'pod' }
            @{ Said = 'restarted Pod/'; Time = 3; How = 'process' }
        ) {
            $before = Get-PodUids $ns demo
            Test-LeaderLoss 'Restart-ZooKeeperNode demo -Confirm:$false' $Said $Time -How $How -Members 3
            $after = Get-PodUids $ns demo
            foreach ($name in 'demo-zk-0', 'demo-zk-1', 'demo-zk-2') { $after[$name].Split(' ')[0] | Should -Not -Be $before[$name].Split(' ')[0] }
        }

        It 'exchanges the credential of all of them all the same' {
            $former = Get-Password $ns demo
            Test-LeaderLoss 'Restart-ZooKeeperNode demo -RotateCredential -Confirm:$false' 'restarted Pod/' -How pod -Members 3
            Assert-Credential $ns demo -Former $former
        }
    }
}
