using CoinPay.Embedded.Durable.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>A host in this process over some of this assembly's function classes, on a port of its own.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host, Uri address)
    {
        _host = host;
        Http = new() { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _host.Services;

    public DurableTaskClient Client => Services.GetRequiredService<DurableTaskClient>();

    public static async Task<TestHost> StartAsync(
        string storage,
        IReadOnlyList<Type> functions,
        IReadOnlyDictionary<string, string?>? hostJson = null,
        Action<FunctionsApplicationBuilder>? configure = null,
        Func<IRowStore, IRowStore>? rows = null)
    {
        FunctionsApplicationBuilder builder = new(new()
        {
            Args = ["--urls", "http://127.0.0.1:0", "--AzureWebJobsStorage", storage, "--Embedded:SystemKey", "system-key"],
            FunctionsAssembly = typeof(TestHost).Assembly,
            FunctionClasses = functions,
            ContentRoot = Path.GetTempPath(),
            HostJson = hostJson ?? new Dictionary<string, string?> { ["extensions:http:routePrefix"] = "" },
            Rows = rows,
        });
        builder.ConfigureFunctionsWebApplication();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        configure?.Invoke(builder);
        IHost host = builder.Build();
        await host.StartAsync();
        return new(host, new(((WebApplication)host).Urls.Single()));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.StopAsync();
        _host.Dispose();
    }
}
