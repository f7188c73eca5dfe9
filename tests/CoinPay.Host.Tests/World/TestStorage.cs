using CoinPay.Testing.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(CoinPay.Host.Tests.World.TestStorage))]

namespace CoinPay.Host.Tests.World;

/// <summary>One Azurite for all tests: each run has names of its own in it.</summary>
public sealed class TestStorage : IAsyncLifetime
{
    private Azurite? _azurite;

    public string ConnectionString => _azurite!.ConnectionString;

    public async ValueTask InitializeAsync() => _azurite = await Azurite.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_azurite is not null)
            await _azurite.DisposeAsync();
    }
}
