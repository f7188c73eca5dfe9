using CoinPay.Functions;
using CoinPay.Functions.Startup;
using CoinPay.Host.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Testing.Front;

/// <summary>
/// The app's HTTP functions behind Kestrel on a free port of 127.0.0.1, without a Functions host: routes from the
/// worker's generated metadata; services, middleware and functions of the app; the worker's own pipeline and executor.
/// Nothing else of the app runs: no timers, no queues, no hosted services. Any number of fronts, each with settings of
/// its own, can run in one process.
/// </summary>
/// <remarks><c>FrontContractTests</c> compares its responses with those of CoinPay.Host.</remarks>
internal sealed class FunctionsFront : IAsyncDisposable
{
    private const string DefaultRoutePrefix = "api";
    private static readonly TimeSpan QuietInterval = TimeSpan.FromMilliseconds(1);

    private readonly WebApplication _app;
    private int _underWay;

    private FunctionsFront(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public IServiceProvider Services => _app.Services;

    /// <param name="settings">The app's settings; the environment of the process also counts.</param>
    /// <param name="change">Replaces services of the app: its storage, its networks, its durable client.</param>
    public static async Task<FunctionsFront> StartAsync(
        IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection> change)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings);
        AddWorker(builder);
        builder.Services.AddGateway(builder.Configuration).RemoveAll<IHostedService>();
        change(builder.Services);
        FunctionsFront front = new(builder.Build());
        await front.StartAsync();
        return front;
    }

    /// <summary>Waits until every request and the work after its response are complete.</summary>
    public async Task QuietAsync()
    {
        while (Volatile.Read(ref _underWay) > 0)
            await Task.Delay(QuietInterval);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void AddWorker(WebApplicationBuilder builder)
    {
        builder.Services.AddMvcCore();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, AcceptedMethodsPolicy>());
        builder.Services.AddFunctionsWorkerCore().UseGateway().UseFunctionExecutionMiddleware();
        builder.Host.ConfigureGeneratedFunctionMetadataProvider().ConfigureGeneratedFunctionExecutor();
    }

    private async Task StartAsync()
    {
        _app.Use(CountAsync);
        _app.UseRouting();
        FunctionExecutionDelegate pipeline = Services.GetRequiredService<FunctionExecutionDelegate>();
        string prefix = RoutePrefix();
        IEnumerable<Endpoint> endpoints = (await FunctionsAsync()).Select(function => EndpointOf(function, prefix, pipeline));
        ((IEndpointRouteBuilder)_app).DataSources.Add(new DefaultEndpointDataSource([.. endpoints]));
        await _app.StartAsync();
    }

    /// <summary>Registered first, so that it ends last, after all work that follows a response.</summary>
    private Task CountAsync(HttpContext http, RequestDelegate next)
    {
        Interlocked.Increment(ref _underWay);
        http.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _underWay);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private async Task<IEnumerable<HttpFunction>> FunctionsAsync()
    {
        IFunctionMetadataProvider provider = Services.GetRequiredService<IFunctionMetadataProvider>();
        return (await provider.GetFunctionMetadataAsync(AppContext.BaseDirectory))
            .Select(metadata => HttpFunction.From(metadata, AppContext.BaseDirectory))
            .OfType<HttpFunction>();
    }

    private static RouteEndpoint EndpointOf(HttpFunction function, string prefix, FunctionExecutionDelegate pipeline) =>
        (RouteEndpoint)new RouteEndpointBuilder(
            http => AnswerAsync(function, http, pipeline), RoutePatternFactory.Parse($"{prefix}/{function.Route}"), order: 0)
        {
            DisplayName = function.Name,
            Metadata = { new AcceptedMethods(function.Methods) },
        }.Build();

    /// <summary>Runs the pipeline, then writes the result, like the worker's ASP.NET Core integration.</summary>
    private static async Task AnswerAsync(HttpFunction function, HttpContext http, FunctionExecutionDelegate pipeline)
    {
        FrontContext context = new(function, http);
        await pipeline(context);
        if (context.Result is not IActionResult answer)
            throw new InvalidOperationException($"{function.Name} answered {context.Result ?? "nothing"}.");
        await answer.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
    }

    private static string RoutePrefix() => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json"))
        .Build()["extensions:http:routePrefix"] ?? DefaultRoutePrefix;
}
