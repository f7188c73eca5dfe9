namespace CoinPay.Host.Triggers;

/// <summary>The target of every emitted method. Public, because the emitted code calls it.</summary>
public static class FunctionBridge
{
    internal static TriggerInvoker? Invoker { get; set; }

    public static Task<object?> Invoke(string function, object?[] arguments) => Invoker!.InvokeAsync(function, arguments);
}
