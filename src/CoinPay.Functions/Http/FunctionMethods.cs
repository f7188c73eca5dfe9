using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Http;

/// <summary>The method behind each function, for what its attributes say about the call.</summary>
internal static class FunctionMethods
{
    private static readonly ConcurrentDictionary<string, MethodInfo> Known = new(StringComparer.Ordinal);

    public static MethodInfo Of(FunctionDefinition function) => Known.GetOrAdd(function.EntryPoint, static entry =>
    {
        int dot = entry.LastIndexOf('.');
        return typeof(FunctionMethods).Assembly.GetType(entry[..dot], throwOnError: true)!.GetMethod(entry[(dot + 1)..])!;
    });
}
