using Xunit;

namespace CoinPay.Host.Tests.World;

/// <summary>A running host that several test classes use one after the other.</summary>
public abstract class SharedHost(TestStorage storage, string[] options) : IAsyncLifetime
{
    public const string FunctionKey = "function-key", MasterKey = "master-key";
    public const int BodyLimit = 1000;

    internal TestRun Run { get; private set; } = null!;

    internal HostProcess Host { get; private set; } = null!;

    public bool IsOutOfProcess => options.Length > 0;

    public async ValueTask InitializeAsync()
    {
        Run = await TestRun.BeginAsync(storage);
        Host = await Run.StartAsync(
            options, ("CoinPayHost__FunctionKey", FunctionKey), ("CoinPayHost__MasterKey", MasterKey),
            ("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", $"{BodyLimit}"));
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Run.DisposeAsync();
    }
}

public sealed class InProcessHost(TestStorage storage) : SharedHost(storage, HostProcess.InProcess);

public sealed class OutOfProcessHost(TestStorage storage) : SharedHost(storage, HostProcess.OutOfProcess);

[CollectionDefinition(Name)]
public sealed class InProcess : ICollectionFixture<InProcessHost>
{
    public const string Name = "A host with its app in its process";
}

[CollectionDefinition(Name)]
public sealed class OutOfProcess : ICollectionFixture<OutOfProcessHost>
{
    public const string Name = "A host with its app as a process of its own";
}
