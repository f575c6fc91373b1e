# Node groups for Kafka on EKS. AWS is moto, the Kubernetes half is the lab: its nodes get the labels and taints that EKS would give
# to those of the node groups. moto has no kubelets and no API server, so the cmdlets are led to the lab by -KubeConfig, where on
# EKS they would find the API server by themselves (EksConnect.Tests.ps1 holds that).

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'From nothing to Kafka on node groups: EKS by moto, Kubernetes by the lab''s own kubeconfig' -Tag Lab -Skip:(-not $Lab.IsLab -or $Lab.Nodes -lt 3) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab eks
        . $PSScriptRoot/Aws.ps1
        $address = "http://127.0.0.1:$((Start-Double "$aws/moto_server.py")[1])"
        $former = Get-AwsVariable
        Set-AwsVariable ($awsVariables + @{ AWS_ENDPOINT_URL = $address; AWS_SECRET_ACCESS_KEY = 'secret' })
        $role = & /usr/bin/env "PYTHONPATH=$cache/python" /usr/bin/python3 -S "$aws/moto_cluster.py" $address prod
        $zones = 'eu-central-1a', 'eu-central-1b', 'eu-central-1c'
        $nodes = @((Get-Kube nodes).items.metadata.name)[0..2]
        $formerZones = @((Get-Kube nodes).items | ForEach-Object { $_.metadata.labels.'topology.kubernetes.io/zone' })[0..2]
        $kube = @{ KubeConfig = $Lab.KubeConfig }
        $check = @{ ConsoleTools = -not $Lab.HasTunnel } # the check that this Kafka can be given
    }

    AfterAll {
        for ($i = 0; $i -lt 3; $i++) {
            $null = kubectl uncordon $nodes[$i]
            if ((Get-Kube node $nodes[$i]).spec.PSObject.Properties['taints']) { $null = kubectl taint node $nodes[$i] 'dedicated-' }
            $null = kubectl label node $nodes[$i] --overwrite 'dedicated-' 'eks.amazonaws.com/nodegroup-' "topology.kubernetes.io/zone=$($formerZones[$i])"
        }
        Close-Lab $ns
        Stop-Double
        Set-AwsVariable $former
    }

    It 'looks at the cluster first: what is missing is said with the command that mends it, what moto cannot tell is not passed' {
        $checks = Test-KafkaEksCluster prod r6i.xlarge -NodeRole $role @kube
        $by = @{}
        $checks | ForEach-Object { $by[$_.Check] = $_ }
        foreach ($name in 'ClusterActive', 'Subnets', 'InstanceTypes', 'NodeRole') { "$name $($by[$name].Status) $($by[$name].Evidence)" | Should -BeLike "$name Passed *" }
        $by.NodeGroups.Status | Should -Be 'Failed'
        $by.NodeGroups.Remedy | Should -BeLike 'New-KafkaNodeGroup prod*'
        $by.StorageClass.Status | Should -Be 'Failed'
        $by.EbsCsiDriver.Status | Should -Be 'NotChecked'
    }

    It 'refuses what brokers would not run well on' {
        foreach ($case in @('t3.medium', 'InstanceTypeUnfit'), @('c6g.medium', 'InstanceTypeTooSmall'), @('r6i.nonsense', 'InstanceTypeNotFound')) {
            New-KafkaNodeGroup prod $case[0] -NodeRole $role -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -BeLike "KafkaK8s.$($case[1]),*"
        }
        Get-KafkaNodeGroup prod -All | Should -BeNullOrEmpty
    }

    It 'makes a group in each zone, and changes nothing when asked again' -Tag OldServer {
        $plan = New-KafkaNodeGroup prod r6i.xlarge -NodeRole $role -WhatIf
        $plan.Action | Should -Be @('Create', 'Create', 'Create')
        $plan.Zone | Should -Be $zones
        $made = New-KafkaNodeGroup prod r6i.xlarge -NodeRole $role
        $made.Status | Should -Be @('ACTIVE', 'ACTIVE', 'ACTIVE')
        $made.Zones | Should -Be $zones
        (New-KafkaNodeGroup prod r6i.xlarge -WhatIf).Action | Sort-Object -Unique | Should -Be 'None'
        (Get-KafkaNodeGroup prod).NodeGroup | Should -Be @($zones | ForEach-Object { "kafka-$_" })
    }

    It 'takes a cluster of Kafka on exactly these nodes, and its messages come through' -Tag OldServer {
        for ($i = 0; $i -lt 3; $i++) {
            $null = kubectl label node $nodes[$i] --overwrite dedicated=kafka "eks.amazonaws.com/nodegroup=kafka-$($zones[$i])" "topology.kubernetes.io/zone=$($zones[$i])"
            $null = kubectl taint node $nodes[$i] --overwrite dedicated=kafka:NoSchedule
        }
        $verified = New-KafkaCluster demo -Namespace $ns -NodeSelector @{ dedicated = 'kafka' } -Toleration dedicated=kafka:NoSchedule | Test-KafkaTopic @check
        $verified.Checks | Where-Object Passed -ne $true | Should -BeNullOrEmpty
        $verified.Passed | Should -BeTrue
        foreach ($pod in (Get-Kube pods -n $ns).items) {
            $pod.spec.nodeName | Should -BeIn $nodes
            $pod.spec.nodeSelector.dedicated | Should -Be 'kafka'
        }
    }

    It 'keeps the groups while brokers and servers have no other place' {
        Remove-KafkaNodeGroup prod @kube -Confirm:$false -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'KafkaK8s.NodeGroupInUse,*'
        $problems[0].Exception.Message | Should -BeLike "*broker $ns/demo-kafka-*"
        (Get-KafkaNodeGroup prod).Status | Should -Be @('ACTIVE', 'ACTIVE', 'ACTIVE')
        @((Get-Kube nodes).items | Where-Object { $_.spec.PSObject.Properties['unschedulable'] }) | Should -BeNullOrEmpty
    }

    It 'drains a group whose pods another one of its zone takes, each broker in sync before the next, and deletes it' -Tag OldServer {
        # the third node comes to the first zone, as one of a second set of groups would
        $null = New-KafkaNodeGroup prod r6i.xlarge -Prefix kafka2 -Zone $zones[0]
        $null = kubectl label node $nodes[1] --overwrite "eks.amazonaws.com/nodegroup=kafka2-$($zones[0])" "topology.kubernetes.io/zone=$($zones[0])"
        $before = @((Get-Kube pods -n $ns).items | Where-Object { $_.spec.nodeName -eq $nodes[0] })
        $before.Count | Should -BeGreaterThan 0
        Get-KafkaNodeGroup prod "kafka-$($zones[0])" | Remove-KafkaNodeGroup @kube -Confirm:$false
        @((Get-Kube pods -n $ns).items | Where-Object { $_.spec.nodeName -eq $nodes[0] }) | Should -BeNullOrEmpty
        (Get-KafkaCluster demo -Namespace $ns).Status | Should -Be 'Ready'
        Get-KafkaCluster demo -Namespace $ns | Test-KafkaTopic @check -Quiet | Should -BeExactly $true
        (Get-KafkaNodeGroup prod).NodeGroup | Should -Not -Contain "kafka-$($zones[0])"
    }

    It 'goes back to other nodes when the placement is taken back' {
        if ($Lab.Kafka -lt [version] '2.1') { Set-ItResult -Skipped -Because "the ZooKeeper client of Kafka $($Lab.Kafka) looks names up once, and does not find servers that have all moved"; return }
        $changed = New-KafkaCluster demo -Namespace $ns -Confirm:$false -NodeSelector @{ dedicated = $null } -Toleration dedicated=kafka:NoSchedule
        $changed.Status | Should -Be 'Ready'
        @($changed.Changes | Where-Object Action -eq Restart) | Should -HaveCount 6
        foreach ($pod in (Get-Kube pods -n $ns).items) {
            $pod.spec.PSObject.Properties['nodeSelector'] | Should -BeNullOrEmpty
            $pod.status.containerStatuses[0].restartCount | Should -Be 0 # a broker right after ZooKeeper's servers finds its last session's node, and waits
        }
    }

    It 'removes what is left once Kafka and its volumes are gone' {
        Remove-KafkaCluster demo -Namespace $ns -DeleteData -Confirm:$false
        Remove-KafkaNodeGroup prod @kube -Force -Confirm:$false # the second node went over to another group: its own has none
        Get-KafkaNodeGroup prod -All | Should -BeNullOrEmpty
    }
}
