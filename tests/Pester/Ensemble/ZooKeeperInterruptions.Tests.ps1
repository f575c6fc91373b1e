# Commands that are interrupted after each of their steps, and given again. Prints the matrix, one line a cell.

BeforeDiscovery { . $PSScriptRoot/../Lab.ps1 }

Describe 'A ZooKeeper ensemble whose change is interrupted' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/../Lab.ps1
        . $PSScriptRoot/../ZooKeeper.ps1
        $ns = Open-Lab zki
        $small = Get-SmallCluster $ns
        $null = New-KafkaCluster demo -BrokerCount 1 @small
        $script:tree = Get-Tree $ns demo

        $Add = 'Add-ZooKeeperNode demo -Count 2'
        $Remove = 'Remove-ZooKeeperNode demo -Count 2 -Confirm:$false -DeleteData'
        $Restart = 'Restart-ZooKeeperNode demo -Confirm:$false'
        $Rotate = 'Restart-ZooKeeperNode demo -RotateCredential -Confirm:$false'

        # Stops a command after a step, gives the same command again at once, and looks at what came of it.
        function Test-Interruption {
            param([string] $Command, [string] $Said, [int] $Time = 1, [int] $Members, [switch] $Kill)
            Invoke-Cell "$($Command -replace ' demo.*-Rot', ' -Rot' -replace ' demo.*') $($Kill ? 'killed' : 'stopped') after '$Said'$(if ($Time -gt 1) { " ($Time)" })" {
                if ($Kill) { Invoke-Killed $ns $Command $Said }
                else { $null = Invoke-Until $ns $Command $Said $Time -Then { param($job) $job.Shell.Stop() } }
                $left = @(Get-ZooKeeperNode demo -Namespace $ns)
                # a stop at the very end may come when all is done and the goal forgotten: the same command would count from there
                $goal = (Get-Kube statefulset demo-zk -n $ns).metadata.annotations.'kafkak8s.io/ensemble-change'
                if (-not $goal -and $Command -notmatch '^Restart' -and @($left | Where-Object InConfig).Count -eq $Members) {
                    Assert-EnsembleSoon $ns demo $Members
                    Get-Missing $tree (Get-Tree $ns demo) | Should -BeNullOrEmpty
                    return "was done when the stop came, with $Members"
                }
                $clock = [Diagnostics.Stopwatch]::StartNew()
                $result = @(& ([scriptblock]::Create("$Command -Namespace $ns")))
                $seconds = $clock.Elapsed.TotalSeconds
                Assert-Ensemble $result $Members
                Assert-EnsembleSoon $ns demo $Members
                Get-Missing $tree (Get-Tree $ns demo) | Should -BeNullOrEmpty
                (Get-Kube statefulset demo-zk -n $ns).metadata.annotations.'kafkak8s.io/ensemble-change' | Should -BeNullOrEmpty
                New-KafkaCluster demo -Namespace $ns -WhatIf | Where-Object Action -ne None | Should -BeNullOrEmpty
                "left $($left.Count) pods with $(@($left | Where-Object InConfig).Count) members; the same command went on to $Members in {0:0.0} s" -f $seconds
            }
        }
    }

    AfterAll { Close-Lab $ns }

    # One cell of growth, then one of shrinking: each begins where the other ends.
    Context 'after "<Grow>" and "<Shrink>"' -ForEach @(
        @{ Grow = 'Check demo-zk'; Shrink = 'Check demo-zk' }
        @{ Grow = 'created Pod/demo-zk-3'; Shrink = 'Leave demo-zk-4' }
        @{ Grow = 'Join demo-zk-3'; Shrink = 'left Pod/demo-zk-4' }
        @{ Grow = 'joined Pod/demo-zk-3'; Shrink = 'deleted Pod/demo-zk-4' }
        @{ Grow = 'created Pod/demo-zk-4'; Shrink = 'Leave demo-zk-3' }
        @{ Grow = 'Join demo-zk-4'; Shrink = 'left Pod/demo-zk-3' }
        @{ Grow = 'joined Pod/demo-zk-4'; Shrink = 'deleted Pod/demo-zk-3' }
        @{ Grow = 'Record demo-kafka'; Shrink = 'deleted PersistentVolumeClaim/data-demo-zk-4' }
    ) {
        It 'goes on growing after "<Grow>"' {
            Set-Ensemble $ns demo 3
            Test-Interruption $Add $Grow -Members 5
        }

        It 'goes on shrinking after "<Shrink>"' {
            Set-Ensemble $ns demo 5
            Test-Interruption $Remove $Shrink -Members 3
            Wait-Until -Seconds 60 -For 'both volumes to go' { -not @((Get-State $ns persistentvolumeclaim).Keys -match 'zk-[34]').Count }
        }
    }

    Context 'when the whole process is killed' {
        It 'goes on growing as soon as the claim has run out' {
            Set-Ensemble $ns demo 3
            Test-Interruption $Add 'Join demo-zk-3' -Members 5 -Kill
        }

        It 'goes on shrinking' {
            Set-Ensemble $ns demo 5
            Test-Interruption $Remove 'left Pod/demo-zk-4' -Members 3 -Kill
        }

        It 'goes on restarting' {
            Set-Ensemble $ns demo 3
            $before = Get-PodUids $ns demo
            Test-Interruption $Restart 'restarted Pod/' -Members 3 -Kill
            $after = Get-PodUids $ns demo
            foreach ($name in 'demo-zk-0', 'demo-zk-1', 'demo-zk-2') { $after[$name] | Should -Not -Be $before[$name] }
        }
    }

    Context 'when a restart is stopped' {
        BeforeEach { Set-Ensemble $ns demo 3 }

        It 'goes on after "<Said>" for time <Time>' -ForEach @(
            @{ Said = 'Check before'; Time = 1 }
            @{ Said = 'restarted Pod/'; Time = 1 }
            @{ Said = 'restarted Pod/'; Time = 2 }
            @{ Said = 'restarted Pod/'; Time = 3 }
        ) {
            $before = Get-PodUids $ns demo
            Test-Interruption $Restart $Said $Time -Members 3
            $after = Get-PodUids $ns demo
            foreach ($name in 'demo-zk-0', 'demo-zk-1', 'demo-zk-2') { $after[$name] | Should -Not -Be $before[$name] }
        }

        It 'goes on exchanging the credential after "<Said>" for time <Time>' -ForEach @(
            @{ Said = 'changed Secret/'; Time = 1 }
            @{ Said = 'restarted Pod/'; Time = 2 }
            @{ Said = 'Rotate demo-zk-reconfig'; Time = 1 }
        ) {
            $former = Get-Password $ns demo
            Test-Interruption $Rotate $Said $Time -Members 3
            Assert-Credential $ns demo -Former $former
        }
    }
}
