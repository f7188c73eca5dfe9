using CoinPay.Embedded.Durable.Management;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Http;
using CoinPay.Embedded.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Builds the app: here the worker and its host in one process, on one Kestrel.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly EmbeddedOptions _options;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

    internal FunctionsApplicationBuilder(EmbeddedOptions options)
    {
        _options = options;
        _web = EmbeddedHost.CreateWebBuilder(options);
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    public ConfigurationManager Configuration => _web.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => _web.Configuration;

    public IHostEnvironment Environment => _web.Environment;

    public ILoggingBuilder Logging => _web.Logging;

    public IMetricsBuilder Metrics => _web.Metrics;

    public IServiceCollection Services => _web.Services;

    /// <summary>Finds the functions, refuses what the real host would refuse, and gives the host, not yet started.</summary>
    public IHost Build()
    {
        FunctionCatalog catalog = FunctionCatalog.Discover(_options);
        HostSettings settings = HostSettings.Load(_options, _web.Configuration);
        EmbeddedHost.AddRuntime(_web, catalog, settings, _middleware, _options);
        WebApplication app = _web.Build();
        HttpFunctions.Map(app, catalog, settings);
        Readiness.Map(app, catalog);
        if (catalog.UsesDurable)
            ManagementApi.Map(app);
        return app;
    }

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull =>
        ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        _middleware.Add(middleware);
        return this;
    }
}

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>HTTP functions with ASP.NET Core's own types: <c>HttpRequest</c> in, <c>IActionResult</c> out.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddMvcCore();
        return builder;
    }
}
