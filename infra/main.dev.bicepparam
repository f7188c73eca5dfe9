// A gateway in test mode for trials: cheap, reachable from anywhere with an Entra token, on test networks.
using 'main.bicep'

param environmentName = 'dev'
param privateNetwork = false
param storageRedundancy = 'Standard_LRS'
param storageLogged = ['StorageDelete']
param auditKeptDays = 1
param readyInstances = 0
param pollSchedule = '*/10 * * * * *'
param logsKeptDays = 30
param logsDailyGigabytes = 1

// deploy.sh sets these; azd takes them from its environment: azd env set COINPAY_NODES '{"bitcoin-signet":"https://…"}'.
param nodes = json(readEnvironmentVariable('COINPAY_NODES', '{}'))
param alertEmails = json(readEnvironmentVariable('COINPAY_ALERT_EMAILS', '[]'))
param publicUrl = readEnvironmentVariable('COINPAY_PUBLIC_URL', '')
