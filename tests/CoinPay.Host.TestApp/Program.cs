// A small functions app that the tests run in CoinPay.Host: in its process and as a process of its own.
using CoinPay.Host.TestApp;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddSingleton<Diary>();
await builder.Build().RunAsync();
