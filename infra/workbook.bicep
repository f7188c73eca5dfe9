// The operators' page in the portal. Its panels are panels.json, as the portal's editor shows it under Advanced.
metadata description = 'Workbook for operators.'

@description('Name that the workbook is shown with.')
param name string

@description('Azure region.')
param location string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Tags of every resource.')
param tags object

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // A workbook's name must be a GUID; this one stays the same from one deployment to the next.
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
