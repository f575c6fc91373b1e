# Several operators on one cluster: processes of their own, some with a clock that is minutes off, some killed. Who may go on is judged
# by the renewals that are seen, never by what time somebody says it is.

BeforeDiscovery { . $PSScriptRoot/Lab.ps1 }

Describe 'Operators of one cluster' -Tag Lab {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        . $PSScriptRoot/ZooKeeper.ps1
        $library = & "$PSScriptRoot/../faketime.sh"
        if ($LASTEXITCODE -ne 0) { throw 'libfaketime cannot be had: the reason is above' }

        # An operator who gives commands, one after the other, in a PowerShell whose clock is that many minutes off. Each line that it
        # prints begins with the seconds since the first command, by a clock that nobody sets; a command that fails gives its error.
        function Start-Operator {
            param([string[]] $Command, [int] $MinutesAhead = 0)
            $script = @"
                `$ErrorActionPreference = 'Stop'; `$WarningPreference = 'SilentlyContinue'
                Import-Module '$ModuleFolder'
                "0 clock `$([datetime]::UtcNow.ToString('o'))"
                `$clock = [Diagnostics.Stopwatch]::StartNew()
                foreach (`$command in { $($Command -join ' -Verbose }, { ') -Verbose }) {
                    try { & `$command 4>&1 | ForEach-Object { '{0:0.0} {1}' -f `$clock.Elapsed.TotalSeconds, `$_ } }
                    catch { '{0:0.0} {1}: {2}' -f `$clock.Elapsed.TotalSeconds, `$_.FullyQualifiedErrorId, `$_ }
                }
"@
            $start = [Diagnostics.ProcessStartInfo]::new($Pwsh[0])
            foreach ($word in $Pwsh[1..9] + '-Command' + $script) { $start.ArgumentList.Add($word) }
            if ($MinutesAhead) {
                $start.Environment['LD_PRELOAD'] = $library
                $start.Environment['FAKETIME'] = '{0:+0;-0}m' -f $MinutesAhead
                $start.Environment['FAKETIME_DONT_FAKE_MONOTONIC'] = '1' # a clock that is wrong does not jump
            }
            $start.RedirectStandardOutput = $true
            $process = [Diagnostics.Process]::Start($start)
            [pscustomobject]@{ Process = $process; Output = $process.StandardOutput.ReadToEndAsync(); MinutesAhead = $MinutesAhead; Begun = [datetime]::UtcNow }
        }

        # What it printed, when it has ended. That its clock was wrong is seen, too.
        function Receive-Operator {
            param([Parameter(Mandatory)] $Operator)
            if (-not $Operator.Process.WaitForExit(240000)) { throw 'the operator did not end within 240 s' }
            $lines = $Operator.Output.Result.TrimEnd() -split "`n"
            Write-Host (($lines -notmatch '(created|unchanged) ' -replace '^(.{150}).+', '$1 …' -replace '^', '      ') -join "`n")
            $off = ([datetime] ($lines[0] -replace '^0 clock ')).ToUniversalTime() - $Operator.Begun
            $off.TotalMinutes | Should -BeGreaterOrEqual ($Operator.MinutesAhead - 0.1)
            $off.TotalMinutes | Should -BeLessThan ($Operator.MinutesAhead + 2)
            $lines
        }

        function Get-Lease { param([string] $Cluster) (Get-Kube statefulset -n $ns "$Cluster-zk" --ignore-not-found).metadata.annotations.'kafkak8s.io/ensemble-change' }
        function Wait-Lease {
            param([string] $Cluster, $Operator)
            Wait-Until -Seconds 60 -For "the lease of $Cluster" { (Get-Lease $Cluster) -match "`"process`":$($Operator.Process.Id)\b" }
        }

        # When the first thing was changed or gone on with.
        function Get-FirstChange { param([string[]] $Line) [double] (@($Line -match '^\S+ (created|changed|going on)')[0] -replace ' .*') }

        $ns = Open-Lab clock
        # What uses this waits for its volume: its maker holds the lease until its end, and no server starts.
        $null = Set-Kube "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: kt-clock}, provisioner: kt.example/nobody}"
        $sizes = "-Namespace $ns -ZooKeeperCount 1 -BrokerCount 1 -ZooKeeperMemory 256Mi -BrokerMemory 512Mi -ZooKeeperCpu 10m -BrokerCpu 10m"
        $make = "$sizes -StorageClass kt-clock -Confirm:`$false"
        $script:all = @(
            ($script:pair = 1..2 | ForEach-Object { Start-Operator "New-KafkaCluster pair $sizes -Confirm:`$false" })
            ($script:ahead = Start-Operator "New-KafkaCluster ahead $make")
            ($script:behind = Start-Operator "New-KafkaCluster behind $make")
        )
    }

    AfterAll {
        foreach ($one in $all) { $one.Process.Kill(); $one.Process.Dispose() }
        Close-Lab $ns
        $null = kubectl delete storageclass kt-clock
    }

    Context 'while another one is at it' {
        BeforeAll {
            $script:refused = @{}
            foreach ($row in @($ahead, 'ahead', 10), @($behind, 'behind', -10)) {
                $other, $cluster, $minutes = $row
                Wait-Lease $cluster $other
                $refused[$cluster] = Start-Operator -MinutesAhead $minutes -Command @(
                    "New-KafkaCluster $cluster $make -Config @{ 'num.partitions' = '2' }"
                    "Set-KafkaCluster $cluster -Namespace $ns -BrokerCount 2 -Confirm:`$false"
                    "Add-ZooKeeperNode $cluster -Namespace $ns -Force"
                )
            }
            $script:all += $refused.Values
        }

        It 'are refused and told who it is, <Minutes> minutes off' -ForEach @(@{ Minutes = 10; Cluster = 'ahead' }, @{ Minutes = -10; Cluster = 'behind' }) {
            $lines = Receive-Operator $refused[$Cluster]
            $lines | Should -HaveCount 4
            foreach ($line in $lines[1..3]) {
                $line | Should -BeLike "*KafkaK8s.EnsembleBusy,*: $([Environment]::UserName)@$([Environment]::MachineName) is changing the cluster $Cluster with New-KafkaCluster*"
            }
            (Get-Variable $Cluster -ValueOnly).Process.HasExited | Should -BeFalse
        }
    }

    Context 'two who make one cluster at once' {
        It 'are told apart: one makes it, the other learns who does, and nothing is lost' {
            $said = @($pair | ForEach-Object { (Receive-Operator $_) -join "`n" })
            $other = @($said -match 'KafkaK8s\.EnsembleBusy,')
            $other | Should -HaveCount 1
            $other | Should -BeLike "*$([Environment]::UserName)@$([Environment]::MachineName) is changing the cluster pair with New-KafkaCluster*"
            $other | Should -Not -Match 'created '
            $shown = Get-KafkaCluster pair -Namespace $ns
            "$($shown.Status) $($shown.ZooKeeperReady) $($shown.BrokersReady)" | Should -Be 'Ready 1 1'
            Assert-Credential $ns pair
            Get-Lease pair | Should -BeNullOrEmpty
        }
    }

    Context 'after another one was killed' {
        BeforeAll {
            # This one's own clock is an hour ahead: an older module took its lease for a good one all that time.
            $script:all += $script:adds = Start-Operator "Add-ZooKeeperNode pair -Namespace $ns -Force" 60
            Wait-Lease pair $adds
            foreach ($one in $adds, $ahead, $behind) { $one.Process.Kill(); $null = $one.Process.WaitForExit(10000) }
            $script:next = @{
                New = Start-Operator "New-KafkaCluster ahead $make -Config @{ 'num.partitions' = '2' } -NoWait" 10
                Set = Start-Operator "Set-KafkaCluster behind -Namespace $ns -BrokerCount 2 -Confirm:`$false -NoWait" -10
                Add = Start-Operator "Add-ZooKeeperNode pair -Namespace $ns -Force" -10
            }
            $script:all += $next.Values
        }

        It 'take over when no renewal was seen for 20 s: <Command>, <Minutes> minutes off' -ForEach @(
            @{ Command = 'New'; Minutes = 10 }, @{ Command = 'Set'; Minutes = -10 }, @{ Command = 'Add'; Minutes = -10 }
        ) {
            $lines = Receive-Operator $next[$Command]
            $lines | Should -Not -MatchExactly 'KafkaK8s\.\w+,'
            $taken = Get-FirstChange $lines
            Write-Host ('      went on after {0:0.0} s' -f $taken)
            $taken | Should -BeGreaterOrEqual 20
            $taken | Should -BeLessThan 120
        }

        It 'have done what they were asked for, and hold nothing any more' {
            ((Get-Kube statefulset ahead-kafka -n $ns).spec.template.spec.containers.env | Where-Object name -eq EXTRA_PROPERTIES).value | Should -Be 'num.partitions=2'
            (Get-Kube statefulset behind-kafka -n $ns).spec.replicas | Should -Be 2
            Assert-Ensemble (Get-ZooKeeperNode pair -Namespace $ns) 2
            foreach ($cluster in 'ahead', 'behind', 'pair') { Get-Lease $cluster | Should -BeNullOrEmpty }
        }
    }
}
