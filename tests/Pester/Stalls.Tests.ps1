# What holds a new cluster up: told within seconds in clear words, an error at the end of the time, and the same command goes on.

BeforeDiscovery {
    . $PSScriptRoot/Lab.ps1
    # Given: parameters of a cluster of one server and one broker. Word: what the first warning must say. Seconds: how soon at the latest.
    $cases = @(
        @{ Name = 'image'; Seconds = 20; What = 'an image that is not to be had'; Word = 'pod image-kafka-0: (ErrImagePull|ImagePullBackOff): .*no-such-kafka'; Given = @{ KafkaImage = 'registry.invalid/no-such-kafka:1' } }
        @{ Name = 'crash'; Seconds = 60; What = 'a broker that crashes'; Word = 'pod crash-kafka-0: (Exited|CrashLoopBackOff): .*it last said: .*num\.partitions'; Given = @{ Config = @{ 'num.partitions' = 'x' } } }
        @{ Name = 'large'; Seconds = 20; What = 'a pod that fits on no node'; Word = 'pod large-kafka-0: Unschedulable: .*Insufficient memory'; Given = @{ BrokerMemory = '900Gi' } }
        @{ Name = 'disk'; Seconds = 30; What = 'a volume that nobody makes, before its pod has a node'; Word = 'disk-.*(Unschedulable|Provisioning|unbound|volume)'; Given = @{ StorageClass = 'kt-nobody-immediate' } }
        @{ Name = 'late'; Seconds = 30; What = 'a volume that nobody makes, once its pod has a node'; Word = 'late-(kafka|zk)-0.*kt\.example/nobody'; Given = @{ StorageClass = 'kt-nobody-late' } }
    )
}

Describe 'A cluster that is held up' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab stalls
        $null = Set-Kube @'
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: kt-nobody-immediate}
provisioner: kt.example/nobody
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: kt-nobody-late}
provisioner: kt.example/nobody
volumeBindingMode: WaitForFirstConsumer
'@
        $script:heard = @{}

        # Makes a small cluster in the background and notes when each warning came.
        function Watch-Warnings([string] $Name, [hashtable] $Given, [int] $TimeoutSeconds) {
            $all = @{ Name = $Name; Namespace = $ns; ZooKeeperCount = 1; BrokerCount = 1; MinInSyncReplicas = 1; TimeoutSeconds = $TimeoutSeconds }
            foreach ($key in $Given.Keys) { $all[$key] = $Given[$key] }
            $job = Start-Background 'param($all) New-KafkaCluster @all' @{ all = $all }
            $seen = 0
            $warnings = @()
            while (-not $job.Run.IsCompleted) {
                while ($seen -lt $job.Shell.Streams.Warning.Count) {
                    $warnings += [pscustomobject]@{ Seconds = $job.Clock.Elapsed.TotalSeconds; Text = $job.Shell.Streams.Warning[$seen++].Message }
                }
                Start-Sleep -Milliseconds 200
            }
            $took = $job.Clock.Elapsed.TotalSeconds
            $null = Receive-Background $job
            [pscustomobject]@{ Warnings = @($warnings | Where-Object Text -notmatch 'Replication factor 1'); Error = @($job.Shell.Streams.Error); Took = $took }
        }
    }

    AfterAll {
        Close-Lab $ns
        $null = kubectl delete storageclass kt-nobody-immediate kt-nobody-late
    }

    Context 'by <What>' -ForEach $cases {
        BeforeAll { $script:seen = Watch-Warnings $Name $Given ($Seconds + 15) }

        AfterAll {
            if ($Name -ne 'image') {
                $null = kubectl delete statefulset -n $ns -l "app.kubernetes.io/instance=$Name" --cascade=orphan
                $null = kubectl delete pod -n $ns -l "app.kubernetes.io/instance=$Name" --grace-period=0 --force
            }
        }

        It 'is told within <Seconds> s, with the reason' {
            $seen.Warnings | Should -Not -BeNullOrEmpty
            $told = $seen.Warnings | Where-Object Text -match $Word | Select-Object -First 1
            $told | Should -Not -BeNullOrEmpty -Because "the warnings were: $($seen.Warnings.Text -join ' / ')"
            $told.Seconds | Should -BeLessOrEqual $Seconds
        }

        It 'is told once, not again with each try' {
            @($seen.Warnings.Text -match $Word) | Should -HaveCount 1
        }

        It 'ends with the error Stalled when the time is over, and the cluster stands' {
            $seen.Error | Should -HaveCount 1
            $seen.Error[0].FullyQualifiedErrorId | Should -BeLike 'KafkaK8s.Stalled,*'
            $seen.Error[0].CategoryInfo.Category | Should -Be 'OperationStopped'
            $seen.Error[0].Exception.Message | Should -Match $Word
            $seen.Took | Should -BeLessThan ($Seconds + 15 + 20)
            kubectl get statefulset "$Name-kafka" -n $ns -o name | Should -Be "statefulset.apps/$Name-kafka"
        }

        It 'shows with its reason in Get-KafkaCluster' {
            $shown = Get-KafkaCluster $Name -Namespace $ns
            $shown.Status | Should -Be 'Degraded'
            $shown.Reasons -join ' ' | Should -Match "$Name-(kafka|zk)"
        }
    }

    Context 'once the reason is mended' {
        It 'goes on to Ready by the same command with the right image' {
            $image = [IO.File]::ReadAllText("$ManifestFolder/kafka_deploy.yaml") -replace '(?s).*\n\s+image: (\S+).*', '$1'
            $ready = New-KafkaCluster image -Namespace $ns -KafkaImage $image -WarningAction SilentlyContinue
            $ready.Status | Should -Be 'Ready'
            ($ready.Changes | Where-Object Action -eq 'Restart').Name | Should -Be 'image-kafka-0'
        }
    }
}
