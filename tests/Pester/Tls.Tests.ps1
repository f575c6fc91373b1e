# A cluster with TLS: that it works as one without, and that the door is shut. Strangers try it with openssl and Kafka's own tools.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'A cluster with TLS' -Tag Lab -Skip:($Lab.Kafka -lt [version] '3.3') {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $ns = Open-Lab tls
        $at = @{ Namespace = $ns }
        $made = New-KafkaCluster prod @at -Plaintext:$false -ZooKeeperCount 3 -WarningAction SilentlyContinue

        function In-Pod([string] $pod, [string] $container, [string] $script) {
            $said = kubectl exec -n $ns $pod -c $container '--' bash -c "$script`n:" 2>&1 # what it says counts, not how it ends
            "$($said -join "`n")"
        }

        # How a TLS server takes a client: "open" when it answers a request of Kafka's (ApiVersions 0), "shut" when it closes.
        function Try-Door([string] $pod, [string] $container, [string] $address, [string] $options) {
            $script = "(printf '\0\0\0\x0a\0\x12\0\0\0\0\0\x07\0\0'; sleep 2) | timeout 5 openssl s_client -quiet -connect $address $options 2> /dev/null | head -c 4 | wc -c"
            if ((In-Pod $pod $container $script).Trim() -eq '4') { 'open' } else { 'shut' }
        }

        function Try-Word([string] $pod, [string] $container, [string] $address, [string] $options) {
            In-Pod $pod $container "printf srvr | timeout 5 openssl s_client -quiet -connect $address $options 2> /dev/null"
        }
    }

    AfterAll { Close-Lab $ns }

    Context 'at work' {
        It 'is made in one command, with its certificates, and Kafka is well' {
            "$($made.Status) $($made.Kafka) $($made.BrokersReady) $($made.ZooKeeperReady)" | Should -Be 'Ready Healthy 3 3'
            ($made.Changes | Where-Object { $_.Kind -eq 'Secret' -and $_.Name -ne 'prod-zk-reconfig' }).Name |
                Should -Be @('prod-kafka-ca', 'prod-kafka-clients-ca', 'prod-kafka-tls', 'prod-zk-tls', 'prod-kafka-admin')
            (Get-KafkaCluster prod @at).Kafka | Should -Be 'Healthy'
        }

        It 'changes nothing when it is asked for again' {
            (New-KafkaCluster prod @at -Plaintext:$false).Changes.Action | Sort-Object -Unique | Should -Be 'None'
            { New-KafkaCluster prod @at -Plaintext -ErrorAction Stop } | Should -Throw -ErrorId 'KafkaK8s.SecurityChange,*'
        }

        It 'carries messages through the tunnel and by Kafka''s own tools' {
            $result = Test-KafkaTopic prod @at -MessageCount 5000
            "$($result.Passed) $($result.Lost) $($result.Duplicated)" | Should -Be 'True 0 0'
            $result = Test-KafkaTopic prod @at -ConsoleTools -MessageCount 500
            "$($result.Passed) $($result.Lost)" | Should -Be 'True 0'
        }

        It 'serves topics, messages, groups, brokers, checks and tools as any cluster' {
            $null = New-KafkaTopic prod orders @at -Partition 3
            1..20 | ForEach-Object { "$_" } | Send-KafkaMessage prod orders @at
            (Receive-KafkaMessage prod orders @at -FromBeginning -Count 20).Value | Should -HaveCount 20
            (Get-KafkaTopic prod orders @at).Status | Should -Be 'Healthy'
            (Get-KafkaBroker prod @at).Status | Sort-Object -Unique | Should -Be 'Healthy'
            Test-KafkaCluster prod @at | Where-Object Severity -In 'Critical', 'Warning' | ForEach-Object { "$($_.Check): $($_.Evidence)" } |
                Where-Object { $_ -notmatch '^(ZoneSpread|NodeSpread|VolumeExpansion|CopySpread)' } | Should -BeNullOrEmpty
            (Test-KafkaCluster prod Encryption @at).Severity | Should -Be 'Ok'
            Invoke-KafkaTool prod kafka-topics --describe --topic orders @at -Confirm:$false | Out-String | Should -Match 'PartitionCount: 3'
            Invoke-KafkaTool prod kafka-configs --describe --entity-type brokers --entity-name 0 --all @at -Confirm:$false | Out-String | Should -Match 'ssl.client.auth'
        }

        It 'grows its ensemble, and the new servers take no plaintext either' {
            (Add-ZooKeeperNode prod @at -Count 2 -Confirm:$false -WarningAction SilentlyContinue).Role | Should -Be @(@('participant') * 5)
            (Get-ZooKeeperNode prod @at).Ready | Sort-Object -Unique | Should -BeTrue
            In-Pod prod-zk-0 zookeeper 'exec 3<> /dev/tcp/127.0.0.1/2181; printf conf >&3; grep ^server <&3' |
                Should -Not -Match '(?m);(0\.0\.0\.0:)?2181$'
        }

        It 'restarts a broker and a server behind their gates' {
            (Restart-KafkaBroker prod 1 @at -Confirm:$false).Status | Should -Be 'Healthy'
            (Restart-ZooKeeperNode prod -Node prod-zk-1 @at -Confirm:$false).Ready | Should -BeTrue
        }

        It 'is reached by another client through a tunnel that is held, by its login alone' -Skip:(-not $Lab.HasTunnel) {
            $tunnel = Connect-KafkaCluster prod @at
            try {
                "$($tunnel | Get-KafkaClientConfig -Format Librdkafka)" | Should -Match 'security.protocol=sasl_plaintext .*sasl.password=\w{32}'
                "$($tunnel | Format-List * | Out-String)" | Should -Not -Match '\b[0-9a-f]{32}\b'
            }
            finally { $tunnel | Disconnect-KafkaCluster }
        }
    }

    Context 'the door' {
        BeforeAll {
            $own = '-CAfile /tls/ca.pem -verify_return_error -cert /tls/keystore.pem -key /tls/keystore.pem'
            $broker = "prod-kafka-0.prod-kafka-headless.$ns.svc"
            $server = "prod-zk-0.prod-zk-headless.$ns.svc"
            # A certificate of the same name from an authority of its own, made in the pod.
            $forge = 'cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.crt -subj /O=kafkak8s/CN=kafka -days 2 2> /dev/null; '
            $forged = '-CAfile /tls/ca.pem -cert /tmp/f.crt -key /tmp/f.key'
            $null = In-Pod prod-kafka-1 kafka $forge
        }

        It 'lets a broker''s certificate in where brokers come, in TLS 1.2 and 1.3' {
            Try-Door prod-kafka-1 kafka "${broker}:9092" $own | Should -Be 'open'
            Try-Door prod-kafka-1 kafka "${broker}:9092" "$own -tls1_2" | Should -Be 'open'
        }

        It 'keeps out at <Port> who shows <What>' -ForEach @(
            @{ Port = 9092; What = 'nothing'; Options = '-CAfile /tls/ca.pem' }
            @{ Port = 9092; What = 'a forged certificate of a broker'; Options = '(forged)' }
            @{ Port = 9092; What = 'TLS 1.1'; Options = '(own) -tls1_1 -cipher DEFAULT@SECLEVEL=0' }
            @{ Port = 9093; What = 'nothing'; Options = '-CAfile /tls/ca.pem' }
            @{ Port = 9093; What = 'a certificate of a broker'; Options = '(own)' }
            @{ Port = 9093; What = 'a forged certificate'; Options = '(forged)' }
        ) {
            $with = $Options.Replace('(own)', $own).Replace('(forged)', $forged)
            Try-Door prod-kafka-1 kafka "${broker}:$Port" $with | Should -Be 'shut'
        }

        It 'answers no plaintext at <Port>' -ForEach @(@{ Port = 9092 }, @{ Port = 9093 }, @{ Port = 9094 }) {
            $script = "exec 3<> /dev/tcp/$broker/$Port; printf '\0\0\0\x0a\0\x12\0\0\0\0\0\x07\0\0' >&3; timeout 3 head -c 8 <&3 | od -An -tx1 | tr -d ' \n'"
            In-Pod prod-kafka-1 kafka $script | Should -Not -Match '00000007'
        }

        It 'lets nobody see the ports for tunnels and probes but the pod itself' {
            foreach ($port in 9095, 9096) {
                In-Pod prod-kafka-1 kafka "timeout 3 bash -c 'exec 3<> /dev/tcp/$broker/$port' 2> /dev/null; echo `$?" | Should -Not -Be '0'
            }
            # Who comes to the probes' listener is nobody, and may do nothing.
            # DescribeAcls 0: any; the answer has ClusterAuthorizationFailed (31) behind size, correlation and throttle time.
            In-Pod prod-kafka-0 kafka "exec 3<> /dev/tcp/127.0.0.1/9096; printf '\0\0\0\x13\0\x1d\0\0\0\0\0\x07\0\0\x01\xff\xff\xff\xff\xff\xff\x01\x01' >&3; timeout 3 head -c 14 <&3 | od -An -tx1 | tr -d ' \n'" |
                Should -Match '00000007000000' -Because 'it answers'
            In-Pod prod-kafka-0 kafka "exec 3<> /dev/tcp/127.0.0.1/9096; printf '\0\0\0\x13\0\x1d\0\0\0\0\0\x07\0\0\x01\xff\xff\xff\xff\xff\xff\x01\x01' >&3; timeout 3 head -c 14 <&3 | od -An -tx1 | tr -d ' \n'" |
                Should -Match '001f$'
        }

        It 'lets no stranger into ZooKeeper, and only brokers write' {
            Try-Word prod-kafka-1 kafka "${server}:2281" $own | Should -Match 'Mode: '
            Try-Word prod-kafka-1 kafka "${server}:2281" '-CAfile /tls/ca.pem' | Should -Not -Match 'Mode: '
            Try-Word prod-kafka-1 kafka "${server}:2281" $forged | Should -Not -Match 'Mode: '
            In-Pod prod-kafka-1 kafka "timeout 3 bash -c 'exec 3<> /dev/tcp/$server/2181' 2> /dev/null; echo `$?" | Should -Not -Be '0'
            foreach ($port in 2888, 3888) {
                Try-Door prod-kafka-1 kafka "${server}:$port" $forged | Should -Be 'shut'
            }
            # Who port-forwards to the loopback is nobody there: what brokers keep is not his to write.
            In-Pod prod-zk-0 zookeeper 'printf "create /kafka/brokers/ids/99 x\nquit\n" | timeout 40 zkCli.sh -server 127.0.0.1:2181 2>&1' |
                Should -Match 'Insufficient permission|NoAuth|not valid'
        }

        It 'keeps a broker down whose certificates are gone, with its last words, until they are made again' {
            kubectl delete secret prod-kafka-tls -n $ns > $null
            kubectl delete pod prod-kafka-2 -n $ns > $null
            $words = ''
            for ($i = 0; $i -lt 60 -and $words -notmatch 'SECURITY is tls'; $i++) {
                Start-Sleep 2
                $words = kubectl get pod prod-kafka-2 -n $ns -o 'jsonpath={.status.containerStatuses[0].lastState.terminated.message}{.status.containerStatuses[0].state.terminated.message}'
            }
            "$words" | Should -Match 'SECURITY is tls, and there is no keystore.pem in /tls'
            $mended = Set-KafkaCluster prod @at -TimeoutSeconds 480
            ($mended.Changes | Where-Object Action -EQ 'Create').Name | Should -Be 'prod-kafka-tls'
            $mended.Kafka | Should -Be 'Healthy'
        }
    }

    Context 'its keys' {
        It 'are in no object but the Secrets, no log, no argument and no environment' {
            $values = foreach ($name in 'prod-kafka-ca', 'prod-kafka-clients-ca', 'prod-kafka-tls', 'prod-zk-tls', 'prod-kafka-admin') {
                $data = (kubectl get secret $name -n $ns -o json | ConvertFrom-Json).data
                foreach ($key in 'ca.key', 'keystore.pem') {
                    if ($data.$key) { [Text.Encoding]::ASCII.GetString([Convert]::FromBase64String($data.$key)).Split("`n")[1] }
                }
            }
            $values | Should -HaveCount 5
            $seen = @(
                kubectl get all,configmaps,pvc,events -n $ns -o yaml
                foreach ($pod in kubectl get pods -n $ns -o name) { kubectl logs $pod -n $ns }
                In-Pod prod-kafka-0 kafka 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null | tr "\0" "\n"; cat /run/kafka/server.properties'
                In-Pod prod-zk-0 zookeeper 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null | tr "\0" "\n"; cat /data/conf/*'
                Export-KafkaManifest prod @at
                New-KafkaCluster prod @at -BrokerCount 4 -WhatIf -Verbose 4>&1 3>&1 | Format-List * | Out-String
            ) -join "`n"
            foreach ($value in $values) { $seen.Contains($value) | Should -BeFalse }
        }
    }

    Context 'removed and made again over its volumes' {
        It 'keeps its authorities with the volumes, and its messages' {
            $authority = kubectl get secret prod-kafka-ca -n $ns -o 'jsonpath={.data.ca\.crt}'
            $null = Remove-KafkaCluster prod @at -Confirm:$false
            kubectl get secret -n $ns -o name | Sort-Object | Where-Object { $_ -match 'prod' } | Should -Be @('secret/prod-kafka-ca', 'secret/prod-kafka-clients-ca')
            { New-KafkaCluster prod @at -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Throw -ErrorId 'KafkaK8s.SecurityChange,*'
            $again = New-KafkaCluster prod @at -Plaintext:$false -ZooKeeperCount 5 -WarningAction SilentlyContinue
            "$($again.Status) $($again.Kafka)" | Should -Be 'Ready Healthy'
            kubectl get secret prod-kafka-ca -n $ns -o 'jsonpath={.data.ca\.crt}' | Should -Be $authority
            (Receive-KafkaMessage prod orders @at -FromBeginning -Count 20).Value | Should -HaveCount 20
        }
    }
}
