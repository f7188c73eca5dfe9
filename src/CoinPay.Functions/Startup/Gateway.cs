using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Configuration;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Access;
using CoinPay.Functions.Checkout;
using CoinPay.Functions.Forwarders;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Watching;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Startup;

/// <summary>What the gateway is made of. Everything is a singleton; functions are made for each call.</summary>
internal static class Gateway
{
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(TimeProvider.System)
        .AddEdge(configuration)
        .AddChains(configuration)
        .AddInvoices(configuration)
        .AddHostedService<CreateTables>();

    /// <summary>
    /// The middleware around every function, outermost first: the audit log notes the answer that a problem becomes, and a
    /// refused rate becomes a problem.
    /// </summary>
    public static IFunctionsWorkerApplicationBuilder UseGateway(this IFunctionsWorkerApplicationBuilder builder) => builder
        .UseMiddleware<FollowInvoice>()
        .UseMiddleware<AuditMiddleware>()
        .UseMiddleware<ProblemMiddleware>()
        .UseMiddleware<LimitMiddleware>();

    private static IServiceCollection AddInvoices(this IServiceCollection services, IConfiguration configuration) => services
        .AddRates(configuration, RateSettings.From(configuration))
        .AddSingleton<IdempotencyStore>()
        .AddSingleton<InvoiceStore>()
        .AddSingleton<InvoiceIndex>()
        .AddSingleton<InvoiceCommands>()
        .AddSingleton<IInvoiceWaker, InvoiceWaker>()
        .AddSingleton<ExceptionStore>()
        .AddSingleton<RecoveryStore>()
        .AddSingleton<PaymentAddresses>()
        .AddSingleton<CheckoutLinks>()
        .AddSingleton<Checkouts>()
        .AddSingleton<Deadlines>()
        .AddSingleton<Outbox>();

    private static IServiceCollection AddRates(
        this IServiceCollection services, IConfiguration configuration, RateSettings settings) => settings.IsFixed
        ? services.AddSingleton<IRateSource>(new FixedRates(configuration))
        : services.AddSingleton(settings).AddSingleton<MarketReader>().AddSingleton<IRateSource, MarketRates>();

    private static IServiceCollection AddChains(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(_ => new Networks(NetworkConfiguration.Load(configuration, GatewaySettings.IsDevelopmentOf(configuration))))
        .AddSingleton<NodeConnection>()
        .AddSingleton(ChainsOf)
        .AddSingleton<WatchStore>()
        .AddSingleton<ViewStore>()
        .AddSingleton<CursorStore>()
        .AddSingleton<AddressIndexes>()
        .AddSingleton<Pollers>()
        .AddSingleton<SweepProgress>()
        .AddHostedService<ChainGauges>()
        .AddHostedService<OutboxGauge>()
        .AddHostedService<CheckFactories>();

    private static ChainDirectory ChainsOf(IServiceProvider provider)
    {
        ISecrets secrets = provider.GetRequiredService<ISecrets>();
        HttpClient http = provider.GetRequiredService<NodeConnection>().Http;
        return new(provider.GetRequiredService<Networks>().All.Select(network => ChainOf(network, http, secrets)));
    }

    private static IChain ChainOf(Network network, HttpClient http, ISecrets secrets) => network.Family == NetworkFamily.Evm
        ? new EvmChain(network, http)
        : new BitcoinChain(network, http, new NodeCredentials(secrets, network.Name));
}

/// <summary>Makes the tables before the first function runs.</summary>
internal sealed class CreateTables(Tables tables) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => tables.EnsureCreatedAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
