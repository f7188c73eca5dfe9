// Production: only the app itself is reachable from outside, storage has copies in three zones, one instance is kept ready.
using 'main.bicep'

param environmentName = 'prod'
param privateNetwork = true
param storageRedundancy = 'Standard_ZRS'
param storageLogged = ['StorageWrite', 'StorageDelete']
param storageDeletedKeptDays = 30
param auditKeptDays = 2555
param mostInstances = 100
param readyInstances = 1
param pollSchedule = '*/5 * * * * *'
param logsKeptDays = 90
param logsDailyGigabytes = -1

// deploy.sh sets these; azd takes them from its environment.
param nodes = json(readEnvironmentVariable('COINPAY_NODES', '{}'))
param alertEmails = json(readEnvironmentVariable('COINPAY_ALERT_EMAILS', '[]'))
param publicUrl = readEnvironmentVariable('COINPAY_PUBLIC_URL', '')
