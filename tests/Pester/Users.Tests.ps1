# Users of a cluster with TLS, by Kafka's own clients: who has a credential and a grant gets in, all others do not.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Users and rights' -Tag Lab -Skip:(-not $Lab.HasTunnel -or $Lab.Kafka -lt [version] '3.3') {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab users
        $at = @{ Namespace = $ns }
        $null = New-KafkaCluster demo @at -Plaintext:$false -ZooKeeperCount 1 -BrokerCount 1 -Ephemeral -WarningAction SilentlyContinue
        $null = New-KafkaTopic demo orders-1 @at -Partition 1

        # The manifest as it is given, applied, and a pod that mounts it: what an application has to do.
        function Start-Client([string] $User) {
            $null = Set-Kube -Namespace $ns ((Get-KafkaClientConfig demo -User $User -Format Secret @at) -join "`n")
            $null = kubectl delete pod "client-$User" -n $ns --ignore-not-found --grace-period=0 --force
            Start-ToolPod -Namespace $ns -Name "client-$User" -Secret "demo-$User-client"
        }

        # What a tool says; a failure is part of it. The tools take the brokers' addresses by a flag alone.
        $brokers = '--bootstrap-server "$(sed -n s/^bootstrap.servers=//p /tls/client.properties)"'
        function Send-As([string] $User, [string] $Text, [string] $Topic = 'orders-1') {
            "$(Invoke-InPod -Namespace $ns "client-$User" ("echo $Text | timeout 60 /opt/kafka/bin/kafka-console-producer.sh $brokers --topic $Topic " +
                '--producer.config /tls/client.properties --producer-property max.block.ms=20000 --producer-property delivery.timeout.ms=20000 ' +
                '--producer-property request.timeout.ms=10000 --producer-property linger.ms=0 2>&1; true'))"
        }

        function Read-As([string] $User, [string] $Group = $User, [string] $Topic = 'orders-1') {
            "$(Invoke-InPod -Namespace $ns "client-$User" ("timeout 60 /opt/kafka/bin/kafka-console-consumer.sh $brokers --topic $Topic --group $Group " +
                '--from-beginning --max-messages 1 --timeout-ms 20000 --consumer.config /tls/client.properties 2>&1; true'))"
        }

        function Get-Password([string] $User) {
            [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String((Get-Kube secret "demo-kafka-user-$User" -n $ns).data.password))
        }
    }

    AfterAll { Close-Lab $ns }

    It 'are ready at once, and the same command again changes nothing' {
        $user = New-KafkaUser demo app1 @at
        "$($user.State) $($user.Authentication) $($user.Secret)" | Should -Be 'Ready Password demo-kafka-user-app1'
        $before = Get-Password app1
        $before | Should -Match '^[A-Za-z0-9]{32}$'
        (New-KafkaUser demo app1 @at -WhatIf).Action | Should -Be 'None'
        $null = New-KafkaUser demo app1 @at
        Get-Password app1 | Should -BeExactly $before
    }

    It 'send and read what they were granted, and nothing else' {
        Get-KafkaUser demo app1 @at | Grant-KafkaAccess -Topic 'orders*' -Operation Read, Write -Group app1 | Should -HaveCount 3
        Start-Client app1
        Send-As app1 hello | Should -Not -Match 'ERROR|Exception'
        Read-As app1 | Should -Match 'hello'
        Read-As app1 -Group other | Should -Match 'GroupAuthorizationException|Not authorized to access group'
        $null = New-KafkaTopic demo secret @at -Partition 1
        Send-As app1 hello -Topic secret | Should -Match 'TopicAuthorizationException|TOPIC_AUTHORIZATION_FAILED|Not authorized to access topics'
    }

    It 'without a grant are let in and may do nothing' {
        $null = New-KafkaUser demo nobody @at
        Start-Client nobody
        Send-As nobody hello | Should -Match 'TopicAuthorizationException|TOPIC_AUTHORIZATION_FAILED|Not authorized to access topics'
        Read-As nobody | Should -Match 'AuthorizationException|Not authorized'
        (Get-KafkaTopic demo orders-1 @at).Messages | Should -Be 1
    }

    It 'with a certificate send and read at their own port' {
        (New-KafkaUser demo app2 -Authentication Certificate @at).Until | Should -BeGreaterThan ([DateTimeOffset]::Now.AddDays(800))
        $null = Grant-KafkaAccess demo app2 -Topic orders-1 -Operation Read, Write -Group 'app2*' @at
        Start-Client app2
        Send-As app2 there | Should -Not -Match 'ERROR|Exception'
        Read-As app2 | Should -Match 'hello|there'
        (Get-KafkaClientConfig demo -User app2 @at) -match '^bootstrap' | Should -Match ':9093'
    }

    It 'use transactions where these are granted' {
        $null = Grant-KafkaAccess demo app1 -TransactionalId 'app1-*' @at
        @(Get-KafkaAccess demo app1 @at | Where-Object Resource -EQ TransactionalId).Operation | Sort-Object | Should -Be @('Describe', 'Write')
    }

    It 'are listed with what the brokers know of them' {
        $null = Invoke-KafkaTool demo kafka-configs.sh --alter --add-config 'SCRAM-SHA-512=[password=by-hand-1]' --entity-type users --entity-name foreign @at
        $users = Get-KafkaUser demo @at
        ($users | ForEach-Object { "$($_.Name) $($_.State) $($_.Grants)" }) | Should -Be @('app1 Ready 5', 'app2 Ready 3', 'foreign NoSecret 0', 'nobody Ready 0')
        { New-KafkaUser demo foreign @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.UserExists,*'
        $null = Invoke-KafkaTool demo kafka-configs.sh --alter --delete-config SCRAM-SHA-512 --entity-type users --entity-name nobody @at
        (Get-KafkaUser demo nobody @at).State | Should -Be 'NotInKafka'
        (New-KafkaUser demo nobody @at).State | Should -Be 'Ready'
    }

    It 'are refused at once on what was taken back' {
        (Revoke-KafkaAccess demo nobody -Topic orders-1 @at -ErrorAction SilentlyContinue -ErrorVariable missing) | Should -BeNullOrEmpty
        $missing[0].FullyQualifiedErrorId | Should -BeLike 'KafkaK8s.AccessNotFound,*'
        Revoke-KafkaAccess demo app2 -Topic orders-1 -Operation Write @at
        # An idempotent producer that may write to no topic at all is refused before it names one.
        Send-As app2 again | Should -Match 'TopicAuthorizationException|TOPIC_AUTHORIZATION_FAILED|Not authorized to access topics|ClusterAuthorizationException'
        Get-KafkaAccess demo app2 @at | Revoke-KafkaAccess
        Get-KafkaAccess demo app2 @at | Should -BeNullOrEmpty
        Read-As app2 | Should -Match 'AuthorizationException|Not authorized'
    }

    It 'keep no connection for longer than a minute when their password is another one' {
        $null = Grant-KafkaAccess demo app1 -Group app1-live @at
        $null = Invoke-InPod -Namespace $ns client-app1 ("nohup timeout 180 /opt/kafka/bin/kafka-console-consumer.sh $brokers --topic orders-1 --group app1-live " +
            '--from-beginning --consumer.config /tls/client.properties > /tmp/live 2>&1 &')
        Wait-Until -Seconds 60 -For 'the first message' { "$(Invoke-InPod -Namespace $ns client-app1 'cat /tmp/live')" -match 'hello' }
        $former = Get-Password app1
        $user = Reset-KafkaUserCredential demo app1 @at -Confirm:$false -WarningVariable said 3> $null
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $user.State | Should -Be 'Ready'
        "$said" | Should -Match 'within 60 s'
        Get-Password app1 | Should -Not -Be $former
        Send-As app1 former | Should -Match 'SaslAuthenticationException|Authentication failed'
        Wait-Until -Seconds 65 -For 'the live connection to be cut off' { "$(Invoke-InPod -Namespace $ns client-app1 'cat /tmp/live')" -match 'SaslAuthenticationException|Authentication failed' }
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 65
        Start-Client app1
        Send-As app1 anew | Should -Not -Match 'ERROR|Exception'
    }

    It 'that are removed are cut off' {
        $plan = Remove-KafkaUser demo app1 @at -WhatIf 3> $null
        $plan.Kind | Should -Be @('Password', 'Access', 'Secret')
        Remove-KafkaUser demo app1 @at -Confirm:$false 3> $null
        (Get-KafkaUser demo @at).Name | Should -Not -Contain 'app1'
        Get-KafkaAccess demo app1 @at | Should -BeNullOrEmpty
        kubectl get secrets -n $ns -o name | Should -Not -Contain 'secret/demo-kafka-user-app1'
        Wait-Until -Seconds 60 -For 'the removed user to be refused' { (Send-As app1 gone) -match 'SaslAuthenticationException|Authentication failed' }
    }

    It 'that are removed with a good certificate can do nothing, and their name is spent' {
        $null = Grant-KafkaAccess demo app2 -Topic orders-1 -Operation Read, Write -Group app2 @at
        Send-As app2 before | Should -Not -Match 'ERROR|Exception'
        Remove-KafkaUser demo app2 @at -Confirm:$false -WarningVariable said 3> $null
        "$said" | Should -Match 'cannot be taken back'
        Send-As app2 after | Should -Match 'AuthorizationException|AUTHORIZATION_FAILED|Not authorized'
        (Get-KafkaUser demo app2 @at).State | Should -Be 'Removed'
        { New-KafkaUser demo app2 @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.UserNameSpent,*'
        { Grant-KafkaAccess demo app2 -Topic orders-1 @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.UserNotFound,*'
        { Get-KafkaAccess demo app2 @at | Revoke-KafkaAccess -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.UserNameSpent,*'
    }

    It 'have secrets that nothing shows' {
        $all = & { New-KafkaUser demo quiet @at -Verbose; Get-KafkaUser demo @at -Verbose; Reset-KafkaUserCredential demo quiet @at -Confirm:$false -Verbose; Get-KafkaUser demo quiet @at | Format-List * } *>&1 | Out-String
        $all | Should -Match 'quiet'
        $all | Should -Not -Match ([regex]::Escape((Get-Password quiet)))
        (kubectl get statefulsets, configmaps, pods, events -n $ns -o yaml) -join "`n" | Should -Not -Match ([regex]::Escape((Get-Password quiet)))
        (kubectl logs -n $ns demo-kafka-0) -join "`n" | Should -Not -Match ([regex]::Escape((Get-Password quiet)))
    }

    It 'are none in a cluster without TLS' {
        $null = New-KafkaCluster open @at -Plaintext -ZooKeeperCount 1 -BrokerCount 1 -Ephemeral -WarningAction SilentlyContinue
        { New-KafkaUser open app1 @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.NoUsers,*'
        { Get-KafkaClientConfig open -User app1 @at -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.NoUsers,*'
    }

    It 'go with the cluster' {
        Remove-KafkaCluster demo @at -Confirm:$false
        @(kubectl get secrets -n $ns -o name) -match 'kafka-user' | Should -BeNullOrEmpty
    }
}
