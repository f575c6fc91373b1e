# What all acceptance suites share. Dot-source it in BeforeDiscovery (for $Lab, to decide on skips) and in BeforeAll (for the
# functions), then call Open-Lab and, in AfterAll, Close-Lab.
#
#   KAFKAK8S_TEST_KUBECONFIG   kubeconfig of the Kubernetes to test on; without it: that of the running lab (lab/lab up)
#   KAFKAK8S_TEST_MODULE       folder of the module; without it: out/KafkaK8s, where `dotnet build` puts it
#
# The suites make namespaces kt-…, a StorageClass and nothing else outside of them, and take all of it away again.

$ErrorActionPreference = 'Stop' # an error that a test did not ask for fails it

$LabTool = [IO.Path]::GetFullPath("$PSScriptRoot/../../lab/lab")
$ModuleFolder = $env:KAFKAK8S_TEST_MODULE ? $env:KAFKAK8S_TEST_MODULE : [IO.Path]::GetFullPath("$PSScriptRoot/../../out/KafkaK8s")
$ManifestFolder = [IO.Path]::GetFullPath("$PSScriptRoot/../../manifests")

# The PowerShell that runs this, as a command line of another process: pwsh itself, or its library under dotnet.
$Pwsh = @([Environment]::ProcessPath)
if ([IO.Path]::GetFileNameWithoutExtension($Pwsh[0]) -eq 'dotnet') { $Pwsh += "$PSHOME/pwsh.dll" }
$Pwsh += '-NoLogo', '-NoProfile', '-NonInteractive'

# What runs. Read once in a process: it is also what the report says, so it comes from the nodes and not from a tag.
function Read-Lab {
    $facts = @{}
    $own = $env:KAFKAK8S_TEST_KUBECONFIG
    $path = $own
    if (Test-Path $LabTool) {
        foreach ($line in @(& $LabTool info 2>&1)) {
            $key, $value = "$line" -split '=', 2
            if ($value) { $facts[$key] = $value }
        }
    }
    if (-not $path) { $path = $facts['kubeconfig'] }
    if (-not $path -or -not (Test-Path $path)) {
        throw "There is no Kubernetes to test on. Start the lab (lab/lab up), or name a kubeconfig in KAFKAK8S_TEST_KUBECONFIG."
    }
    $isLab = $facts['kubeconfig'] -and [IO.Path]::GetFullPath($path) -eq $facts['kubeconfig']
    $version = if ($isLab) { $facts['kubernetes'] } else { ((& kubectl --kubeconfig $path version -o json 2>$null) -join "`n" | ConvertFrom-Json).serverVersion.gitVersion.TrimStart('v') }
    $kafka = if ($isLab) { $facts['kafka'] } else { '3.9.2' } # of a foreign cluster only the image's tag is known
    [pscustomobject]@{
        KubeConfig = [IO.Path]::GetFullPath($path)
        IsLab      = [bool] $isLab
        Kubernetes = [version] ($version -replace '[^0-9.].*')
        Kafka      = [version] $kafka
        Origin     = $isLab ? "lab '$($facts['name'])', $($facts['nodes']) nodes" : $path
        Nodes      = $isLab ? [int] $facts['nodes'] : 0
        HasTunnel  = [version] $kafka -ge [version] '0.11' # the native client needs it; older brokers are tested by console tools
    }
}

if (-not $global:KafkaK8sLab) {
    $global:KafkaK8sLab = Read-Lab
    Write-Host "Kubernetes $($KafkaK8sLab.Kubernetes), Kafka $($KafkaK8sLab.Kafka) ($($KafkaK8sLab.Origin)); PowerShell $($PSVersionTable.PSVersion), Pester $((Get-Module Pester).Version)"
}
$Lab = $global:KafkaK8sLab
$NoTunnel = "Kafka $($Lab.Kafka) is too old for the native client"
$NoLab = 'only the lab can take the power from a node'

# As the program itself: a,b is one word. Only a bare -- must be quoted.
function kubectl {
    $words = @($args | ForEach-Object { $_ -join ',' })
    $text = if ($Lab.IsLab) { & $LabTool kubectl @words 2>&1 } else { & (Get-Command kubectl -CommandType Application)[0].Source --kubeconfig $Lab.KubeConfig @words 2>&1 }
    if ($LASTEXITCODE -ne 0) { throw "kubectl $words ended with $LASTEXITCODE`: $($text -join "`n")" }
    $text | ForEach-Object { "$_" }
}

# A bash command in a pod.
function Invoke-InPod {
    param([Parameter(Mandatory)] [string] $Namespace, [Parameter(Mandatory, Position = 0)] [string] $Pod, [Parameter(Mandatory, Position = 1)] [string] $Script)
    kubectl exec -n $Namespace $Pod '--' bash -c $Script
}

function Get-Kube {
    (kubectl get @args -o json) -join "`n" | ConvertFrom-Json
}

# Applies YAML text.
function Set-Kube {
    param([string] $Yaml, [string] $Namespace = 'default', [string[]] $Option = @())
    $file = [IO.Path]::GetTempFileName()
    try {
        # kubectl before 1.21 takes what begins with a brace for JSON
        [IO.File]::WriteAllText($file, "---`n$Yaml")
        kubectl apply -n $Namespace -f $file @Option
    }
    finally {
        [IO.File]::Delete($file)
    }
}

# PodDisruptionBudgets of before 1.21 have another version. Only tests that apply manifests/ by kubectl to such a server need this;
# the module adapts by itself.
function Get-ManifestFor {
    if ($Lab.Kubernetes -ge [version] '1.21') { return $ManifestFolder }
    $folder = "$([IO.Path]::GetTempPath())kafkak8s-manifests-1.20"
    [void] [IO.Directory]::CreateDirectory($folder)
    foreach ($file in [IO.Directory]::GetFiles($ManifestFolder, '*.yaml')) {
        [IO.File]::WriteAllText("$folder/$([IO.Path]::GetFileName($file))", [IO.File]::ReadAllText($file).Replace('policy/v1', 'policy/v1beta1'))
    }
    $folder
}

# A fresh namespace, and the kubeconfig in the place where the cmdlets look for it.
function Open-Lab {
    param([Parameter(Mandatory)] [string] $For)
    $script:FormerKubeConfig = $env:KUBECONFIG
    $env:KUBECONFIG = $Lab.KubeConfig
    Import-Module $ModuleFolder
    New-TestNamespace $For
}

function Close-Lab {
    param([string[]] $Namespace)
    foreach ($name in @($Namespace) -ne $null) { Remove-TestNamespace $name }
    $env:KUBECONFIG = $script:FormerKubeConfig
}

function New-TestNamespace {
    param([Parameter(Mandatory)] [string] $For)
    $name = "kt-$For-$(Get-Random -Minimum 1000 -Maximum 9999)"
    $null = kubectl create namespace $name
    Wait-Until -Seconds 30 -For "the account of $name" { try { $null = kubectl get -n $name serviceaccount default; $true } catch { $false } }
    $name
}

# Brokers whose ZooKeeper goes at the same moment would use their whole grace period: pods go first, and hard.
function Remove-TestNamespace {
    param([Parameter(Mandatory)] [string] $Name)
    $null = kubectl delete -n $Name statefulset --all --cascade=orphan --ignore-not-found
    $null = kubectl delete -n $Name pod --all --grace-period=0 --force --ignore-not-found
    $null = kubectl delete namespace $Name --wait=false
}

function Wait-Until {
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Condition, [int] $Seconds = 120, [string] $For = "$Condition")
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -gt $Seconds) { throw "Not so after $Seconds s: $($For.Trim())" }
        Start-Sleep -Milliseconds 300
    }
}

# Everything in a namespace that a cluster is made of, as 'Kind/name' -> resource version.
function Get-State {
    param([Parameter(Mandatory)] [string] $Namespace, [string] $Kind = 'statefulset,service,configmap,secret,poddisruptionbudget,persistentvolumeclaim,pod')
    $state = @{}
    foreach ($line in @(kubectl get -n $Namespace $Kind -o 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid}:{.metadata.resourceVersion} {.metadata.generation}{"\n"}{end}')) {
        $name, $version, $generation = $line -split ' '
        # A server of before 1.22 writes the time of an apply that changes nothing: there only the generation tells of changes.
        if ($name -like 'StatefulSet/*' -and $Lab.Kubernetes -lt [version] '1.22') { $version = $version -replace ':.*', ":$generation" }
        # tokens and the CA of the namespace are made by Kubernetes itself, at its own time
        if ($name -and $name -notmatch '^(ConfigMap/kube-root-ca|Secret/default-token)') { $state[$name] = $version }
    }
    $state
}

# The names that are not the same in both states.
function Compare-State {
    param([hashtable] $Before, [hashtable] $After)
    @(@($Before.Keys) + @($After.Keys) | Sort-Object -Unique | Where-Object { $Before[$_] -ne $After[$_] })
}

# An object without what each server and each run fills in by itself.
function Get-Plain {
    param([Parameter(ValueFromPipeline)] $Object)
    process {
        $annotations = @{}
        foreach ($property in @($Object.metadata.annotations.PSObject.Properties)) {
            if ($property -and $property.Name -notmatch '^kubectl\.kubernetes\.io/|^deprecated\.') { $annotations[$property.Name] = $property.Value }
        }
        $spec = $Object.spec
        foreach ($name in 'clusterIP', 'clusterIPs', 'volumeName') {
            if ($spec -and $spec.PSObject.Properties[$name] -and $spec.$name -ne 'None') { $spec.PSObject.Properties.Remove($name) }
        }
        $note = ($annotations.Keys | Sort-Object | ForEach-Object { "$_=$($annotations[$_])" }) -join ';'
        "$($Object.kind)/$($Object.metadata.name) $($Object.metadata.labels | ConvertTo-Json -Compress) $note $($spec | ConvertTo-Json -Depth 60 -Compress) $($Object.data | ConvertTo-Json -Depth 5 -Compress)"
    }
}

# The live objects of a cluster as Get-Plain gives them.
function Get-LiveText {
    param([string] $Namespace, [string] $Cluster)
    @((Get-Kube statefulset,service,configmap,poddisruptionbudget -n $Namespace -l "app.kubernetes.io/part-of=kafkak8s,app.kubernetes.io/instance=$Cluster").items | Get-Plain | Sort-Object)
}

# A script in a runspace of its own. What it says and does is in .Shell; wait with Receive-Background, or .Shell.Stop().
function Start-Background {
    param([Parameter(Mandatory)] [string] $Script, [hashtable] $Parameters = @{})
    $space = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
    $space.Open()
    $shell = [powershell]::Create()
    $shell.Runspace = $space
    # Not as two statements of one run: the engine goes on with such a batch after Stop, and ends the process if its space is gone.
    $null = $shell.AddCommand('Import-Module').AddArgument($ModuleFolder).Invoke()
    $shell.Commands.Clear()
    $null = $shell.AddScript($Script)
    foreach ($key in $Parameters.Keys) { $null = $shell.AddParameter($key, $Parameters[$key]) }
    [pscustomobject]@{ Shell = $shell; Space = $space; Run = $shell.BeginInvoke(); Clock = [Diagnostics.Stopwatch]::StartNew() }
}

function Receive-Background {
    param([Parameter(Mandatory)] $Job, [int] $Seconds = 600)
    try {
        if (-not $Job.Run.AsyncWaitHandle.WaitOne([timespan]::FromSeconds($Seconds))) { throw "The work in the background did not end within $Seconds s." }
        $Job.Shell.EndInvoke($Job.Run)
    }
    finally {
        $Job.Shell.Dispose()
        $Job.Space.Dispose()
    }
}

# Kafka's own tools, in a pod of the brokers' image: an independent look at what the module says.
function Start-ToolPod {
    param([string] $Namespace, [string] $Node, [string] $Name = 'tools', [string] $Secret)
    $image = (Get-Kube statefulset -n $Namespace).items.spec.template.spec.containers.image -match 'kafka:' | Select-Object -First 1
    $null = Set-Kube -Namespace $Namespace @"
apiVersion: v1
kind: Pod
metadata: {name: $Name}
spec:
  $(if ($Node) { "nodeName: $Node" })
  terminationGracePeriodSeconds: 0
  enableServiceLinks: false
  automountServiceAccountToken: false
  containers:
  - name: tools
    image: $image
    imagePullPolicy: IfNotPresent
    command: [sleep, infinity]
    env:
    - {name: KAFKA_HEAP_OPTS, value: -Xmx128m}
    - {name: KAFKA_JVM_PERFORMANCE_OPTS, value: -XX:+UseSerialGC -XX:TieredStopAtLevel=1}
    - {name: LOG_DIR, value: /tmp}
    - {name: KAFKA_GC_LOG_OPTS, value: " "}
    resources: {requests: {cpu: 10m, memory: 64Mi}}
    $(if ($Secret) { 'volumeMounts: [{name: tls, mountPath: /tls}]' })
  $(if ($Secret) { "volumes: [{name: tls, secret: {secretName: $Secret}}]" })
"@
    $null = kubectl wait -n $Namespace --for=condition=Ready "pod/$Name" --timeout=90s
}

function Invoke-Tool {
    param([string] $Namespace, [Parameter(Position = 0)] [string] $Script)
    Invoke-InPod -Namespace $Namespace tools $Script
}

# The flags that the tools of this Kafka know.
function Get-ToolFlags {
    param([string] $Cluster = 'kafka')
    $prefix = $Cluster -eq 'kafka' ? '' : "$Cluster-"
    $bootstrap = "${prefix}kafka-service:9092"
    if ($Lab.HasTunnel) {
        @{ Topics = "--bootstrap-server $bootstrap"; Producer = "--bootstrap-server $bootstrap --producer-property acks=all"; Consumer = "--bootstrap-server $bootstrap" }
    }
    else {
        @{ Topics = "--zookeeper ${prefix}zk-cluster:2181/kafka"; Producer = "--broker-list $bootstrap --request-required-acks -1"; Consumer = "--new-consumer --bootstrap-server $bootstrap" }
    }
}

# A token of a service account; servers of before 1.24 keep one in a Secret.
function Get-AccountToken {
    param([Parameter(Mandatory)] [string] $Namespace, [Parameter(Mandatory)] [string] $Account)
    if ($Lab.Kubernetes -ge [version] '1.24') { return kubectl create token $Account -n $Namespace }
    Wait-Until -Seconds 30 -For "the token of $Account" { (Get-Kube serviceaccount $Account -n $Namespace).secrets }
    $secret = (Get-Kube serviceaccount $Account -n $Namespace).secrets[0].name
    [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String((Get-Kube secret $secret -n $Namespace).data.token))
}

# A kubeconfig for this server with other credentials.
function Write-KubeConfig {
    param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $Token, [string] $Namespace, [string] $Server)
    $real = (kubectl config view --raw --minify -o json) -join "`n" | ConvertFrom-Json
    $cluster = @{}
    foreach ($property in $real.clusters[0].cluster.PSObject.Properties) { $cluster[$property.Name] = $property.Value }
    if ($Server) { $cluster['server'] = $Server }
    $config = @{
        'apiVersion' = 'v1'; 'kind' = 'Config'; 'current-context' = 'test'
        'clusters' = @(@{ 'name' = 'test'; 'cluster' = $cluster }); 'users' = @(@{ 'name' = 'test'; 'user' = @{ 'token' = $Token } })
        'contexts' = @(@{ 'name' = 'test'; 'context' = @{ 'cluster' = 'test'; 'user' = 'test'; 'namespace' = $Namespace } })
    }
    [IO.File]::WriteAllText($Path, ($config | ConvertTo-Json -Depth 10))
}
