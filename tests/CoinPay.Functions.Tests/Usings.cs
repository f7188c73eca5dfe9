global using Assert = Xunit.Assert;

[assembly: Xunit.CaptureConsole]
[assembly: CoinPay.Testing.Gateway.FailedTestLogs]
