using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Testing.Front;

/// <summary>Binds a function's parameters: only the kinds that the app's HTTP functions use.</summary>
internal sealed class FrontInput : IFunctionInputBindingFeature
{
    public ValueTask<FunctionInputBindingResult> BindFunctionInputAsync(FunctionContext context) => ValueTask.FromResult(
        new FunctionInputBindingResult(
            [.. context.FunctionDefinition.Parameters.Select(parameter => ValueOf(parameter, context))]));

    private static object? ValueOf(FunctionParameter parameter, FunctionContext context)
    {
        if (parameter.Type == typeof(HttpRequest))
            return context.GetHttpContext()!.Request;
        if (parameter.Type == typeof(FunctionContext))
            return context;
        if (parameter.Type == typeof(CancellationToken))
            return context.CancellationToken;
        if (parameter.Type == typeof(DurableTaskClient))
            return context.InstanceServices.GetRequiredService<DurableTaskClient>();
        if (parameter.Type == typeof(string))
            return context.BindingContext.BindingData.GetValueOrDefault(parameter.Name);
        throw new NotSupportedException(
            $"{context.FunctionDefinition.Name}: the front cannot bind {parameter.Name}, a {parameter.Type}.");
    }
}
