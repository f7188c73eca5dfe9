// The private network of production: the app's subnet, and a private endpoint for each service that the app talks to.
metadata description = 'Virtual network with a subnet for the app and private endpoints for storage and vault.'

@description('Base for the resources\' names.')
param name string

@description('Azure region.')
param location string

@description('Addresses of the virtual network: a /24. The app\'s subnet is its first half, the endpoints\' a quarter.')
param addresses string

@description('Resource id of the storage account.')
param storageId string

@description('Resource id of the vault.')
param vaultId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Tags of every resource.')
param tags object

var appAddresses = cidrSubnet(addresses, 25, 0)
var endpointAddresses = cidrSubnet(addresses, 26, 2)

var endpoints = [
  { name: 'blob', group: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
  { name: 'queue', group: 'queue', zone: 'privatelink.queue.${environment().suffixes.storage}' }
  { name: 'table', group: 'table', zone: 'privatelink.table.${environment().suffixes.storage}' }
  // The zone's name differs from the vault's suffix: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
  { name: 'vault', group: 'vault', zone: 'privatelink.vaultcore.azure.net' }
]

resource rules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-${name}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'app-to-endpoints'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: appAddresses
          sourcePortRange: '*'
          destinationAddressPrefix: endpointAddresses
          destinationPortRange: '443'
        }
      }
      {
        name: 'nothing-else'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addresses] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appAddresses
          // Flex Consumption runs on this platform and requires a subnet delegated to it.
          delegations: [{ name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointAddresses
          networkSecurityGroup: { id: rules.id }
          // Without this, the rules do not apply to private endpoints.
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = { name: 'app' }
  resource endpointSubnet 'subnets' existing = { name: 'endpoints' }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for endpoint in endpoints: {
    name: endpoint.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (endpoint, index) in endpoints: {
    parent: zones[index]
    name: 'app'
    location: 'global'
    tags: tags
    properties: {
      virtualNetwork: { id: network.id }
      registrationEnabled: false
    }
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for endpoint in endpoints: {
    name: 'pe-${endpoint.name}-${name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network::endpointSubnet.id }
      privateLinkServiceConnections: [
        {
          name: endpoint.name
          properties: {
            privateLinkServiceId: endpoint.name == 'vault' ? vaultId : storageId
            groupIds: [endpoint.group]
          }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (endpoint, index) in endpoints: {
    parent: privateEndpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: endpoint.name, properties: { privateDnsZoneId: zones[index].id } }]
    }
  }
]

resource networkLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource ruleLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: rules
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

@description('Resource id of the subnet that the app runs in.')
output appSubnetId string = network::appSubnet.id
