# "No operator, no CRD, no cluster-admin": rights in one namespace are enough, and manifests that say too much are refused.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Rights in one namespace' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab rights
        $null = kubectl create serviceaccount -n $ns operator
        $null = kubectl create rolebinding -n $ns operator --clusterrole=edit "--serviceaccount=${ns}:operator"
        # A bound token of the old kind: `kubectl create token` is newer than Kubernetes 1.20.
        $null = Set-Kube -Namespace $ns @"
apiVersion: v1
kind: Secret
metadata:
  name: operator-token
  annotations: {kubernetes.io/service-account.name: operator}
type: kubernetes.io/service-account-token
"@
        Wait-Until -Seconds 30 -For 'the token' { [bool] (Get-Kube secret operator-token -n $ns).data.token }
        $token = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String((Get-Kube secret operator-token -n $ns).data.token))
        $config = (kubectl config view --raw --flatten --minify -o json) -join "`n" | ConvertFrom-Json
        $cluster = $config.clusters[0].cluster | ConvertTo-Json -Compress
        $limited = [IO.Path]::GetTempFileName()
        [IO.File]::WriteAllText($limited, @"
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: $cluster}]
users: [{name: u, user: {token: $token}}]
contexts: [{name: limited, context: {cluster: c, user: u, namespace: $ns}}]
current-context: limited
"@)
        $at = @{ KubeConfig = $limited }
    }

    AfterAll {
        Close-Lab $ns
        [IO.File]::Delete($limited)
    }

    It 'are enough to make a cluster' {
        $made = New-KafkaCluster small @at -ZooKeeperCount 1 -BrokerCount 1 -WarningAction SilentlyContinue
        $made.Status | Should -Be 'Ready'
        $made.Namespace | Should -Be $ns
    }

    It 'are enough to test it' {
        if (-not $Lab.HasTunnel) { Set-ItResult -Skipped -Because $NoTunnel }
        (Get-KafkaCluster small @at | Test-KafkaTopic).Passed | Should -BeTrue
    }

    It 'do not reach other namespaces, and the error says so' {
        { Get-KafkaCluster -AllNamespaces @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.Forbidden,KafkaK8s.Cmdlets.GetKafkaClusterCommand'
    }

    It 'are enough to remove it with its data' {
        Remove-KafkaCluster small @at -DeleteData -Confirm:$false
        @((Get-State $ns).Keys -match 'small') | Should -BeNullOrEmpty
    }
}

Describe 'A manifest with a field that Kubernetes does not know' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab field
        # A copy of the module with the fault, in a process of its own: a process can hold the module only once.
        $copy = [IO.Path]::Combine([IO.Path]::GetTempPath(), "kafkak8s-field-$PID")
        $null = & cp -r $ModuleFolder $copy
        $file = "$copy/manifests/zk_set.yaml"
        [IO.File]::WriteAllText($file, [IO.File]::ReadAllText($file).Replace('podManagementPolicy: Parallel', "podManagementPolicy: Parallel`n  replicaz: 3"))
    }

    AfterAll {
        Close-Lab $ns
        [IO.Directory]::Delete($copy, $true)
    }

    It 'is refused by name before anything is made' {
        $before = Get-State $ns
        $said = (& $Pwsh[0] $Pwsh[1..9] -Command "Import-Module '$copy/KafkaK8s.psd1'; try { New-KafkaCluster demo -Namespace $ns -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }" 2>&1) -join "`n"
        $said | Should -BeLike '*KafkaK8s.RefusedByServer*'
        $said | Should -BeLike '*replicaz*'
        Compare-State $before (Get-State $ns) | Should -BeNullOrEmpty
    }
}
