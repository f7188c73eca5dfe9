using CoinPay.Host.App;
using CoinPay.Host.Logs;
using CoinPay.Host.Protocol;

namespace CoinPay.Host.Worker;

/// <summary>The common part of running functions, whether a request or a trigger invokes them.</summary>
internal static class Invocations
{
    /// <param name="function">The function to run.</param>
    /// <param name="id">The new invocation's id.</param>
    /// <param name="trigger">The trigger's value.</param>
    /// <param name="inputs">The values of the function's inputs, in order.</param>
    /// <param name="metadata">The trigger's other data, by name.</param>
    public static InvocationRequest NewRequest(
        Function function, Guid id, TypedData trigger, IEnumerable<object?> inputs, IEnumerable<KeyValuePair<string, object?>> metadata)
    {
        InvocationRequest request = new() { FunctionId = function.Id, InvocationId = id.ToString() };
        request.InputData.Add(new ParameterBinding { Name = function.Trigger.Name, Data = trigger });
        foreach ((Binding input, object? value) in function.Inputs.Zip(inputs))
            request.InputData.Add(new ParameterBinding { Name = input.Name, Data = RpcData.From(value) });
        foreach ((string key, object? value) in metadata)
            if (value is not null && key != "sys" && key != function.Trigger.Name)
                request.TriggerMetadata[key] = RpcData.From(value);
        return request;
    }

    /// <summary>Tracks the invocation while it runs, and returns what the function returned.</summary>
    /// <exception cref="FunctionFailedException">The function failed or was cancelled.</exception>
    public static async Task<object?> RunAsync(
        this RunningInvocations running, InvocationScope scope, Func<Task<InvocationResponse>> run)
    {
        running.Begin(scope);
        try
        {
            InvocationResponse response = await run();
            return response.Result.Status == StatusResult.Types.Status.Success
                ? RpcData.ToObject(response.ReturnValue)
                : throw new FunctionFailedException(response.Result);
        }
        finally
        {
            running.End(scope);
        }
    }
}
