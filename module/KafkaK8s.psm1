# Hands on the cmdlets of the module's own load context; the manifest has loaded KafkaK8s.dll. See ModuleLoadContext there.
# No statement more than needed: the engine is cold at an import, and each costs tens of milliseconds.
if (-not [KafkaK8s.ModuleLoadContext]::IsLoaded) {
    Import-Module -Assembly ([KafkaK8s.ModuleLoadContext]::Module)
    return
}

# A second import with -Force finds the assembly already imported and would export nothing:
# https://github.com/PowerShell/PowerShell/issues/20710. Telling the outer module of each cmdlet cures it.
$inner = Import-Module -Assembly ([KafkaK8s.ModuleLoadContext]::Module) -PassThru
$add = [System.Management.Automation.PSModuleInfo].GetMethod('AddExportedCmdlet', [System.Reflection.BindingFlags]'Instance, NonPublic')
foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
    $add.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet))
}
