# The credential that changes the ensemble: exchanged while a producer writes, mended, made for a cluster of kubectl's.

BeforeDiscovery { . $PSScriptRoot/../Lab.ps1 }

Describe 'The credential of a ZooKeeper ensemble' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/../Lab.ps1
        . $PSScriptRoot/../ZooKeeper.ps1
        $ns = Open-Lab zkc
    }

    AfterAll { Close-Lab $ns }

    Context 'of a cluster that kubectl made' {
        BeforeAll {
            # as small as the other suites' clusters; else the files as they are
            $folder = [IO.Path]::Combine([IO.Path]::GetTempPath(), "kafkak8s-$(New-Guid)")
            $null = [IO.Directory]::CreateDirectory($folder)
            foreach ($file in [IO.Directory]::GetFiles((Get-ManifestFor), '*.yaml')) {
                $text = [IO.File]::ReadAllText($file) -replace '(?<=cpu: )\d+m', '10m'
                if ($env:KAFKAK8S_TEST_ZOOKEEPER) { $text = $text -replace 'docker\.io/library/zookeeper:\S+', $env:KAFKAK8S_TEST_ZOOKEEPER }
                [IO.File]::WriteAllText("$folder/$([IO.Path]::GetFileName($file))", $text)
            }
            $null = kubectl apply -n $ns -f $folder
            [IO.Directory]::Delete($folder, $true)
            Wait-Until -Seconds 300 -For 'the cluster' { (Get-KafkaCluster kafka -Namespace $ns).Status -eq 'Ready' }
            Start-ToolPod -Namespace $ns
            New-Topic $ns kafka load
            $script:tree = Get-Tree $ns kafka
        }

        It 'is missing: nothing can join, and the way out is said' {
            { Add-ZooKeeperNode kafka -Count 2 -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.CredentialMissing*' -ExpectedMessage '*-RotateCredential*'
        }

        It 'is made while a producer writes, without an error, and then servers can join and leave' {
            Start-Load $ns kafka
            $brokers = Get-PodUids $ns kafka
            $clock = [Diagnostics.Stopwatch]::StartNew()
            Assert-Ensemble (Restart-ZooKeeperNode kafka -RotateCredential -Confirm:$false -Namespace $ns) 3
            $first = $clock.Elapsed.TotalSeconds
            $password = Get-Password $ns kafka
            Assert-Credential $ns kafka
            $clock.Restart()
            Assert-Ensemble (Restart-ZooKeeperNode kafka -RotateCredential -Confirm:$false -Namespace $ns) 3
            $second = $clock.Elapsed.TotalSeconds
            $load = Stop-Load $ns
            Write-Host ("    first credential: {0:0.0} s, exchange: {1:0.0} s; producer: {2} sent, {3} acknowledged, {4} errors, longest pause {5} ms" -f $first, $second, $load.Sent, $load.Acked, $load.Errors.Count, $load.LongestPause)
            $load.Errors | Should -BeNullOrEmpty
            $load.Sent | Should -BeGreaterThan 100
            $load.Acked | Should -Be $load.Sent
            Assert-Credential $ns kafka -Former $password
            $after = Get-PodUids $ns kafka
            foreach ($name in 'kafka-0', 'kafka-1', 'kafka-2') { $after[$name] | Should -Be $brokers[$name] }
            Assert-Ensemble (Add-ZooKeeperNode kafka -Count 2 -Namespace $ns) 5
            Assert-Ensemble (Remove-ZooKeeperNode kafka -Count 2 -DeleteData -Namespace $ns -Confirm:$false) 3
            Get-Missing $tree (Get-Tree $ns kafka) | Should -BeNullOrEmpty
        }

        It 'is mended by an exchange when it was made wrong by hand' {
            $null = kubectl patch secret zk-reconfig -n $ns -p '{"data":{"password":"d3Jvbmc="}}'
            { Add-ZooKeeperNode kafka -Count 2 -Namespace $ns } | Should -Throw -ErrorId 'KafkaK8s.CredentialRefused*'
            $null = Restart-ZooKeeperNode kafka -RotateCredential -Confirm:$false -Namespace $ns
            Assert-Credential $ns kafka -Former 'wrong'
            Add-ZooKeeperNode kafka -Count 2 -Namespace $ns -WhatIf | Should -HaveCount 9
        }
    }
}
