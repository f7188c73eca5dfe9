// The gateway itself: a Flex Consumption plan and a .NET 10 isolated function app whose every connection is its own identity.
metadata description = 'Flex Consumption plan and function app, connected by identity only.'

@description('Name of the function app, globally unique.')
param name string

@description('Name of the plan.')
param planName string

@description('Azure region.')
param location string

@description('Resource id of the subnet that the app runs in; empty for none.')
param subnetId string

@description('Name of the storage account.')
param storageName string

@description('Address of the container with the app\'s package.')
param packageUrl string

@description('Address of the vault with the secrets.')
param vaultUri string

@description('Where telemetry goes.')
param insightsConnectionString string

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int

@description('Maximum number of instances of the whole app.')
@minValue(40)
@maxValue(1000)
param mostInstances int

@description('Instances that are kept ready for the durable group: orchestrations and their activities.')
@minValue(0)
@maxValue(20)
param readyInstances int

@description('How often chains are polled: NCRONTAB with seconds, in UTC.')
param pollSchedule string

@description('Where payers reach the gateway, such as https://pay.example; empty for the app\'s own address.')
param publicUrl string

@description('Nodes: a network name from networks.json and the URL of its JSON-RPC, without user, password and key; secret if the URL is in the vault.')
param nodes { *: string }

@description('Age after which a rate is no longer used, as hh:mm:ss.')
param ratesMaxAge string

@description('Percentage by which a rate can differ from the median before it is left out.')
param ratesMaxDeviationPercent string

@description('Any further settings of the gateway, by name; docs/configuration.md lists them. Never secrets: they belong in the vault.')
param settings { *: string }

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Tags of every resource.')
param tags object

var nodeSettings = toObject(
  items(nodes),
  node => 'CoinPay__Networks__${replace(node.key, '-', '_')}__Rpc',
  node => node.value
)

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd finds the app of a service by this tag.
  tags: union(tags, { 'azd-service-name': 'gateway' })
  kind: 'functionapp,linux'
  identity: { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Shops and payers connect from the internet: only the services behind the app are private.
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: { type: 'SystemAssignedIdentity' }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: mostInstances
        // Without one, an orchestration's next step can wait for an instance to start.
        alwaysReady: readyInstances == 0 ? [] : [{ name: 'durable', instanceCount: readyInstances }]
      }
    }
  }

  // No user name and password for deployments, by FTP or otherwise: deploy.sh uses an Entra token.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource configuration 'config' = {
    name: 'appsettings'
    properties: union(settings, nodeSettings, {
      // Never Development: play money, fixed rates and webhooks to loopback are refused.
      AZURE_FUNCTIONS_ENVIRONMENT: 'Production'
      AzureWebJobsStorage__accountName: storageName
      AzureWebJobsStorage__credential: 'managedidentity'
      APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD'
      PollSchedule: pollSchedule
      CoinPay__KeyVaultUri: vaultUri
      CoinPay__PublicUrl: empty(publicUrl) ? 'https://${app.properties.defaultHostName}' : publicUrl
      CoinPay__Rates__Source: 'public'
      CoinPay__Rates__MaxAge: ratesMaxAge
      CoinPay__Rates__MaxDeviationPercent: ratesMaxDeviationPercent
    })
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Address of the gateway.')
output url string = 'https://${app.properties.defaultHostName}'

@description('Object id of the app\'s identity.')
output principalId string = app.identity.principalId
