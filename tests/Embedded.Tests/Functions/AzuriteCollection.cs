using CoinPay.Tests;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>One Azurite for all tests of the runtime; each takes a task hub or a queue of its own in it.</summary>
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
