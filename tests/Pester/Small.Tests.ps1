# Small clusters for development, side by side in one namespace, made with no more rights than 'edit' in it.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Small clusters side by side' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab small
        $null = kubectl create serviceaccount developer -n $ns
        $null = kubectl create rolebinding developer -n $ns --clusterrole=edit "--serviceaccount=${ns}:developer"
        $developer = [IO.Path]::GetTempFileName()
        Write-KubeConfig $developer -Token (Get-AccountToken $ns developer) -Namespace $ns
        $script:dev = New-KafkaCluster dev -Namespace $ns -ZooKeeperCount 1 -BrokerCount 1 -Ephemeral -WarningVariable warned -WarningAction SilentlyContinue
        $script:warnings = $warned
    }

    AfterAll {
        Close-Lab $ns
        [IO.File]::Delete($developer)
    }

    It 'is ready with one server and one broker' {
        $dev.Status | Should -Be 'Ready'
        "$($dev.ZooKeeperReady) $($dev.BrokersReady)" | Should -Be '1 1'
    }

    It 'makes no volumes, and warns of both risks' {
        (Get-Kube persistentvolumeclaim -n $ns).items | Should -BeNullOrEmpty
        $warnings -match '-Ephemeral' | Should -HaveCount 1
        $warnings -match 'Replication factor 1' | Should -HaveCount 1
    }

    It 'can be made by someone who has only the role "edit" in the namespace, without -Namespace' {
        $other = New-KafkaCluster other -ZooKeeperCount 1 -BrokerCount 1 -StorageSize 1Gi -KubeConfig $developer -WarningAction SilentlyContinue
        $other.Status | Should -Be 'Ready'
        $other.Namespace | Should -Be $ns
        $other.KubeConfig | Should -Be $developer
        if ($Lab.HasTunnel) { $other | Test-KafkaTopic -Quiet | Should -BeExactly $true }
        $other | Test-KafkaTopic -ConsoleTools -Quiet | Should -BeExactly $true
    }

    It 'tests all clusters of a namespace by a pipeline' {
        $more = $Lab.HasTunnel ? @{} : @{ ConsoleTools = $true }
        $results = @(Get-KafkaCluster -Namespace $ns | Test-KafkaTopic @more)
        $results.Cluster | Should -Be @('dev', 'other')
        $results.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
        $results.Passed | Should -Be @($true, $true)
    }

    It 'finds clusters in all namespaces and by wildcards' {
        (Get-KafkaCluster -AllNamespaces | Where-Object Namespace -eq $ns).Name | Should -Be @('dev', 'other')
        (Get-KafkaCluster d* -Namespace $ns).Name | Should -Be 'dev'
        (Get-KafkaCluster d*, *her -Namespace $ns).Name | Should -Be @('dev', 'other')
        Get-KafkaCluster x* -Namespace $ns | Should -BeNullOrEmpty
        (Get-KafkaCluster -Namespace default -ErrorAction SilentlyContinue).Name | Should -Not -Contain 'dev'
    }

    It 'binds names from the pipeline' {
        ('dev', 'other' | Get-KafkaCluster -Namespace $ns).Name | Should -Be @('dev', 'other')
    }

    It 'changes one and leaves the other alone' {
        $others = Get-State $ns
        $changed = New-KafkaCluster dev -Namespace $ns -Confirm:$false -Config @{ 'log.retention.hours' = 1 } -WarningAction SilentlyContinue
        ($changed.Changes | Where-Object Action -eq 'Restart').Name | Should -Be 'dev-kafka-0'
        $changed.Status | Should -Be 'Ready'
        @(Compare-State $others (Get-State $ns)) -match '/(data-)?other-' | Should -BeNullOrEmpty
    }

    It 'removes one and leaves the other alone; what had no volumes leaves nothing' {
        $others = Get-State $ns
        Get-KafkaCluster dev -Namespace $ns | Remove-KafkaCluster -Confirm:$false
        $left = Get-State $ns
        @($left.Keys) -match '/(data-)?dev-' | Should -BeNullOrEmpty
        @(Compare-State $others $left) -match '/(data-)?other-' | Should -BeNullOrEmpty
        (Get-KafkaCluster -Namespace $ns).Name | Should -Be 'other'
    }

    It 'was removed by someone with "edit" too' {
        Remove-KafkaCluster other -KubeConfig $developer -DeleteData -Confirm:$false
        (Get-Kube statefulset,service,configmap,secret,poddisruptionbudget,persistentvolumeclaim,pod -n $ns -l app.kubernetes.io/part-of=kafkak8s).items | Should -BeNullOrEmpty
    }
}
