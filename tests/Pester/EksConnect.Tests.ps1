# The chain of an operator on EKS, without a kubeconfig: Connect-EksCluster asks a stub that AWS's own model drives, which names the lab's API
# server as the cluster's. Before that stands a door that takes tokens as EKS does: botocore must come to the same signature.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'From Connect-EksCluster to a verified cluster, by tokens alone' -Tag Lab -Skip:(-not $Lab.IsLab) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab door
        $env:KUBECONFIG = '/nonexistent'
        . $PSScriptRoot/Aws.ps1
        $secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
        $access = [IO.Path]::GetTempFileName()
        [IO.File]::WriteAllText($access, ((kubectl config view --raw --minify -o json) -join "`n"))
        $door = Start-Double "$aws/eks_door.py", $access, "${keyId}:$secret", 'prod'
        [IO.File]::Delete($access)
        $stub = Start-Double "$aws/model_stub.py", "$cache/model/eks/service-2.json", "${keyId}:$secret"
        $addon = { param($name) @{ times = 0; when = @{ addonName = $name }; output = @{ addon = @{ status = 'ACTIVE'; podIdentityAssociations = @('arn:aws:eks:eu-central-1:111122223333:podidentityassociation/prod/a-1'); health = @{ issues = @() } } } } }
        $answer = @{ DescribeAddon = @((& $addon 'aws-ebs-csi-driver'), (& $addon 'eks-pod-identity-agent')); DescribeCluster = @(@{ times = 0; when = @{ name = 'prod' }; output = @{ cluster = @{ name = 'prod'; status = 'ACTIVE'; endpoint = "https://127.0.0.1:$($door[1])"; certificateAuthority = @{ data = $door[2] } } } }) }
        $client = [Net.Http.HttpClient]::new()
        $null = $client.PostAsync("http://127.0.0.1:$($stub[1])/_stub/script", [Net.Http.StringContent]::new(($answer | ConvertTo-Json -Depth 8))).Result.EnsureSuccessStatusCode()
        $former = Get-AwsVariable
        $nobody = 'http://127.0.0.1:1'
        Set-AwsVariable ($awsVariables + @{ AWS_SECRET_ACCESS_KEY = $secret; AWS_ENDPOINT_URL_EKS = "http://127.0.0.1:$($stub[1])"; AWS_ENDPOINT_URL_EC2 = $nobody; AWS_ENDPOINT_URL_IAM = $nobody; AWS_ENDPOINT_URL_SERVICE_QUOTAS = $nobody })
        $small = @{ ZooKeeperCount = 1; BrokerCount = 1; WarningAction = 'SilentlyContinue' }
        $check = @{ ConsoleTools = -not $Lab.HasTunnel }
    }

    AfterAll {
        Stop-Double
        Set-AwsVariable $former
        $null = kubectl delete storageclass kt-gp3 --ignore-not-found
        Close-Lab $ns
    }

    It 'makes the storage class for brokers, once, and counts on it from then on' {
        $speed = @{ StorageClass = 'kt-gp3'; Throughput = 250 }
        (Test-KafkaEksCluster prod | Where-Object Check -eq StorageClass).Status | Should -Be 'Failed'
        (Enable-KafkaEksStorage prod @speed).StorageClass | Should -Be 'kt-gp3'
        $class = Get-Kube storageclass kt-gp3
        "$($class.provisioner) $($class.reclaimPolicy) $($class.volumeBindingMode) $($class.allowVolumeExpansion)" | Should -Be 'ebs.csi.aws.com Retain WaitForFirstConsumer True'
        "$($class.parameters.type) $($class.parameters.throughput) $($class.parameters.encrypted)" | Should -Be 'gp3 250 true'
        (Enable-KafkaEksStorage prod @speed).Changes.Action | Sort-Object -Unique | Should -Be 'None'
        { Enable-KafkaEksStorage prod -StorageClass kt-gp3 -Throughput 500 } | Should -Throw -ErrorId 'KafkaK8s.StorageClassDiffers,*'
        (Test-KafkaEksCluster prod | Where-Object Check -eq StorageClass).Status | Should -Be 'Passed'
    }

    It 'makes a cluster and tests it in one pipeline' {
        $verified = Connect-EksCluster prod | New-KafkaCluster demo -Namespace $ns @small | Test-KafkaTopic @check
        $verified.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
        $verified.Passed | Should -BeTrue
        (Get-Kube statefulset demo-kafka -n $ns).status.readyReplicas | Should -Be 1
    }

    It 'carries the connection on to every cmdlet' {
        $prod = Connect-EksCluster prod
        $cluster = Get-KafkaCluster demo -Namespace $ns -Connection $prod
        $cluster.Status | Should -Be 'Ready'
        "$($cluster.Connection)" | Should -Be 'prod (eu-central-1)'
        ($cluster | Get-ZooKeeperNode).Node | Should -Be 'demo-zk-0'
        ($prod | Get-KafkaCluster -Namespace $ns).Name | Should -Be 'demo'
    }

    It 'is refused with the keys of somebody else, and says what EKS lacks' {
        $prod = Connect-EksCluster prod
        [Environment]::SetEnvironmentVariable('AWS_ACCESS_KEY_ID', 'AKIAI44QH8DHBEXAMPLE')
        try { { Get-KafkaCluster -Namespace $ns -Connection $prod } | Should -Throw -ErrorId 'KafkaK8s.*' -ExpectedMessage '*access entry*' }
        finally { [Environment]::SetEnvironmentVariable('AWS_ACCESS_KEY_ID', $keyId) }
        (Get-KafkaCluster -Namespace $ns -Connection $prod).Status | Should -Be 'Ready'
    }

    It 'removes it by the same connection' {
        Connect-EksCluster prod | Get-KafkaCluster -Namespace $ns | Remove-KafkaCluster -DeleteData -Confirm:$false
        @((Get-State $ns).Keys) | Should -BeNullOrEmpty
    }
}
