using CoinPay.Embedded.Durable.Storage;
using CoinPay.Testing.Storage;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>The engine's own way to Azure Tables, on memory.</summary>
internal static class MemoryRows
{
    public static AzureRowStore New() => new(new MemoryStorage(TimeProvider.System).TableService());
}
