#requires -Version 7.2
<#
.SYNOPSIS
Runs *.Tests.ps1 with real Pester, where there is a real pwsh.

.DESCRIPTION
The same files run without either by `out/psh -Test PATH`; the first line of the output says which ran, and the
last line is the same in both: N passed, N failed (, N skipped). The exit code is 0 only if something passed and
nothing failed.

.EXAMPLE
pwsh -NoProfile -File tests/Pester/Invoke-Suite.ps1 tests/Pester -Tag quick
#>
[CmdletBinding()]
param(
    # Test files or folders; this folder if none are given.
    [Parameter(Position = 0)]
    [string[]] $Path = $PSScriptRoot,
    [string[]] $Tag = @(),
    [string[]] $ExcludeTag = @(),
    # Wildcards on the whole name of a test: titles from the outermost block inwards, joined with dots.
    [string[]] $Name = @()
)

$ErrorActionPreference = 'Stop'

if ($Host.Name -eq 'psh') {
    throw 'psh is neither pwsh nor has it Pester: use out/psh -Test PATH.'
}

$pester = Get-Module -Name Pester -ListAvailable |
    Where-Object { $_.Version -ge '5.5.0' } |
    Sort-Object -Property Version -Descending |
    Select-Object -First 1
if (-not $pester) {
    throw 'Pester 5.5 or later is not installed: Install-Module Pester -MinimumVersion 5.5.0 -Scope CurrentUser'
}

Import-Module -Name $pester.Path
"runner: Pester $($pester.Version) on pwsh $($PSVersionTable.PSVersion)"

# As under psh, the build of this repository comes before any installed module.
$build = Join-Path $PSScriptRoot '../../out'
if (Test-Path $build) {
    $env:PSModulePath = (Resolve-Path $build).Path + [System.IO.Path]::PathSeparator + $env:PSModulePath
}

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Filter.Tag = $Tag
$configuration.Filter.ExcludeTag = $ExcludeTag
$configuration.Filter.FullName = $Name

$result = Invoke-Pester -Configuration $configuration

# A file that could not be read and a block whose AfterAll failed count as failures, as in the runner of psh.
# A block whose BeforeAll failed is counted here on top of its tests; the runner of psh counts the tests only.
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
$skipped = $result.SkippedCount
"$($result.PassedCount) passed, $failed failed" + $(if ($skipped) { ", $skipped skipped" })
exit $(if ($result.PassedCount -gt 0 -and $failed -eq 0) { 0 } else { 1 })
