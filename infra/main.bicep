// A gateway in a resource group: wiring only. Each part is defined in its module; main.dev.bicepparam and main.prod.bicepparam
// contain what differs between a trial and production.
metadata description = 'CoinPay on Azure, connected by identity only.'

@description('Which gateway this is: part of every name, such as dev or prod.')
@minLength(2)
@maxLength(8)
param environmentName string

@description('Azure region. Flex Consumption is not available in all of them: az functionapp list-flexconsumption-locations.')
param location string = resourceGroup().location

@description('Makes storage and vault reachable through private endpoints only, from the app\'s subnet.')
param privateNetwork bool

@description('Addresses of the private network: a /24 that does not overlap any network it will be peered with.')
param networkAddresses string = '10.60.0.0/24'

@description('Redundancy of the storage account, which holds all of the gateway\'s state.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param storageRedundancy string

@description('Which storage operations are logged individually. A gateway makes several per second, and each kind adds cost.')
param storageLogged ('StorageRead' | 'StorageWrite' | 'StorageDelete')[]

@description('Days for which a deleted blob or container can be restored.')
param storageDeletedKeptDays int = 14

@description('Days for which nobody can change or delete a line of the audit archive.')
param auditKeptDays int = 365

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int = 2048

@description('Maximum number of instances.')
param mostInstances int = 40

@description('Instances kept ready for orchestrations; each costs by the hour.')
param readyInstances int

@description('How often chains are polled: NCRONTAB with seconds, in UTC. Each network also has its own interval.')
param pollSchedule string

@description('Where payers reach the gateway, such as https://pay.example; empty for the app\'s own address.')
param publicUrl string = ''

@description('Nodes: {"<network of networks.json>": "https://…"}, or "secret" if the URL is in the vault. A node\'s user, password and headers always are.')
param nodes { *: string } = {}

@description('Age after which a rate is no longer used, as hh:mm:ss.')
param ratesMaxAge string = '00:05:00'

@description('Percentage by which a rate can differ from the median before it is left out.')
param ratesMaxDeviationPercent string = '2'

@description('Any further settings of the gateway, by name; docs/configuration.md lists them. Never secrets.')
param settings { *: string } = {}

@description('Email addresses that receive alerts.')
param alertEmails string[] = []

@description('Days for which logs, traces and metrics are kept.')
param logsKeptDays int

@description('Daily cap on ingested logs in gigabytes; -1 for no limit.')
param logsDailyGigabytes int

var suffix = take(uniqueString(resourceGroup().id, environmentName), 8)
var name = 'coinpay-${environmentName}-${suffix}'
var appName = 'func-${name}'
var insightsName = 'appi-${name}'
var storageName = 'coinpay${environmentName}${suffix}'
var vaultName = 'kv-cp-${environmentName}-${suffix}'
var tags = { application: 'coinpay', environment: environmentName }

module monitoring 'monitoring.bicep' = {
  params: {
    name: name
    insightsName: insightsName
    location: location
    keptDays: logsKeptDays
    dailyGigabytes: logsDailyGigabytes
    alertEmails: alertEmails
    tags: tags
  }
}

module storage 'storage.bicep' = {
  params: {
    name: storageName
    location: location
    redundancy: storageRedundancy
    privateNetwork: privateNetwork
    logged: storageLogged
    deletedKeptDays: storageDeletedKeptDays
    auditKeptDays: auditKeptDays
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module vault 'vault.bicep' = {
  params: {
    name: vaultName
    location: location
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module network 'network.bicep' = if (privateNetwork) {
  params: {
    name: name
    location: location
    addresses: networkAddresses
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module app 'app.bicep' = {
  params: {
    name: appName
    planName: 'plan-${name}'
    location: location
    subnetId: network.?outputs.appSubnetId ?? ''
    storageName: storageName
    packageUrl: storage.outputs.packageUrl
    vaultUri: vault.outputs.uri
    insightsConnectionString: monitoring.outputs.connectionString
    instanceMemory: instanceMemory
    mostInstances: mostInstances
    readyInstances: readyInstances
    pollSchedule: pollSchedule
    publicUrl: publicUrl
    nodes: nodes
    ratesMaxAge: ratesMaxAge
    ratesMaxDeviationPercent: ratesMaxDeviationPercent
    settings: settings
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module roles 'roles.bicep' = {
  params: {
    appName: appName
    principalId: app.outputs.principalId
    storageName: storageName
    vaultName: vaultName
    insightsName: insightsName
  }
}

module alerts 'alerts.bicep' = {
  params: {
    name: name
    location: location
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: monitoring.outputs.actionGroupId
    tags: tags
  }
}

module workbook 'workbook.bicep' = {
  params: {
    name: name
    location: location
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

@description('Name of the function app.')
output appName string = appName

@description('Address of the gateway.')
output gatewayUrl string = app.outputs.url

@description('Name of the vault.')
output vaultName string = vaultName

@description('Secrets that must be in the vault before the app starts, separated by spaces.')
output requiredSecrets string = vault.outputs.requiredSecrets
