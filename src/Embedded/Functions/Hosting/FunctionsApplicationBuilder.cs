using CoinPay.Embedded.Durable.Management;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Http;
using CoinPay.Embedded.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Builds the app: here the worker and its host in one process, on one Kestrel.</summary>
public class FunctionsApplicationBuilder : IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly EmbeddedOptions _options;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

    internal FunctionsApplicationBuilder(EmbeddedOptions options)
    {
        _options = options;
        _web = EmbeddedHost.CreateWebBuilder(options);
    }

    public ConfigurationManager Configuration => _web.Configuration;

    public ILoggingBuilder Logging => _web.Logging;

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
        if (!catalog.UsesDurable)
            return app;
        ManagementApi.Map(app);
        app.Services.GetRequiredService<HubOwnership>().Lost.Register(() =>
        {
            Environment.ExitCode = 1; // Its supervisor starts it again, and it stands by.
            app.Lifetime.StopApplication();
        });
        return app;
    }

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
