// All permissions of the app's identity in one table: role, resource and reason. Nothing is granted above a resource.
metadata description = 'The roles of the app\'s identity.'

@description('Name of the function app.')
param appName string

@description('Object id of the app\'s identity.')
param principalId string

@description('Name of the storage account.')
param storageName string

@description('Name of the vault.')
param vaultName string

@description('Name of the Application Insights resource.')
param insightsName string

var roles = [
  {
    name: 'Storage Blob Data Owner'
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
    on: 'storage'
    reason: 'The host\'s timer locks, the durable task hub\'s leases and large messages, and the package are blobs.'
  }
  {
    name: 'Storage Queue Data Contributor'
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
    on: 'storage'
    reason: 'Webhook deliveries and the durable task hub\'s control and work items are queue messages.'
  }
  {
    name: 'Storage Table Data Contributor'
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
    on: 'storage'
    reason: 'Invoices, ledgers, deliveries and the orchestrations\' history are table rows.'
  }
  {
    name: 'Key Vault Secrets User'
    id: '4633458b-17de-408a-b874-0445c86b69e6'
    on: 'vault'
    reason: 'The app reads its secrets and never writes one.'
  }
  {
    name: 'Monitoring Metrics Publisher'
    id: '3913510d-42f4-4e42-8a64-420c390055eb'
    on: 'insights'
    reason: 'Application Insights accepts telemetry from this identity, not from an instrumentation key.'
  }
]

module granted 'role.bicep' = [
  for role in roles: {
    params: {
      appName: appName
      principalId: principalId
      roleId: role.id
      on: role.on
      reason: '${role.name}: ${role.reason}'
      storageName: storageName
      vaultName: vaultName
      insightsName: insightsName
    }
  }
]
