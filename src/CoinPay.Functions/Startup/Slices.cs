using System.Net;
using System.Security.Cryptography;
using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using CoinPay.Chains;
using CoinPay.Chains.Configuration;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Access;
using CoinPay.Functions.Checkout;
using CoinPay.Functions.Forwarders;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Maintenance;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Watching;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Functions.Webhooks.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Functions.Startup;

/// <summary>Registers the services of each slice. All are singletons; functions are created per call.</summary>
internal static class Slices
{
    public static IServiceCollection AddPlatform(this IServiceCollection services, IConfiguration configuration)
    {
        GatewaySettings settings = GatewaySettings.From(configuration);
        TokenCredential identity = new DefaultAzureCredential();
        return services
            .AddTelemetry(configuration, identity)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => RandomNumberGenerator.Create())
            .AddSingleton(settings)
            .AddSingleton(StorageClients.Tables(configuration, identity))
            .AddSingleton(StorageClients.Queues(configuration, identity))
            .AddSingleton(_ => StorageClients.Blobs(configuration, identity))
            .AddSingleton<Tables>()
            .AddHostedService<CreateTables>()
            .AddSingleton<ISecrets>(provider => settings.KeyVaultUri is { } vault
                ? ActivatorUtilities.CreateInstance<KeyVaultSecrets>(provider, new SecretClient(vault, identity, KeyVaultSecrets.Options))
                : new ConfigurationSecrets(configuration))
            .AddSingleton<SecretBox>()
            .AddHostedService<CheckSecrets>();
    }

    public static IServiceCollection AddHttp(this IServiceCollection services) => services
        .AddSingleton<RequestLimits>()
        .AddSingleton<Idempotency>()
        .AddSingleton<IdempotencyStore>();

    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton<ApiKeyStore>()
        .AddSingleton<Operators>()
        .AddSingleton<Callers>()
        .AddSingleton<Calls>()
        .AddSingleton<AuditArchive>()
        .AddSingleton<AuditLog>();

    public static IServiceCollection AddMerchants(this IServiceCollection services) => services
        .AddSingleton<MerchantStore>()
        .AddSingleton<PolicyRequest>();

    public static IServiceCollection AddRates(this IServiceCollection services, IConfiguration configuration)
    {
        RateSettings settings = RateSettings.From(configuration);
        services.AddSingleton<PriceCurrencies>();
        return settings.IsFixed
            ? services.AddSingleton<IRateSource>(new FixedRates(configuration))
            : services.AddSingleton(settings).AddSingleton<MarketReader>().AddSingleton<IRateSource, MarketRates>();
    }

    public static IServiceCollection AddWatching(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(provider => NetworksOf(configuration, provider.GetRequiredService<ISecrets>()))
        .AddSingleton(_ => new NodeConnection(GatewaySettings.IsDevelopmentOf(configuration)))
        .AddSingleton(ChainsOf)
        .AddSingleton<WatchStore>()
        .AddSingleton<ViewStore>()
        .AddSingleton<CursorStore>()
        .AddSingleton<NetworkStatus>()
        .AddSingleton<OfferChecks>()
        .AddSingleton<Pollers>()
        .AddHostedService<ChainGauges>();

    public static IServiceCollection AddWallets(this IServiceCollection services) => services
        .AddSingleton<WalletStore>()
        .AddSingleton<SettlementAddresses>()
        .AddSingleton<AddressIndexes>()
        .AddSingleton<WalletHistories>();

    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<EndpointStore>()
        .AddSingleton<WebhookTargets>()
        .AddSingleton<EventPublisher>()
        .AddSingleton<Outbox>()
        .AddSingleton<SweepTurns>()
        .AddSingleton<IEventPublisher>(services => services.GetRequiredService<EventPublisher>())
        .AddSingleton<EventFeed>()
        .AddSingleton<DeliveryStore>()
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<DueWork>()
        .AddSingleton<EndpointGate>()
        .AddSingleton<EndpointHealth>()
        .AddSingleton<InvoiceWebhooks>()
        .AddSingleton<Resolve>(Dns.GetHostAddressesAsync)
        .AddSingleton<WebhookConnection>()
        .AddSingleton(provider => new WebhookSender(
            provider.GetRequiredService<WebhookConnection>().Client(),
            provider.GetRequiredService<WebhookTargets>(),
            provider.GetRequiredService<SecretBox>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<DeliveryRun>()
        .AddSingleton<Redelivery>()
        .AddSingleton<ReplayRun>();

    public static IServiceCollection AddInvoices(this IServiceCollection services) => services
        .AddSingleton<InvoiceStore>()
        .AddSingleton<InvoiceIndex>()
        .AddSingleton<InvoiceCommands>()
        .AddSingleton<IInvoiceWaker, InvoiceWaker>()
        .AddSingleton<ExceptionStore>()
        .AddSingleton<RecoveryStore>()
        .AddSingleton<PaymentAddresses>()
        .AddSingleton<CheckoutLinks>()
        .AddSingleton<Deadlines>()
        .AddSingleton<InvoiceOutbox>()
        .AddSingleton<SweepProgress>()
        .AddHostedService<OutboxGauge>();

    public static IServiceCollection AddForwarders(this IServiceCollection services) => services
        .AddSingleton<IGasWalletTurns, GasWalletTurns>()
        .AddSingleton<GasWallets>()
        .AddHostedService<CheckFactories>();

    public static IServiceCollection AddCheckout(this IServiceCollection services) => services
        .AddSingleton<Checkouts>();

    public static IServiceCollection AddMaintenance(this IServiceCollection services) => services
        .AddSingleton<ExpiredDeliveries>()
        .AddSingleton<FinishedInstances>();

    private static Networks NetworksOf(IConfiguration configuration, ISecrets secrets)
    {
        bool isDevelopment = GatewaySettings.IsDevelopmentOf(configuration);
        return new(
        [
            .. NetworkConfiguration.Load(configuration, isDevelopment)
                .Select(network => network with { Credentials = new NodeCredentials(secrets, network.Name, isDevelopment) }),
        ]);
    }

    private static ChainDirectory ChainsOf(IServiceProvider provider)
    {
        HttpClient http = provider.GetRequiredService<NodeConnection>().Http;
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        return new(provider.GetRequiredService<Networks>().All.Select(
            network => network.Family.Open(network, http, network.Credentials!, time)));
    }
}
