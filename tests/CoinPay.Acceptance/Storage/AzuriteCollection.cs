using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Storage;

/// <summary>One Azurite for the contract tests; each takes tables and queues of its own in it.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}

public sealed class AzuriteFixture : IAsyncLifetime
{
    private Azurite _azurite = null!;

    public string ConnectionString => _azurite.ConnectionString;

    public async ValueTask InitializeAsync() => _azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();
}
