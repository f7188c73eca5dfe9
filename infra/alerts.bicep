// What wakes an operator. Each alert is a row of the table: a query over the gateway's metrics and a threshold.
// docs/telemetry.md describes the metrics; docs/operations.md says what to do about each alert.
metadata description = 'Alerts on the gateway\'s metrics.'

@description('Base for the resources\' names.')
param name string

@description('Azure region.')
param location string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the action group that is notified.')
param actionGroupId string

@description('Tags of every resource.')
param tags object

// AppMetrics has one row per minute and set of attributes, with the sum and the maximum of the measurements.
func rows(metric string) string => 'AppMetrics | where Name == "${metric}"'
func total(metric string) string => '${rows(metric)} | summarize Value = sum(Sum)'
func totalBy(metric string, by string) string => '${total(metric)} by ${by} = tostring(Properties.${by})'
func greatest(metric string) string => '${rows(metric)} | summarize Value = max(Max)'
func greatestBy(metric string, by string) string => '${greatest(metric)} by ${by} = tostring(Properties.${by})'

// The number of blocks by which finality can trail the head, for each network that has finality.
var networks = loadJsonContent('../src/CoinPay.Chains/networks.json')
var finalityLimits = toObject(
  filter(networks, network => contains(network, 'finality_lag')),
  network => network.name,
  network => network.?finality_lag
)
var limit = 'todouble(dynamic(${string(finalityLimits)})[network])'
var partOfLimit = 'extend network = tostring(Properties.network) | summarize Value = max(Max / ${limit}) by network'

// `over`: the alert is raised when the value is greater. Severity 0 is critical, 1 an error, 2 a warning.
var alerts = [
  {
    name: 'poison-queue'
    severity: 1
    says: 'A queue message failed every attempt and was moved to the poison queue.'
    query: totalBy('coinpay.queue.poisoned', 'queue')
    by: 'queue'
    over: 0
    window: 'PT15M'
  }
  {
    name: 'dead-webhooks'
    severity: 2
    says: 'A webhook was given up after its last attempt: a shop has missed an event.'
    query: total('coinpay.webhook.dead')
    by: ''
    over: 0
    window: 'PT15M'
  }
  {
    name: 'chain-lag'
    severity: 1
    says: 'A network has not been read for longer than ten minutes: payments on it are not seen, and nothing expires.'
    query: greatestBy('coinpay.chain.lag', 'network')
    by: 'network'
    over: 600
    window: 'PT5M'
  }
  {
    name: 'finality-stall'
    severity: 2
    says: 'Finality trails the head by more blocks than networks.json allows: invoices wait, and nothing expires.'
    query: '${rows('coinpay.chain.finality_lag')} | ${partOfLimit}'
    by: 'network'
    over: 1
    window: 'PT15M'
  }
  {
    name: 'refused-asset'
    severity: 1
    says: 'The settings of an asset differ from its chain, so it gets no invoices.'
    query: totalBy('coinpay.asset.refused', 'network')
    by: 'network'
    over: 0
    window: 'PT15M'
  }
  {
    name: 'outbox-age'
    severity: 1
    says: 'A stored change has not been sent for longer than ten minutes: webhooks, lists or wakes are delayed.'
    query: greatest('coinpay.outbox.age')
    by: ''
    over: 600
    window: 'PT15M'
  }
  {
    name: 'failed-orchestrations'
    severity: 1
    says: 'The orchestration of an invoice ended in an error.'
    query: total('coinpay.orchestration.failed')
    by: ''
    over: 0
    window: 'PT15M'
  }
  {
    name: 'gap-alarm'
    severity: 2
    says: 'Many addresses in a row are unused: past 20, wallets that restore from the key no longer find later payments.'
    query: greatestBy('coinpay.address.gap', 'network')
    by: 'network'
    over: 14
    window: 'PT15M'
  }
  {
    // If the gateway is silent, so are all other alerts: this one fires then.
    name: 'no-telemetry'
    severity: 0
    says: 'The gateway has reported nothing for fifteen minutes: it is down, or its telemetry does not arrive.'
    query: 'AppMetrics | where Name startswith "coinpay." | summarize Rows = count() | project Value = iff(Rows == 0, 1, 0)'
    by: ''
    over: 0
    window: 'PT15M'
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in alerts: {
    name: 'alert-${alert.name}-${name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'CoinPay: ${alert.name}'
      description: '${alert.says} What to do: docs/operations.md#alert-${alert.name}'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: alert.window
      autoMitigate: true
      // The table is created with its first row; until then the query refers to an unknown table.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'Value'
            dimensions: empty(alert.by) ? [] : [{ name: alert.by, operator: 'Include', values: ['*'] }]
            operator: 'GreaterThan'
            threshold: alert.over
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]
