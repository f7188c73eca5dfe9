// One role on one resource. Bicep requires a symbolic scope, so there is a block for each kind of resource; exactly one applies.
// An assignment's name is derived from the app's name, because the identity's id is unknown before and what-if would show nothing.
// If the app was deleted and created again, remove the old identity's assignments first.
metadata description = 'One role assignment of the app\'s identity at one resource.'

@description('Name of the function app.')
param appName string

@description('Object id of the app\'s identity.')
param principalId string

@description('Id of the built-in role.')
param roleId string

@description('The resource on which the role is granted.')
@allowed(['storage', 'vault', 'insights'])
param on string

@description('Why the app needs it; shown with the assignment in the portal.')
@minLength(20)
param reason string

@description('Name of the storage account.')
param storageName string

@description('Name of the vault.')
param vaultName string

@description('Name of the Application Insights resource.')
param insightsName string

var grant = {
  principalId: principalId
  // Set, because a new identity takes time to replicate and would otherwise not be found.
  principalType: 'ServicePrincipal'
  roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
  description: reason
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: storageName }
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: vaultName }
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }

resource onStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (on == 'storage') {
  name: guid(storage.id, appName, roleId)
  scope: storage
  properties: grant
}

resource onVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (on == 'vault') {
  name: guid(vault.id, appName, roleId)
  scope: vault
  properties: grant
}

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (on == 'insights') {
  name: guid(insights.id, appName, roleId)
  scope: insights
  properties: grant
}
