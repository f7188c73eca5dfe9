

using CoinPay.Functions.Chains;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Settings;
using CoinPay.Functions.Stores;
using CoinPay.Functions.Webhooks;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<ProblemMiddleware>();
builder.Services.AddGateway(builder.Configuration);
await builder.Build().RunAsync();
