using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Startup;

/// <summary>Composes the gateway from its slices and the middleware around its functions.</summary>
internal static class Gateway
{
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration) => services
        .AddPlatform(configuration)
        .AddHttp()
        .AddAccess()
        .AddMerchants()
        .AddRates(configuration)
        .AddWatching(configuration)
        .AddWebhooks()
        .AddWallets()
        .AddInvoices()
        .AddForwarders()
        .AddCheckout()
        .AddMaintenance();

    /// <summary>
    /// Adds the middleware around every function, outermost first: the audit log records the response that a problem becomes,
    /// exceeding a rate limit becomes a problem, and so does an unknown query parameter, which no one can try without limit.
    /// </summary>
    public static IFunctionsWorkerApplicationBuilder UseGateway(this IFunctionsWorkerApplicationBuilder builder) => builder
        .UseMiddleware<TransportSecurityMiddleware>()
        .UseMiddleware<FollowInvoice>()
        .UseMiddleware<AuditMiddleware>()
        .UseMiddleware<ProblemMiddleware>()
        .UseMiddleware<CorsMiddleware>()
        .UseMiddleware<LimitMiddleware>()
        .UseMiddleware<QueryMiddleware>();
}
