# Bad input, each with an error id of its own, and a server on which nothing has changed.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'What cannot be' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab bad
        $folder = "$([IO.Path]::GetTempPath())$ns"
        $null = [IO.Directory]::CreateDirectory($folder)

        # What somebody else made under a name that a cluster 'taken' would need.
        $null = Set-Kube -Namespace $ns @'
apiVersion: v1
kind: Service
metadata: {name: taken-kafka-service}
spec: {ports: [{port: 80}], selector: {app: shop}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: nobody}
'@
        # A namespace on its way out that cannot go yet.
        $ending = New-TestNamespace ending
        $null = Set-Kube -Namespace $ending @'
apiVersion: v1
kind: ConfigMap
metadata: {name: stays, finalizers: [example.com/later]}
'@
        $null = kubectl delete namespace $ending --wait=false

        # Kubeconfigs: the real one with something wrong in it.
        Write-KubeConfig "$folder/refused" -Token not-a-token
        Write-KubeConfig "$folder/nobody" -Token (Get-AccountToken $ns nobody)
        Write-KubeConfig "$folder/unreachable" -Token x -Server 'https://127.0.0.1:1'
        [IO.File]::WriteAllText("$folder/malformed", "apiVersion: v1`nclusters: [`n")
        [IO.File]::WriteAllText("$folder/list", "- a`n- b`n")
        [IO.File]::WriteAllText("$folder/empty-context", "apiVersion: v1`nkind: Config`nclusters: []`nusers: []`ncontexts: []`n")
        function Get-OursEverywhere { kubectl get statefulset,service,configmap,secret,poddisruptionbudget,persistentvolumeclaim,pod -A -l app.kubernetes.io/part-of=kafkak8s -o 'jsonpath={range .items[*]}{.metadata.uid}{"\n"}{end}' }
    }

    AfterAll {
        $null = kubectl patch configmap stays -n $ending --type=merge -p '{"metadata":{"finalizers":null}}'
        Close-Lab $ns
        [IO.Directory]::Delete($folder, $true)
    }

    BeforeEach { $before = Get-State $ns }

    AfterEach { Compare-State $before (Get-State $ns) | Should -BeNullOrEmpty -Because 'bad input changes nothing' }

    Context 'New-KafkaCluster, by its parameters' {
        It 'refuses <Id>: <Given>' -ForEach @(
            @{ Id = 'InvalidName'; Given = @{ Name = 'Demo' } }
            @{ Id = 'InvalidName'; Given = @{ Name = 'demo_1' } }
            @{ Id = 'InvalidName'; Given = @{ Name = '-demo' } }
            @{ Id = 'InvalidName'; Given = @{ Name = 'demo-' } }
            @{ Id = 'InvalidName'; Given = @{ Name = '1demo' } }
            @{ Id = 'InvalidName'; Given = @{ Name = 'demo.eu' } }
            @{ Id = 'InvalidName'; Given = @{ Name = "demo`n" } }
            @{ Id = 'NameTooLong'; Given = @{ Name = 'a' * 41 } }
            @{ Id = 'InvalidCount'; Given = @{ BrokerCount = 0 } }
            @{ Id = 'InvalidCount'; Given = @{ BrokerCount = -1 } }
            @{ Id = 'InvalidCount'; Given = @{ ZooKeeperCount = 0 } }
            @{ Id = 'InvalidCount'; Given = @{ ZooKeeperCount = 257 } }
            @{ Id = 'EvenEnsemble'; Given = @{ ZooKeeperCount = 4 } }
            @{ Id = 'ReplicationFactorTooHigh'; Given = @{ ReplicationFactor = 4 } }
            @{ Id = 'ReplicationFactorTooHigh'; Given = @{ ReplicationFactor = 2; BrokerCount = 1 } }
            @{ Id = 'InvalidReplication'; Given = @{ ReplicationFactor = 0 } }
            @{ Id = 'InvalidReplication'; Given = @{ MinInSyncReplicas = 0 } }
            @{ Id = 'MinInSyncReplicasTooHigh'; Given = @{ MinInSyncReplicas = 4 } }
            @{ Id = 'MinInSyncReplicasTooHigh'; Given = @{ ReplicationFactor = 1; MinInSyncReplicas = 2 } }
            @{ Id = 'InvalidQuantity'; Given = @{ StorageSize = '10 gigs' } }
            @{ Id = 'InvalidQuantity'; Given = @{ StorageSize = '-1Gi' } }
            @{ Id = 'InvalidQuantity'; Given = @{ StorageSize = '0' } }
            @{ Id = 'InvalidQuantity'; Given = @{ ZooKeeperStorageSize = '10GB' } }
            @{ Id = 'InvalidQuantity'; Given = @{ BrokerMemory = '2gi' } }
            @{ Id = 'InvalidQuantity'; Given = @{ BrokerCpu = 'two' } }
            @{ Id = 'EphemeralWithStorage'; Given = @{ Ephemeral = $true; StorageSize = '1Gi' } }
            @{ Id = 'ConfigOwned'; Given = @{ Config = @{ 'broker.id' = 7 } } }
            @{ Id = 'ConfigOwned'; Given = @{ Config = @{ 'advertised.listeners' = 'PLAINTEXT://x:9092' } } }
            @{ Id = 'ConfigOwned'; Given = @{ Config = @{ 'zookeeper.connect' = 'zk:2181' } } }
            @{ Id = 'ConfigOwned'; Given = @{ Config = @{ 'listener.name.internal.ssl.keystore.location' = '/x' } } }
            @{ Id = 'InvalidConfig'; Given = @{ Config = @{ 'log retention' = 7 } } }
            @{ Id = 'SecretInConfig'; Given = @{ Config = @{ 'ssl.keystore.password' = 'hunter2' } } }
            @{ Id = 'UnsupportedImage'; Given = @{ KafkaImage = 'docker.io/apache/kafka:4.1.2' } }
            @{ Id = 'TooLittleMemory'; Given = @{ ZooKeeperMemory = '100Mi' } }
            @{ Id = 'InvalidConfig'; Given = @{ Config = @{ 'log.retention.hours' = @{ hours = 1 } } } }
            @{ Id = 'StorageClassNotFound'; Given = @{ StorageClass = 'gold' } }
            @{ Id = 'NameTaken'; Given = @{ Name = 'taken' } }
        ) {
            $ours = Get-OursEverywhere
            $all = @{ Name = 'demo' }
            foreach ($key in $Given.Keys) { $all[$key] = $Given[$key] }
            { New-KafkaCluster @all -Namespace $ns } | Should -Throw -ErrorId "KafkaK8s.$Id,*"
            { New-KafkaCluster @all -Namespace $ns -WhatIf } | Should -Throw -ErrorId "KafkaK8s.$Id,*"
            Get-OursEverywhere | Should -Be $ours
        }

        It 'names the storage classes that there are' {
            { New-KafkaCluster demo -Namespace $ns -StorageClass gold } | Should -Throw "*$((Get-Kube storageclass).items[0].metadata.name)*"
        }

        It 'allows an even ensemble with -Force' {
            New-KafkaCluster demo -Namespace $ns -ZooKeeperCount 4 -Force -WhatIf | Should -Not -BeNullOrEmpty
        }
    }

    Context 'the way to Kubernetes' {
        It '<Command> says <Id>: <Why>' -ForEach @(
            foreach ($command in 'New-KafkaCluster', 'Get-KafkaCluster', 'Remove-KafkaCluster', 'Test-KafkaTopic') {
                @{ Command = $command; Id = 'KubeConfigNotFound'; Why = 'the kubeconfig is not there'; File = 'nowhere' }
                @{ Command = $command; Id = 'KubeConfigInvalid'; Why = 'it is not YAML'; File = 'malformed' }
                @{ Command = $command; Id = 'KubeConfigInvalid'; Why = 'it is not a kubeconfig'; File = 'list' }
                @{ Command = $command; Id = 'ContextNotFound'; Why = 'it has no context'; File = 'empty-context' }
                @{ Command = $command; Id = 'Unauthorized'; Why = 'the token is refused'; File = 'refused' }
                @{ Command = $command; Id = 'Forbidden'; Why = 'the account has no rights'; File = 'nobody' }
                @{ Command = $command; Id = 'ApiServerUnreachable'; Why = 'nobody listens there'; File = 'unreachable' }
            }
        ) {
            $given = @{ Name = 'demo'; Namespace = $ns; KubeConfig = "$folder/$File" }
            if ($Command -eq 'Remove-KafkaCluster') { $given.Confirm = $false }
            $clock = [Diagnostics.Stopwatch]::StartNew()
            { & $Command @given } | Should -Throw -ErrorId "KafkaK8s.$Id,*"
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        }

        It 'names the contexts that there are' {
            { New-KafkaCluster demo -Namespace $ns -Context nowhere } | Should -Throw "*$(kubectl config current-context)*" -ErrorId 'KafkaK8s.ContextNotFound,*'
        }

        It 'goes on with good credentials after bad ones in the same session' {
            { Get-KafkaCluster -Namespace $ns -KubeConfig "$folder/refused" } | Should -Throw -ErrorId 'KafkaK8s.Unauthorized,*'
            { Get-KafkaCluster -Namespace $ns } | Should -Not -Throw
        }
    }

    Context 'the namespace and the cluster' {
        It 'says that the namespace is not there, and makes none' {
            { New-KafkaCluster demo -Namespace "$ns-not" } | Should -Throw -ErrorId 'KafkaK8s.NamespaceNotFound,*'
            (Get-Kube namespace).items.metadata.name | Should -Not -Contain "$ns-not"
        }

        It 'shows a plan for a namespace that -CreateNamespace would make, and makes none under -WhatIf' {
            New-KafkaCluster demo -Namespace "$ns-not" -CreateNamespace -WhatIf | Should -Not -BeNullOrEmpty
            (Get-Kube namespace).items.metadata.name | Should -Not -Contain "$ns-not"
        }

        It 'says that the namespace is being deleted' {
            { New-KafkaCluster demo -Namespace $ending } | Should -Throw -ErrorId 'KafkaK8s.NamespaceTerminating,*'
        }

        It '<Command> says that there is no such cluster' -ForEach @(
            @{ Command = 'Get-KafkaCluster'; More = @{} }
            @{ Command = 'Remove-KafkaCluster'; More = @{ Confirm = $false } }
            @{ Command = 'Test-KafkaTopic'; More = @{} }
            @{ Command = 'Test-KafkaTopic'; More = @{ ConsoleTools = $true } }
        ) {
            { & $Command nothing -Namespace $ns @More } | Should -Throw -ErrorId 'KafkaK8s.ClusterNotFound,*'
        }

        It 'does not remove what somebody else made under such a name' {
            { Remove-KafkaCluster taken -Namespace $ns -DeleteData -Confirm:$false } | Should -Throw -ErrorId 'KafkaK8s.ClusterNotFound,*'
        }

        It 'goes on with the next name after a bad one' {
            $plan = 'Bad', 'good' | New-KafkaCluster -Namespace $ns -WhatIf -ErrorAction SilentlyContinue -ErrorVariable problems
            $problems.FullyQualifiedErrorId | Should -BeLike 'KafkaK8s.InvalidName,*'
            $plan.Cluster | Sort-Object -Unique | Should -Be 'good'
        }
    }
}
