// The operators' workbook in the portal. Its panels are in panels.json, in the format of the portal's advanced editor.
metadata description = 'Workbook for operators.'

@description('Display name of the workbook.')
param name string

@description('Azure region.')
param location string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Tags of every resource.')
param tags object

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // A workbook's name must be a GUID; this one is stable across deployments.
  name: guid(resourceGroup().id, name)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Operate ${name}'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string(loadJsonContent('panels.json'))
  }
}
