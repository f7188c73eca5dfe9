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
/// Exports spans, metrics and logs to Azure Monitor, to a collector over OTLP, or to both, depending on the standard settings.
/// Without either, nothing is exported.
/// Source: https://learn.microsoft.com/azure/azure-functions/opentelemetry-howto
/// </summary>
internal static class Exporters
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The worker's own source: one span per function invocation.</summary>
    private const string FunctionSpans = "Microsoft.Azure.Functions.Worker";

    /// <summary>
    /// Tells the real host that the worker sends its own telemetry, so that the host does not send it twice, and which names its spans
    /// use. UseFunctionsWorkerDefaults in Microsoft.Azure.Functions.Worker.OpenTelemetry does the same; without that package, spans lack
    /// only their resource's cloud.* attributes.
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
        // The levels in host.json do not apply to the worker, and the SDKs' logs of each request would cost more than they are worth.
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
        // The default of five traces a second would leave gaps in a busy gateway's invoices. OTEL_TRACES_SAMPLER overrides this.
        if (string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]))
            (options.SamplingRatio, options.TracesPerSecond) = (1, null);
    }

    private static bool IsEntra(string? text) => (text ?? "").Split(';', StringSplitOptions.TrimEntries)
        .Contains("Authorization=AAD", StringComparer.OrdinalIgnoreCase);

    private static string NameOf(IConfiguration configuration) =>
        configuration["OTEL_SERVICE_NAME"] ?? configuration["WEBSITE_SITE_NAME"] ?? "coinpay";
}
