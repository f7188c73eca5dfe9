// Where logs, traces and metrics go, and who is notified.
metadata description = 'Log Analytics workspace, Application Insights that takes Entra tokens only, and the action group.'

@description('Base for the resources\' names.')
param name string

@description('Name of the Application Insights resource.')
param insightsName string

@description('Azure region.')
param location string

@description('Days for which logs, traces and metrics are kept.')
@minValue(30)
@maxValue(730)
param keptDays int

@description('Daily ingestion cap in gigabytes; after it, alerts see nothing until the next day. -1 for no limit.')
@minValue(-1)
param dailyGigabytes int

@description('Email addresses that receive alerts.')
param alertEmails string[]

@description('Tags of every resource.')
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: keptDays
    workspaceCapping: { dailyQuotaGb: dailyGigabytes }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

resource told 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'CoinPay'
    enabled: true
    emailReceivers: [
      for (address, index) in alertEmails: {
        name: 'operator-${index + 1}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
  }
}

// Records queries to the workspace. Application Insights stores its data here; its own setting would store everything twice.
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    logs: [{ category: 'Audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Where the app sends telemetry. It is an address, not a credential: local authentication is off.')
output connectionString string = insights.properties.ConnectionString

@description('Resource id of the action group.')
output actionGroupId string = told.id
