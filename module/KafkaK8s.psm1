# Sets up the module's own load context and hands the cmdlets on. See ModuleLoadContext in KafkaK8s.dll.
$null = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($PSScriptRoot, 'bin', 'KafkaK8s.dll'))
$again = [KafkaK8s.ModuleLoadContext]::IsLoaded
$inner = Import-Module -Assembly ([KafkaK8s.ModuleLoadContext]::Module) -PassThru

# A second import with -Force finds the assembly already imported and would export nothing:
# https://github.com/PowerShell/PowerShell/issues/20710. Telling the outer module of each cmdlet cures it.
if ($again) {
    $add = [System.Management.Automation.PSModuleInfo].GetMethod('AddExportedCmdlet', [System.Reflection.BindingFlags]'Instance, NonPublic')
    foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
        $add.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet))
    }
}
