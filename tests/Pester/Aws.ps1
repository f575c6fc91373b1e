# What the suites on EKS share: the stand-ins for AWS, and a process whose variables AWS_… lead to them alone. Dot-source it in BeforeAll
# after Lab.ps1; Stop-Double and Set-AwsVariable $former in AfterAll.

$aws = "$PSScriptRoot/../Aws"
$cache = (& "$aws/setup.sh") | Select-Object -Last 1
$script:Doubles = [Collections.Generic.List[object]]::new()

# Starts a stand-in: a program of tests/Aws that ends with its standard input. Gives the words of its line "listening PORT …".
function Start-Double([string[]] $Words) {
    $start = [Diagnostics.ProcessStartInfo]::new('/usr/bin/python3')
    @('-S') + $Words | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $start.Environment['PYTHONPATH'] = "$cache/python"
    $start.Environment['MOTO_IAM_LOAD_MANAGED_POLICIES'] = 'true'
    $process = [Diagnostics.Process]::Start($start)
    $script:Doubles.Add($process)
    $line = $process.StandardOutput.ReadLine()
    if ("$line" -notlike 'listening *') { throw "$($Words[0]) did not start: $($process.StandardError.ReadToEnd())" }
    $null = $process.StandardError.ReadToEndAsync() # its log must not fill the pipe
    $line -split ' '
}

function Stop-Double {
    foreach ($process in $script:Doubles) {
        $process.StandardInput.Close()
        if (-not $process.WaitForExit(5000)) { $process.Kill() }
    }
}

function Get-AwsVariable {
    $found = @{}
    foreach ($name in @([Environment]::GetEnvironmentVariables().Keys) -like 'AWS_*') { $found[$name] = [Environment]::GetEnvironmentVariable($name) }
    $found
}

# Gives the process these variables AWS_… and no others.
function Set-AwsVariable([hashtable] $Variables) {
    # $null would become the empty text, and an empty variable is not none
    foreach ($name in (Get-AwsVariable).Keys) { [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
    foreach ($name in $Variables.Keys) { [Environment]::SetEnvironmentVariable($name, $Variables[$name]) }
}

# Those that every suite sets beside its endpoints and its secret.
$keyId = 'AKIAIOSFODNN7EXAMPLE'
$awsVariables = @{ AWS_ACCESS_KEY_ID = $keyId; AWS_REGION = 'eu-central-1'; AWS_CONFIG_FILE = '/nonexistent'; AWS_SHARED_CREDENTIALS_FILE = '/nonexistent'; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2' }
