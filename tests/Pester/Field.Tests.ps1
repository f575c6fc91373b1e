# What people met in the field: a quota that is raised, a volume that cannot be read, two tests at once, a foreign pod, a large topic,
# a node that is lost for good. Two clusters of one name in two namespaces: 'demo' of three brokers, and a small one behind a quota.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'In the field' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        . $PSScriptRoot/ZooKeeper.ps1
        $ns = Open-Lab field
        $narrow = New-TestNamespace narrow
        $demo = Get-SmallCluster $ns
        $small = Get-SmallCluster $narrow
        $script:making = Start-Background 'param($all) New-KafkaCluster demo @all -ZooKeeperCount 1 -BrokerCount 3' @{ all = $demo }
        $check = @{ ConsoleTools = -not $Lab.HasTunnel } # the check that this Kafka can be given
        function Get-Missing { @('demo-zk-0', 'demo-kafka-0') | Where-Object { $_ -notin @((Get-Kube pods -n $narrow).items | ForEach-Object { $_.metadata.name }) } }
    }

    AfterAll {
        if ($script:dark) { & $LabTool start-node $script:dark }
        Close-Lab $ns, $narrow
    }

    Context 'a quota is in the way' {
        BeforeAll { $null = kubectl create quota narrow -n $narrow --hard=pods=1 }

        It 'is refused in the server''s words' {
            { New-KafkaCluster demo @small -ZooKeeperCount 1 -BrokerCount 1 } | Should -Throw '*exceeded quota: narrow*' -ErrorId 'KafkaK8s.RefusedByPolicy,*'
            Get-Missing | Should -HaveCount 1
        }

        It 'goes on at once by the same command when the quota is raised' {
            $missing = Get-Missing
            # The controller tries again after 5, 10, 20, 40 s: now it would not for some 20 s.
            Start-Sleep 22
            Get-Missing | Should -Be $missing
            $null = kubectl patch quota narrow -n $narrow -p '{"spec":{"hard":{"pods":"5"}}}'
            $raised = [datetime]::UtcNow
            (New-KafkaCluster demo @small -ZooKeeperCount 1 -BrokerCount 1).Status | Should -Be 'Ready'
            $waited = ((Get-Kube pod $missing -n $narrow).metadata.creationTimestamp.ToUniversalTime() - $raised).TotalSeconds
            Write-Host ('      {0} was made {1:0} s after the quota was raised, Ready after {2:0} s' -f "$missing", $waited, ([datetime]::UtcNow - $raised).TotalSeconds)
            $waited | Should -BeLessThan 10
        }
    }

    Context 'two clusters of one name' {
        It 'are tested at once, one of them twice' {
            (Receive-Background $making).Status | Should -Be 'Ready'
            # Brokers that have just started compile their code: on a busy machine the first topic takes seven times as long as the next.
            foreach ($where in $ns, $narrow) { $null = Test-KafkaTopic demo -Namespace $where @check -MessageCount 60 }
            $tests = foreach ($where in $ns, $narrow, $ns) {
                Start-Background 'param($Space, $check) Test-KafkaTopic demo -Namespace $Space @check' @{ Space = $where; check = $check }
            }
            foreach ($test in $tests) {
                $result = Receive-Background $test
                $result.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
                "$($result.Sent) $($result.Received) $($result.Lost) $($result.Duplicated)" | Should -Be '1000 1000 0 0'
            }
        }
    }

    Context 'a pod of another tool has our common labels' {
        BeforeAll {
            $null = Set-Kube -Namespace $ns @"
apiVersion: v1
kind: Pod
metadata:
  name: exporter
  labels: {app.kubernetes.io/name: kafka, app.kubernetes.io/instance: demo, app.kubernetes.io/component: broker, app.kubernetes.io/part-of: kafkak8s}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: exporter
    image: $((Get-Kube statefulset demo-kafka -n $ns).spec.template.spec.containers[0].image)
    imagePullPolicy: IfNotPresent
    command: [sleep, infinity]
    resources: {requests: {cpu: 10m, memory: 16Mi}}
"@
            $null = kubectl wait -n $ns --for=condition=Ready pod/exporter --timeout=60s
            Start-Sleep 2 # the controllers of endpoints and budgets follow the pod
        }

        AfterAll { $null = kubectl delete pod exporter -n $ns --grace-period=0 --force }

        It 'is no endpoint of the brokers' {
            foreach ($service in 'demo-kafka-service', 'demo-kafka-headless') {
                $slices = (Get-Kube endpointslices -n $ns -l "kubernetes.io/service-name=$service").items
                @($slices.endpoints.targetRef.name | Sort-Object) | Should -Be @('demo-kafka-0', 'demo-kafka-1', 'demo-kafka-2')
            }
        }

        It 'does not count for the budget' {
            $budget = (Get-Kube poddisruptionbudget demo-kafka -n $ns).status
            "$($budget.expectedPods) $($budget.currentHealthy) $($budget.disruptionsAllowed)" | Should -Be '3 3 1'
        }

        It 'is no broker to Get-KafkaCluster' {
            $shown = Get-KafkaCluster demo -Namespace $ns
            "$($shown.Status) $($shown.BrokersReady)/$($shown.BrokerCount)" | Should -Be 'Ready 3/3'
        }
    }

    Context 'a topic holds a gigabyte' {
        BeforeAll {
            Start-ToolPod -Namespace $ns
            $flags = Get-ToolFlags demo
            $null = Invoke-Tool -Namespace $ns "/opt/kafka/bin/kafka-topics.sh $($flags.Topics) --create --topic large --partitions 3 --replication-factor 1 --config min.insync.replicas=1"
            $null = Invoke-Tool -Namespace $ns ('/opt/kafka/bin/kafka-producer-perf-test.sh --topic large --num-records 100000 --record-size 10000 --throughput -1 ' +
                '--producer-props bootstrap.servers=demo-kafka-service:9092 acks=1 batch.size=200000 > /tmp/large.log 2>&1')
        }

        It 'is tested by the console tools, which read only what is new' {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $result = Test-KafkaTopic demo -Namespace $ns -Topic large -ConsoleTools -MessageCount 300 -Confirm:$false
            Write-Host ('      {0:0} s; the topic: {1}' -f $clock.Elapsed.TotalSeconds, "$(Invoke-Tool -Namespace $ns 'tail -n 1 /tmp/large.log')")
            $result.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
            "$($result.Sent) $($result.Received) $($result.Lost) $($result.Duplicated)" | Should -Be '300 300 0 0'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 60
        }
    }

    Context 'a node is lost for good' {
        It 'is named with the way out, and after it the broker is Ready elsewhere' {
            if (-not $Lab.IsLab -or $Lab.Nodes -lt 3) { Set-ItResult -Skipped -Because $NoLab; return }
            $pods = @((Get-Kube pods -n $ns).items)
            $needed = @($pods | Where-Object { $_.metadata.name -in 'demo-zk-0', 'tools' } | ForEach-Object { $_.spec.nodeName })
            $victim = $pods | Where-Object { $_.metadata.name -like 'demo-kafka-?' -and $_.spec.nodeName -notin $needed } | Select-Object -First 1
            $victim | Should -Not -BeNullOrEmpty
            $name, $node = $victim.metadata.name, $victim.spec.nodeName
            & $LabTool kill-node ($node -replace '\D')
            $script:dark = $node -replace '\D'
            $null = kubectl delete pod $name -n $ns --wait=false
            $way = "kubectl delete pod $name -n $ns --grace-period=0 --force"
            Wait-Until -Seconds 60 -For 'the node and the way out are told' {
                (Get-KafkaCluster demo -Namespace $ns).Reasons -join ' ' -match "(?s)pod ${name}: NodeLost: .* node $node .*$([regex]::Escape($way))"
            }
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $null = kubectl delete pod $name -n $ns --grace-period=0 --force
            (Wait-KafkaCluster demo -Namespace $ns -TimeoutSeconds 120 -WarningAction SilentlyContinue).Status | Should -Be 'Ready'
            Write-Host ('      Ready {0:0} s after the forced deletion' -f $clock.Elapsed.TotalSeconds)
            (Get-Kube pod $name -n $ns).spec.nodeName | Should -Not -Be $node
            & $LabTool start-node $dark
            $LASTEXITCODE | Should -Be 0
            $script:dark = $null
        }
    }

    Context 'a volume of an earlier cluster cannot be read' {
        It 'is refused with the reason, and nothing is made' {
            Remove-KafkaCluster demo -Namespace $narrow -Confirm:$false
            $null = Set-Kube -Namespace $narrow @"
apiVersion: v1
kind: Pod
metadata: {name: locks}
spec:
  restartPolicy: Never
  containers:
  - name: locks
    image: $((Get-Kube statefulset demo-zk -n $ns).spec.template.spec.containers[0].image)
    imagePullPolicy: IfNotPresent
    command: [bash, -c, 'chown 0:0 /volume/zk/version-2 && chmod 700 /volume/zk/version-2']
    securityContext: {runAsUser: 0}
    volumeMounts: [{name: volume, mountPath: /volume}]
  volumes: [{name: volume, persistentVolumeClaim: {claimName: data-demo-zk-0}}]
"@
            Wait-Until -Seconds 60 -For 'the volume is locked' { (Get-Kube pod locks -n $narrow).status.phase -eq 'Succeeded' }
            $null = kubectl delete pod locks -n $narrow --grace-period=0 --force
            $before = Get-State $narrow
            { New-KafkaCluster demo @small -ZooKeeperCount 1 -BrokerCount 1 } |
                Should -Throw '*data-demo-zk-0*user 1000 may not read /volume/zk/version-2*Nothing was changed*' -ErrorId 'KafkaK8s.KeptVolumeUnread,*'
            Wait-Until -Seconds 30 { -not (@((Get-State $narrow).Keys) -match '^Pod/') } # the pods that read the volumes
            Compare-State $before (Get-State $narrow) | Should -BeNullOrEmpty
        }
    }
}
