#requires -Version 7.4
<#
.SYNOPSIS
Names what failed, from the results of a run: a long log is often seen in part only.

.EXAMPLE
tests/pwsh -NoProfile -File tests/failures.ps1 out/test-results
#>
param([Parameter(Mandatory)][string] $Folder)

foreach ($file in Get-ChildItem $Folder -Filter *.xml -Recurse) {
    foreach ($case in ([xml](Get-Content $file -Raw)).SelectNodes('//testcase[failure or error]')) {
        $why = $case.SelectSingleNode('failure | error')
        $text = ($why.GetAttribute('message') + ' ' + $why.InnerText) -replace '\s+', ' '
        'FAILED {0}: {1} {2}: {3}' -f [IO.Path]::GetRelativePath($Folder, $file), $case.classname, $case.name, $text.Substring(0, [Math]::Min(600, $text.Length))
    }
}
