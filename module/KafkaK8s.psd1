@{
    RootModule           = 'KafkaK8s.psm1'
    RequiredAssemblies   = @('bin/KafkaK8s.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0c1b0e-54a4-4a6e-9c3b-0d4a3f1f5b72'
    Author               = 'The KafkaK8s authors'
    CompanyName          = 'KafkaK8s'
    Copyright            = 'The KafkaK8s authors. Apache-2.0.'
    Description          = 'A complete Kafka cluster on Kubernetes in one command, verified: no operator, no CRD, no cluster-admin.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('KafkaK8s.Format.ps1xml')
    CmdletsToExport      = @(
        'Add-ZooKeeperNode'
        'Connect-EksCluster'
        'Connect-KafkaCluster'
        'Disconnect-KafkaCluster'
        'Enable-KafkaEksStorage'
        'Export-KafkaManifest'
        'Export-KafkaReport'
        'Export-KafkaTopic'
        'Get-KafkaAccess'
        'Get-KafkaBroker'
        'Get-KafkaClientConfig'
        'Get-KafkaCluster'
        'Get-KafkaConsumerGroup'
        'Get-KafkaLog'
        'Get-KafkaNodeGroup'
        'Get-KafkaTopic'
        'Get-KafkaUser'
        'Get-ZooKeeperNode'
        'Grant-KafkaAccess'
        'Import-KafkaTopic'
        'Invoke-KafkaTool'
        'New-KafkaCluster'
        'New-KafkaNodeGroup'
        'New-KafkaTopic'
        'New-KafkaUser'
        'Receive-KafkaMessage'
        'Remove-KafkaCluster'
        'Remove-KafkaNodeGroup'
        'Remove-KafkaTopic'
        'Remove-KafkaUser'
        'Remove-ZooKeeperNode'
        'Reset-KafkaConsumerGroupOffset'
        'Reset-KafkaUserCredential'
        'Restart-KafkaBroker'
        'Restart-ZooKeeperNode'
        'Revoke-KafkaAccess'
        'Send-KafkaMessage'
        'Set-KafkaCluster'
        'Set-KafkaTopic'
        'Test-KafkaCluster'
        'Test-KafkaEksCluster'
        'Test-KafkaListener'
        'Test-KafkaTopic'
        'Update-KafkaCluster'
        'Wait-KafkaCluster'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    # The build fills it in: what there is depends on the platform.
    FileList             = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Kafka', 'ZooKeeper', 'Kubernetes', 'K8s', 'EKS', 'AWS', 'DevOps', 'PSEdition_Core', 'Linux', 'MacOS', 'Windows')
            LicenseUri   = 'https://www.apache.org/licenses/LICENSE-2.0'
            # The one place of this address: the help's links on the web are made of it.
            ProjectUri   = 'https://github.com/kafkak8s/kafkak8s'
            ReleaseNotes = 'https://github.com/kafkak8s/kafkak8s/blob/main/CHANGELOG.md'
        }
    }
}
