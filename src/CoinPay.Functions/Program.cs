using CoinPay.Functions;
using CoinPay.Functions.Http;
using CoinPay.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<FollowInvoice>();
builder.UseMiddleware<AuditMiddleware>();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<LimitMiddleware>();
builder.Services.AddGateway(builder.Configuration);
await builder.Build().RunAsync();
