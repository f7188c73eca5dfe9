using System.Collections.Concurrent;
using CoinPay.Host.App;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace CoinPay.Host.Http;

/// <summary>
/// The values of HTTP functions' <c>durableClient</c> inputs: where the Durable extension accepts calls from the worker, as JSON. A value
/// is valid as long as the extension's host lives, so each input is bound once per host.
/// </summary>
internal sealed class DurableClients
{
    private readonly ConcurrentDictionary<Binding, string> _values = new();

    public string Of(Binding input) => _values[input];

    /// <summary>Binds the inputs with the host's extension.</summary>
    public async Task ReadAsync(JobHost host, IEnumerable<Binding> inputs)
    {
        foreach (Binding input in inputs)
        {
            DurableClientAttribute attribute = new() { TaskHub = input.Text("taskHub"), ConnectionName = input.Text("connectionName") };
            void Keep(string value) => _values[input] = value;
            await host.CallAsync(
                typeof(DurableClientBinding).GetMethod(nameof(DurableClientBinding.BindAsync)),
                new Dictionary<string, object>(StringComparer.Ordinal) { ["attribute"] = attribute, ["keep"] = (Action<string>)Keep });
        }
    }
}

/// <summary>Only a function can bind. Public, because the WebJobs SDK indexes it.</summary>
public static class DurableClientBinding
{
    [NoAutomaticTrigger]
    public static async Task BindAsync(Binder binder, DurableClientAttribute attribute, Action<string> keep) =>
        keep(await binder.BindAsync<string>(attribute));
}
