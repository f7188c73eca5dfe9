using CoinPay.Cli;

return await Commands.Root(Console.Out).Parse(args).InvokeAsync();
