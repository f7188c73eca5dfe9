using CoinPay.Host.Life;

return await HostProgram.RunAsync(args);
