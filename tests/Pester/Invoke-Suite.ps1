#requires -Version 7.4
<#
.SYNOPSIS
Runs *.Tests.ps1 with Pester.

.DESCRIPTION
Any PowerShell of 7.4 or later and any Pester of 5.5 or later will do. tests/pwsh is the PowerShell that this repository pins, and the
build puts the Pester that it pins into out/tools. The last line of the output is: N passed, N failed (, N skipped). The exit code is
0 only if something passed and nothing failed.

.EXAMPLE
tests/pwsh -NoProfile -File tests/Pester/Invoke-Suite.ps1 tests/Pester/Small.Tests.ps1 tests/Pester/Rights.Tests.ps1

.EXAMPLE
pwsh -NoProfile -File tests/Pester/Invoke-Suite.ps1 -Pester Pester -Tag OldServer
#>
[CmdletBinding()]
param(
    # Test files or folders; this folder, without its folders, if none are given.
    [Parameter(Position = 0, ValueFromRemainingArguments)]
    [string[]] $Path = (Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1).FullName,
    # Tags to run, and tags to leave out; commas stand between them.
    [string[]] $Tag = @(),
    [string[]] $ExcludeTag = @(),
    # Wildcards on the whole name of a test: titles from the outermost block inwards, joined with dots.
    [string[]] $Name = @(),
    # Name or folder of Pester; without it the one in out/tools, or where there is none, the newest that is installed.
    [string] $Pester,
    # A folder for the results, in the XML of JUnit: a file for each test file.
    [string] $ResultFolder
)

$ErrorActionPreference = 'Stop'

$pinned = "$PSScriptRoot/../../out/tools/Pester/Pester.psd1"
if (-not $Pester) { $Pester = (Test-Path $pinned) ? $pinned : 'Pester' }
$module = Import-Module $Pester -MinimumVersion 5.5.0 -PassThru
"Pester $($module.Version), PowerShell $($PSVersionTable.PSVersion)"

# The build of this repository comes before any installed module.
$env:PSModulePath = [IO.Path]::GetFullPath("$PSScriptRoot/../../out") + [IO.Path]::PathSeparator + $env:PSModulePath

# `pwsh -File` gives a,b as one word.
function Split-Word([string[]] $Word) { @($Word -split ',' -ne '') }

$files = foreach ($one in $Path) {
    if (-not (Test-Path $one)) { throw "There is no test file or folder '$one'." }
    Get-ChildItem $one -Filter *.Tests.ps1 -Recurse
}

$passed = $failed = $skipped = 0
foreach ($file in $files) {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $file.FullName
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Detailed'
    if ([Console]::IsOutputRedirected) { $configuration.Output.RenderMode = 'Plaintext' }
    $configuration.Filter.Tag = Split-Word $Tag
    $configuration.Filter.ExcludeTag = Split-Word $ExcludeTag
    $configuration.Filter.FullName = $Name
    if ($ResultFolder) {
        $configuration.TestResult.Enabled = $true
        $configuration.TestResult.OutputFormat = 'JUnitXml'
        $configuration.TestResult.OutputPath = [IO.Path]::GetFullPath("$ResultFolder/$($file.Name -replace '\.Tests\.ps1$').xml", $PWD.Path)
    }
    $result = Invoke-Pester -Configuration $configuration
    $passed += $result.PassedCount
    $skipped += $result.SkippedCount
    # A file that cannot be read, and a block whose BeforeAll or AfterAll fails, count as failures too.
    $failed += $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
}

"$passed passed, $failed failed" + $(if ($skipped) { ", $skipped skipped" })
exit $(if ($passed -gt 0 -and $failed -eq 0) { 0 } else { 1 })
