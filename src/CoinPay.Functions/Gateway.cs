using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Queues;
using CoinPay.Functions.Chains;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Settings;
using CoinPay.Functions.Stores;
using CoinPay.Functions.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions;

/// <summary>What the gateway is made of. Everything is a singleton; functions are made for each call.</summary>
internal static class Gateway
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        GatewaySettings settings = GatewaySettings.From(configuration);
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddSingleton<ISecrets>(provider => settings.KeyVaultUri is { } vault
            ? new KeyVaultSecrets(new SecretClient(vault, provider.GetRequiredService<TokenCredential>()), TimeProvider.System)
            : new ConfigurationSecrets(configuration));
        services.AddSingleton<SecretBox>();
        services.AddSingleton<IRateSource>(_ => new FixedRates(configuration));
        return services.AddStores(configuration).AddChains(configuration).AddHostedServices();
    }

    private static IServiceCollection AddStores(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton<TableServiceClient>(provider =>
            StorageClients.Tables(configuration, provider.GetRequiredService<TokenCredential>()))
        .AddSingleton<QueueServiceClient>(provider =>
            StorageClients.Queues(configuration, provider.GetRequiredService<TokenCredential>()))
        .AddSingleton<Tables>()
        .AddSingleton<Access>()
        .AddSingleton<ApiKeyStore>()
        .AddSingleton<MerchantStore>()
        .AddSingleton<PolicyRequest>()
        .AddSingleton<IdempotencyStore>()
        .AddSingleton<InvoiceStore>()
        .AddSingleton<InvoiceIndex>()
        .AddSingleton<Outbox>()
        .AddSingleton<PaymentAddresses>()
        .AddSingleton<EndpointStore>()
        .AddSingleton<DeliveryStore>()
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<EventPublisher>()
        .AddSingleton<EventOutbox>();

    private static IServiceCollection AddChains(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(_ => new Networks(NetworkConfiguration.Load(configuration)))
        .AddSingleton(ChainsOf)
        .AddSingleton<WatchStore>()
        .AddSingleton<ViewStore>()
        .AddSingleton<CursorStore>()
        .AddSingleton<AddressIndexes>()
        .AddSingleton<Pollers>()
        .AddSingleton<SweepProgress>();

    private static IServiceCollection AddHostedServices(this IServiceCollection services) => services
        .AddHostedService<CheckSecrets>()
        .AddHostedService<CreateTables>();

    private static ChainDirectory ChainsOf(IServiceProvider provider)
    {
        ISecrets secrets = provider.GetRequiredService<ISecrets>();
        // Nodes are named by the operator: no proxy of the environment stands between, and no redirect is followed.
        HttpClient http = new(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = ConnectionLifetime,
        });
        return new(provider.GetRequiredService<Networks>().All.Select(network => ChainOf(network, http, secrets)));
    }

    private static IChain ChainOf(Network network, HttpClient http, ISecrets secrets)
    {
        string? Credential(string part) =>
            secrets.FindAsync(SecretName.OfNetwork(network.Name, part), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return network.Family == NetworkFamily.Evm
            ? new EvmChain(network, http)
            : new BitcoinChain(network, http, Credential("User"), Credential("Password"));
    }
}

/// <summary>Makes the tables before the first function runs.</summary>
internal sealed class CreateTables(Tables tables) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => tables.EnsureCreatedAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
