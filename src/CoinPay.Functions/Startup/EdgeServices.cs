using System.Net;
using System.Security.Cryptography;
using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Maintenance;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Functions.Webhooks.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Functions.Startup;

/// <summary>
/// What the HTTP edge, merchants and webhooks are made of. Networks and the clock come from elsewhere.
/// </summary>
internal static class EdgeServices
{
    public static IServiceCollection AddEdge(this IServiceCollection services, IConfiguration configuration)
    {
        GatewaySettings settings = GatewaySettings.From(configuration);
        TokenCredential identity = new DefaultAzureCredential();
        services.AddTelemetry(configuration, identity);
        services.AddSingleton(settings).AddSingleton(_ => RandomNumberGenerator.Create());
        services.AddSingleton(StorageClients.Tables(configuration, identity));
        services.AddSingleton(StorageClients.Queues(configuration, identity));
        services.AddSingleton<Tables>();
        services.AddSingleton<ISecrets>(provider => settings.KeyVaultUri is { } vault
            ? ActivatorUtilities.CreateInstance<KeyVaultSecrets>(provider, new SecretClient(vault, identity, KeyVaultSecrets.Options))
            : new ConfigurationSecrets(configuration));
        services.AddSingleton<SecretBox>().AddHostedService<CheckSecrets>();
        services.AddSingleton<Callers>().AddSingleton<Idempotency>().AddSingleton<RequestLimits>().AddSingleton<AuditLog>();
        services.AddSingleton<ExpiredDeliveries>().AddSingleton<FinishedInstances>();
        services.AddSingleton<MerchantStore>().AddSingleton<WalletStore>().AddSingleton<ApiKeyStore>().AddSingleton<PolicyRequest>();
        return services.AddWebhooks();
    }

    private static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<EndpointStore>().AddSingleton<DeliveryStore>().AddSingleton<DueWork>().AddSingleton<DeliveryQueue>();
        services.AddSingleton<Redelivery>().AddSingleton<ReplayRun>().AddSingleton<EndpointHealth>();
        services.AddSingleton<InvoiceWebhooks>();
        services.AddSingleton<EventPublisher>().AddSingleton<EventOutbox>().AddSingleton<EventFeed>().AddSingleton<EndpointGate>();
        services.AddSingleton<WebhookTargets>().AddSingleton<Resolve>(Dns.GetHostAddressesAsync).AddSingleton<WebhookConnection>();
        services.AddSingleton(provider => new WebhookSender(
            provider.GetRequiredService<WebhookConnection>().Client(),
            provider.GetRequiredService<WebhookTargets>(),
            provider.GetRequiredService<SecretBox>(),
            provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<DeliveryRun>();
    }
}
