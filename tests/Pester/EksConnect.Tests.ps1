# The chain of an operator on EKS, without a kubeconfig: Connect-EksCluster asks a stub that AWS's own model drives, which names the lab's API
# server as the cluster's. Before that stands a door that takes tokens as EKS does: botocore must come to the same signature.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'From Connect-EksCluster to a verified cluster, by tokens alone' -Tag Lab -Skip:(-not $Lab.IsLab) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab door
        $env:KUBECONFIG = '/nonexistent'
        $aws = "$PSScriptRoot/../Aws"
        $cache = (& "$aws/setup.sh") | Select-Object -Last 1
        $key, $secret = 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
        $processes = [Collections.Generic.List[object]]::new()
        function Start-Double([string[]] $Words) {
            $start = [Diagnostics.ProcessStartInfo]::new('/usr/bin/python3')
            @('-S') + $Words | ForEach-Object { $start.ArgumentList.Add($_) }
            $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            $start.Environment['PYTHONPATH'] = "$cache/python"
            $process = [Diagnostics.Process]::Start($start)
            $processes.Add($process)
            $line = $process.StandardOutput.ReadLine()
            if ("$line" -notlike 'listening *') { throw "$($Words[0]) did not start: $($process.StandardError.ReadToEnd())" }
            $null = $process.StandardError.ReadToEndAsync() # its log must not fill the pipe
            $line -split ' '
        }

        $access = [IO.Path]::GetTempFileName()
        [IO.File]::WriteAllText($access, ((kubectl config view --raw --minify -o json) -join "`n"))
        $door = Start-Double "$aws/eks_door.py", $access, "${key}:$secret", 'prod'
        [IO.File]::Delete($access)
        $stub = Start-Double "$aws/model_stub.py", "$cache/model/eks/service-2.json", "${key}:$secret"
        $addon = { param($name) @{ times = 0; when = @{ addonName = $name }; output = @{ addon = @{ status = 'ACTIVE'; podIdentityAssociations = @('arn:aws:eks:eu-central-1:111122223333:podidentityassociation/prod/a-1'); health = @{ issues = @() } } } } }
        $answer = @{ DescribeAddon = @((& $addon 'aws-ebs-csi-driver'), (& $addon 'eks-pod-identity-agent')); DescribeCluster = @(@{ times = 0; when = @{ name = 'prod' }; output = @{ cluster = @{ name = 'prod'; status = 'ACTIVE'; endpoint = "https://127.0.0.1:$($door[1])"; certificateAuthority = @{ data = $door[2] } } } }) }
        $client = [Net.Http.HttpClient]::new()
        $null = $client.PostAsync("http://127.0.0.1:$($stub[1])/_stub/script", [Net.Http.StringContent]::new(($answer | ConvertTo-Json -Depth 8))).Result.EnsureSuccessStatusCode()
        $former = @{}
        foreach ($name in @([Environment]::GetEnvironmentVariables().Keys) -like 'AWS_*') { $former[$name] = [Environment]::GetEnvironmentVariable($name); [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
        $ours = @{ AWS_ENDPOINT_URL_EKS = "http://127.0.0.1:$($stub[1])"; AWS_ACCESS_KEY_ID = $key; AWS_SECRET_ACCESS_KEY = $secret; AWS_REGION = 'eu-central-1'; AWS_CONFIG_FILE = '/nonexistent'; AWS_SHARED_CREDENTIALS_FILE = '/nonexistent'; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2' }
        foreach ($service in 'EC2', 'IAM', 'SERVICE_QUOTAS') { $ours["AWS_ENDPOINT_URL_$service"] = 'http://127.0.0.1:1' } # nobody there
        foreach ($name in $ours.Keys) { [Environment]::SetEnvironmentVariable($name, $ours[$name]) }
        $small = @{ ZooKeeperCount = 1; BrokerCount = 1; WarningAction = 'SilentlyContinue' }
        $check = @{ ConsoleTools = -not $Lab.HasTunnel }
    }

    AfterAll {
        foreach ($process in $processes) {
            $process.StandardInput.Close()
            if (-not $process.WaitForExit(5000)) { $process.Kill() }
        }
        foreach ($name in $ours.Keys) { [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
        foreach ($name in $former.Keys) { [Environment]::SetEnvironmentVariable($name, $former[$name]) }
        $null = kubectl delete storageclass kt-gp3 --ignore-not-found
        Close-Lab $ns
    }

    It 'makes the storage class for brokers, once, and counts on it from then on' {
        $speed = @{ StorageClass = 'kt-gp3'; Throughput = 250 }
        (Test-KafkaEksCluster prod | Where-Object Name -eq StorageClass).Status | Should -Be 'Failed'
        (Enable-KafkaEksStorage prod @speed).StorageClass | Should -Be 'kt-gp3'
        $class = Get-Kube storageclass kt-gp3
        "$($class.provisioner) $($class.reclaimPolicy) $($class.volumeBindingMode) $($class.allowVolumeExpansion)" | Should -Be 'ebs.csi.aws.com Retain WaitForFirstConsumer True'
        "$($class.parameters.type) $($class.parameters.throughput) $($class.parameters.encrypted)" | Should -Be 'gp3 250 true'
        (Enable-KafkaEksStorage prod @speed).Changes.Action | Sort-Object -Unique | Should -Be 'None'
        { Enable-KafkaEksStorage prod -StorageClass kt-gp3 -Throughput 500 } | Should -Throw -ErrorId 'KafkaK8s.StorageClassDiffers,*'
        (Test-KafkaEksCluster prod | Where-Object Name -eq StorageClass).Status | Should -Be 'Passed'
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
        finally { [Environment]::SetEnvironmentVariable('AWS_ACCESS_KEY_ID', $key) }
        (Get-KafkaCluster -Namespace $ns -Connection $prod).Status | Should -Be 'Ready'
    }

    It 'removes it by the same connection' {
        Connect-EksCluster prod | Get-KafkaCluster -Namespace $ns | Remove-KafkaCluster -DeleteData -Confirm:$false
        @((Get-State $ns).Keys) | Should -BeNullOrEmpty
    }
}
