using System.Text.Json;
using DurableTask.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CoinPay.Testing.Hub;

/// <summary>
/// The functions that a hub runs. Orchestrators become what the published executor takes through the worker's own factory, and all
/// values go through the worker's own converter, so that nothing is serialized otherwise than on Azure.
/// </summary>
/// <param name="activity">Runs the activity of this name on this serialized input and returns its serialized result.</param>
internal sealed class HubFunctions(Func<string, string?, Task<string?>> activity)
{
    private static readonly ServiceProvider Worker = BuildWorker();

    private readonly Dictionary<string, Func<ParentOrchestrationInstance?, TaskOrchestration>> _orchestrators = new(StringComparer.Ordinal);

    /// <summary>What the isolated worker serializes inputs, results and events with.</summary>
    public static DataConverter Converter { get; } = Worker.GetRequiredService<IOptions<DurableTaskWorkerOptions>>().Value.DataConverter;

    public HubFunctions Add<TInput, TOutput>(string name, Func<TaskOrchestrationContext, Task<TOutput>> run)
    {
        DurableTaskShimFactory shims = Worker.GetRequiredService<DurableTaskShimFactory>();
        _orchestrators.Add(name, parent => shims.CreateOrchestration<TInput, TOutput>(name, (context, _) => run(context)!, parent));
        return this;
    }

    /// <exception cref="InvalidOperationException">No orchestrator has this name.</exception>
    public TaskOrchestration Create(string name, ParentOrchestrationInstance? parent) =>
        _orchestrators.TryGetValue(name, out Func<ParentOrchestrationInstance?, TaskOrchestration>? create)
            ? create(parent)
            : throw new InvalidOperationException($"The hub has no orchestrator {name}.");

    /// <param name="input">As the history has it: an array of the one argument. The activity gets the argument, as from the host.</param>
    public Task<string?> RunActivityAsync(string name, string? input) => activity(name, input is null ? null : Argument(input));

    private static string Argument(string input)
    {
        using JsonDocument arguments = JsonDocument.Parse(input);
        return arguments.RootElement[0].GetRawText();
    }

    private static ServiceProvider BuildWorker()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddFunctionsWorkerCore().ConfigureDurableExtension();
        return services.BuildServiceProvider();
    }
}
