// Key Vault. It is created empty: the template contains no secrets. scripts/deploy.sh creates those missing from the table below.
metadata description = 'Key Vault by roles only, with soft delete and purge protection.'

@description('Name of the vault: 3 to 24 letters, digits and dashes, globally unique.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Blocks reading secrets from outside the virtual network. Resource Manager can still write them.')
param privateNetwork bool

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Tags of every resource.')
param tags object

// The secrets that the gateway needs to start. Their names are the settings' names with -- for __. The app reads other
// entries only if somebody adds them: CoinPay--GasWalletKey, CoinPay--OperatorKeys--<name>, and a node's CoinPay--Networks--<name>--Url, --Headers, --User and --Password.
var requiredSecrets = [
  { name: 'CoinPay--OperatorKey', reason: 'the bearer key of operators' }
  { name: 'CoinPay--KeyPepper', reason: 'the HMAC key under which API keys are stored' }
  { name: 'CoinPay--SecretsKey', reason: 'encrypts webhook secrets and kept answers at rest' }
]

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
    }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    // Records who read or changed which secret, and when, without the values.
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource id of the vault.')
output id string = vault.id

@description('Address of the vault.')
output uri string = vault.properties.vaultUri

@description('Secrets that must be there before the app starts, separated by spaces.')
output requiredSecrets string = join(map(requiredSecrets, secret => secret.name), ' ')
