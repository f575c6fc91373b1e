# What holds a new cluster up: told within seconds in clear words, an error at the end of the time, and the same command goes on.

BeforeDiscovery {
    . $PSScriptRoot/Lab.ps1
    # Given: parameters of a cluster of one server and one broker. Word: what the first warning must say. Seconds: how soon at the latest.
    $cases = @(
        @{ Name = 'image'; Seconds = 20; What = 'an image that is not to be had'; Word = 'pod image-kafka-0: (ErrImagePull|ImagePullBackOff): .*no-such-kafka'; Given = @{ KafkaImage = 'registry.invalid/no-such-kafka:1' } }
        @{ Name = 'crash'; Seconds = 40; What = 'a broker that crashes'; Word = 'pod crash-kafka-0: (Exited|CrashLoopBackOff): .*it last said: .*num\.partitions'; Given = @{ Config = @{ 'num.partitions' = 'x' } } }
        @{ Name = 'large'; Seconds = 20; What = 'a pod that fits on no node'; Word = 'pod large-kafka-0: Unschedulable: .*Insufficient memory'; Given = @{ BrokerMemory = '900Gi' } }
        @{ Name = 'disk'; Seconds = 30; What = 'a volume that nobody makes, before its pod has a node'; Word = 'disk-.*(Unschedulable|Provisioning|unbound|volume)'; Given = @{ StorageClass = 'kt-nobody-immediate' } }
        @{ Name = 'late'; Seconds = 30; What = 'a volume that nobody makes, once its pod has a node'; Word = 'persistentvolumeclaim data-late-(kafka|zk)-0: .*kt\.example/nobody'; Given = @{ StorageClass = 'kt-nobody-late' } }
    )
}

Describe 'A cluster that is held up' -Tag Lab -ForEach @{ Cases = $cases } {
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

        # All at once, each in the background; the time of each warning is noted as it comes.
        $script:jobs = @{}
        $script:seen = @{}
        foreach ($case in $cases) {
            $all = @{ Name = $case.Name; Namespace = $ns; ZooKeeperCount = 1; BrokerCount = 1; MinInSyncReplicas = 1; TimeoutSeconds = $case.Seconds + 5 }
            foreach ($key in $case.Given.Keys) { $all[$key] = $case.Given[$key] }
            $jobs[$case.Name] = Start-Background 'param($all) New-KafkaCluster @all' @{ all = $all }
            $seen[$case.Name] = [pscustomobject]@{ Count = 0; Warnings = @(); Error = @(); Took = 0 }
        }
        while ($jobs.Count -gt 0) {
            foreach ($name in @($jobs.Keys)) {
                $job, $note = $jobs[$name], $seen[$name]
                $ended = $job.Run.IsCompleted
                while ($note.Count -lt $job.Shell.Streams.Warning.Count) {
                    $text = $job.Shell.Streams.Warning[$note.Count++].Message
                    if ($text -notmatch 'Replication factor 1') { $note.Warnings += [pscustomobject]@{ Seconds = $job.Clock.Elapsed.TotalSeconds; Text = $text } }
                }
                if ($ended) {
                    $note.Took = $job.Clock.Elapsed.TotalSeconds
                    $note.Error = @($job.Shell.Streams.Error)
                    $null = Receive-Background $job
                    $jobs.Remove($name)
                }
            }
            Start-Sleep -Milliseconds 200
        }
    }

    AfterAll {
        Close-Lab $ns
        $null = kubectl delete storageclass kt-nobody-immediate kt-nobody-late
    }

    Context 'by <What>' -ForEach $cases {
        BeforeAll { $it = $seen[$Name] }

        It 'is told within <Seconds> s, with the reason' {
            $it.Warnings | Should -Not -BeNullOrEmpty
            $told = $it.Warnings | Where-Object Text -match $Word | Select-Object -First 1
            $told | Should -Not -BeNullOrEmpty -Because "the warnings were: $($it.Warnings.Text -join ' / ')"
            Write-Host "      after $([math]::Round($told.Seconds, 1)) s: $($told.Text)"
            $told.Seconds | Should -BeLessOrEqual $Seconds
        }

        It 'is told once for each pod, not again with each try' {
            $subjects = @($it.Warnings.Text -match $Word -replace '^(\S+ \S+):.*', '$1')
            $subjects | Sort-Object | Should -Be @($subjects | Sort-Object -Unique)
        }

        It 'ends with the error Stalled when the time is over, and the cluster stands' {
            $it.Error | Should -HaveCount 1
            $it.Error[0].FullyQualifiedErrorId | Should -BeLike 'KafkaK8s.Stalled,*'
            $it.Error[0].CategoryInfo.Category | Should -Be 'OperationStopped'
            $it.Error[0].Exception.Message | Should -Match $Word
            $it.Took | Should -BeLessThan ($Seconds + 5 + 20)
            kubectl get statefulset "$Name-kafka" -n $ns -o name | Should -Be "statefulset.apps/$Name-kafka"
        }

        It 'shows with its reason in Get-KafkaCluster' {
            $shown = Get-KafkaCluster $Name -Namespace $ns
            # a pod whose volume is awaited looks like any other that starts, until the scheduler calls it unschedulable
            $shown.Status | Should -BeIn ($Name -eq 'late' ? @('Progressing', 'Degraded') : @('Degraded'))
            $shown.Reasons -join ' ' | Should -Match "$Name-(kafka|zk)"
        }
    }

    Context 'once the reason is mended' {
        It 'goes on to Ready by the same command with the right image' {
            $image = [IO.File]::ReadAllText("$ManifestFolder/kafka_deploy.yaml") -replace '(?s).*\n\s+image: (\S+).*', '$1'
            $ready = New-KafkaCluster image -Namespace $ns -Confirm:$false -KafkaImage $image -WarningAction SilentlyContinue
            $ready.Status | Should -Be 'Ready'
            ($ready.Changes | Where-Object Action -eq 'Restart').Name | Should -Be 'image-kafka-0'
        }
    }
}
