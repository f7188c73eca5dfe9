using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>
/// Where spans, metrics and logs go: to Azure Monitor, to a collector by OTLP, or to both, as the published settings say. With
/// neither nothing listens.
/// Source: https://learn.microsoft.com/azure/azure-functions/opentelemetry-howto
/// </summary>
internal static class Exporters
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The worker's own source: a span for each function that runs.</summary>
    private const string FunctionSpans = "Microsoft.Azure.Functions.Worker";

    /// <summary>
    /// What the real host knows a worker by whose telemetry it need not send a second time, and the names that its spans use. This
    /// is what UseFunctionsWorkerDefaults of Microsoft.Azure.Functions.Worker.OpenTelemetry says, too; without that package a span
    /// lacks the cloud.* attributes of its resource, and nothing else.
    /// Source: Azure/azure-functions-dotnet-worker, src/DotNetWorker.OpenTelemetry
    /// </summary>
    private static readonly (string Name, string Value)[] Capabilities =
        [("WorkerOpenTelemetryEnabled", bool.TrueString), ("WorkerOpenTelemetrySchemaVersion", "1.37.0")];

    public static IServiceCollection AddTelemetry(
        this IServiceCollection services, IConfiguration configuration, TokenCredential identity)
    {
        bool isAzure = !string.IsNullOrEmpty(configuration[ConnectionString]);
        bool isOtlp = !string.IsNullOrEmpty(configuration[OtlpEndpoint]);
        if (!isAzure && !isOtlp)
            return services;
        // The real host's levels in host.json are not the worker's: what the SDKs say of each request would cost more than it tells.
        services.AddLogging(logs => logs.AddFilter("Azure", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
        IOpenTelemetryBuilder telemetry = services.Configure<WorkerOptions>(Announce)
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(NameOf(configuration)))
            .WithTracing(tracing => tracing
                .AddSource(InvoiceTrace.SourceName, FunctionSpans)
                .AddAspNetCoreInstrumentation())
            .WithMetrics(metrics => metrics.AddMeter(GatewayMeter.Name))
            .WithLogging(configureBuilder: null, logs => logs.IncludeScopes = true);
        if (isAzure)
            telemetry.UseAzureMonitorExporter(options => Configure(options, configuration, identity));
        if (isOtlp)
            telemetry.UseOtlpExporter();
        return services;
    }

    private static void Announce(WorkerOptions worker)
    {
        foreach ((string name, string value) in Capabilities)
            worker.Capabilities[name] = value;
    }

    private static void Configure(AzureMonitorExporterOptions options, IConfiguration configuration, TokenCredential identity)
    {
        options.ConnectionString = configuration[ConnectionString];
        if (IsEntra(configuration[Authentication]))
            options.Credential = identity;
        options.EnableLiveMetrics = false;
        // Five traces a second by default: a busy gateway's invoices would have gaps in their lives. OTEL_TRACES_SAMPLER says otherwise.
        if (string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]))
            (options.SamplingRatio, options.TracesPerSecond) = (1, null);
    }

    private static bool IsEntra(string? text) => (text ?? "").Split(';', StringSplitOptions.TrimEntries)
        .Contains("Authorization=AAD", StringComparer.OrdinalIgnoreCase);

    private static string NameOf(IConfiguration configuration) =>
        configuration["OTEL_SERVICE_NAME"] ?? configuration["WEBSITE_SITE_NAME"] ?? "coinpay";
}
