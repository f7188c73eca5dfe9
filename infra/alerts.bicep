// What wakes an operator. Each alert is a row of the table: a query over the gateway's own metrics, and when it is too much.
// docs/telemetry.md describes the metrics; OPERATIONS.md says what to do about each alert.
metadata description = 'Alerts on the gateway\'s metrics.'

@description('Name that the resources\' names are made of.')
param name string

@description('Azure region.')
param location string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the action group that is told.')
param actionGroupId string

@description('Tags of every resource.')
param tags object

// Metrics arrive in AppMetrics, a row a minute and a set of attributes, with the sum and the greatest of what was measured.
func rows(metric string) string => 'AppMetrics | where Name == "${metric}"'
func total(metric string) string => '${rows(metric)} | summarize Value = sum(Sum)'
func totalBy(metric string, by string) string => '${total(metric)} by ${by} = tostring(Properties.${by})'
func greatest(metric string) string => '${rows(metric)} | summarize Value = max(Max)'
func greatestBy(metric string, by string) string => '${greatest(metric)} by ${by} = tostring(Properties.${by})'

// How many blocks finality may trail the head by, of each network that has it.
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
    says: 'A queue message failed every time it was tried and was put aside.'
    query: totalBy('coinpay.queue.poisoned', 'queue')
    by: 'queue'
    over: 0
    window: 'PT15M'
  }
  {
    name: 'dead-webhooks'
    severity: 2
    says: 'A webhook was given up after its last attempt: a shop does not know of an event.'
    query: total('coinpay.webhook.dead')
    by: ''
    over: 0
    window: 'PT15M'
  }
  {
    name: 'chain-lag'
    severity: 1
    says: 'A network has not been read for longer than ten minutes: its payments are not seen, and nothing expires on it.'
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
    name: 'outbox-age'
    severity: 1
    says: 'Something that was decided has not been told for longer than ten minutes: webhooks, lists or wakes wait.'
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
    // All the others are silent when the gateway is: this one speaks then.
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
      description: '${alert.says} What to do: OPERATIONS.md#alert-${alert.name}'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: alert.window
      autoMitigate: true
      // The table comes to be with the first row: until then the query names something unknown.
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
