using CoinPay.Operations;

return await Commands.Root(Console.Out).Parse(args).InvokeAsync();
