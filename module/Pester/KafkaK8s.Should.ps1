# Adds the operator -BeHealthyKafka to Pester's Should (Pester 5 and newer). Dot-source this file in BeforeAll:
#
#   . "$((Get-Module KafkaK8s -ListAvailable)[0].ModuleBase)/Pester/KafkaK8s.Should.ps1"
#   'demo' | Should -BeHealthyKafka -Namespace kafka

# A cluster, by its name or as an object, is healthy if no check of Test-KafkaCluster is a Warning or Critical.
function Should-BeHealthyKafka {
    param(
        $ActualValue,
        [switch] $Negate,
        [string] $Because,
        [string] $Namespace,
        [string] $Context,
        [string] $KubeConfig,
        # names of checks, with wildcards; without it all count
        [string[]] $Check,
        $CallerSessionState
    )
    $reason = $Because ? ", because $($Because -replace '^because\s+')" : ''
    # Nothing would be checked, and nothing be found.
    if ($null -eq $ActualValue) {
        return [pscustomobject]@{ Succeeded = $false; FailureMessage = "Expected a Kafka cluster$reason, but got nothing." }
    }
    $given = @{}
    foreach ($name in 'Namespace', 'Context', 'KubeConfig', 'Check') {
        if ($PSBoundParameters.ContainsKey($name)) { $given[$name] = $PSBoundParameters[$name] }
    }
    $checks = @($ActualValue | KafkaK8s\Test-KafkaCluster @given -ErrorAction Stop)
    $found = @($checks | Where-Object Severity -In Critical, Warning)
    $cluster = "Kafka cluster $($checks[0].Namespace)/$($checks[0].Cluster)"
    $lines = $found | ForEach-Object { "  $($_.Severity) $($_.Check): $($_.Evidence)$($_.Remedy ? "`n    $($_.Remedy)" : '')" }
    [pscustomobject]@{
        Succeeded      = ($found.Count -eq 0) -ne $Negate.IsPresent
        FailureMessage = $Negate ? "Expected $cluster not to be healthy$reason, but all of its $($checks.Count) checks are Ok or Info."
            : "Expected $cluster to be healthy$reason, but found:`n$($lines -join "`n")"
    }
}

Add-ShouldOperator -Name BeHealthyKafka -InternalName Should-BeHealthyKafka -Test ${function:Should-BeHealthyKafka}
