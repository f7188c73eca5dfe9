// The one storage account: the gateway's tables and queues, the orchestrations' history and the deployed package.
metadata description = 'Storage account without keys and without public blobs, with the gateway\'s tables, queues and container.'

@description('Name of the storage account: 3 to 24 lower-case letters and digits, globally unique.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Redundancy: Standard_LRS keeps three copies in one place, Standard_ZRS three in three zones, GZRS in two regions.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param redundancy string

@description('Blocks access to the account from outside the virtual network.')
param privateNetwork bool

@description('Which operations on tables, queues and blobs are logged, each with its caller. Reads are by far the most frequent.')
param logged ('StorageRead' | 'StorageWrite' | 'StorageDelete')[]

@description('Days for which a deleted blob or container can be restored.')
@minValue(1)
@maxValue(365)
param deletedKeptDays int

@description('Days for which nobody can change or delete a line of the audit archive, after which a blob can be deleted.')
@minValue(1)
@maxValue(146000)
param auditKeptDays int

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Tags of every resource.')
param tags object

// The names in src/CoinPay.Functions/Platform/Storage/Tables.cs and Webhooks/DeliveryQueue.cs; a test compares them.
var tables = [
  'Audit'
  'Chains'
  'Deliveries'
  'Events'
  'Exceptions'
  'Idempotency'
  'Index'
  'Invoices'
  'Merchants'
  'Watches'
]
var queues = ['webhooks', 'webhooks-poison', 'webhooks-slow', 'webhooks-slow-poison']
var logs = [for category in logged: { category: category, enabled: true }]
var metrics = [{ category: 'Transaction', enabled: true }]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
    encryption: {
      // Infrastructure encryption is a second layer; it can be enabled only at creation.
      requireInfrastructureEncryption: true
      keySource: 'Microsoft.Storage'
      services: {
        blob: { enabled: true, keyType: 'Account' }
        // Account-scoped keys, so that a customer-managed key could cover them later.
        queue: { enabled: true, keyType: 'Account' }
        table: { enabled: true, keyType: 'Account' }
      }
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: deletedKeptDays }
      containerDeleteRetentionPolicy: { enabled: true, days: deletedKeptDays }
    }

    resource package 'containers' = {
      name: 'app-package'
      properties: { publicAccess: 'None' }
    }

    // Operators' calls (src/CoinPay.Functions/Access/AuditArchive.cs). No write can change or delete them. The policy itself can be
    // removed, also by the app's identity (Storage Blob Data Owner allows it), until it is locked, which no template can do:
    // docs/operations.md says how.
    resource audit 'containers' = {
      name: 'audit'
      properties: { publicAccess: 'None' }

      resource kept 'immutabilityPolicies' = {
        name: 'default'
        properties: { immutabilityPeriodSinceCreationInDays: auditKeptDays, allowProtectedAppendWrites: true }
      }
    }
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource queue 'queues' = [for queue in queues: { name: queue }]
  }

  resource tableService 'tableServices' = {
    name: 'default'

    resource table 'tables' = [for table in tables: { name: table }]
  }
}

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account::blobs
  properties: { workspaceId: workspaceId, logs: logs, metrics: metrics }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account::queueService
  properties: { workspaceId: workspaceId, logs: logs, metrics: metrics }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account::tableService
  properties: { workspaceId: workspaceId, logs: logs, metrics: metrics }
}

@description('Resource id of the account.')
output id string = account.id

@description('URL of the container from which the platform loads the app\'s package.')
output packageUrl string = '${account.properties.primaryEndpoints.blob}${account::blobs::package.name}'
