namespace CoinPay.Acceptance.World;

/// <summary>A world whose gateway runs as in Azure: the app as a process beside its host, with host.json as it is deployed.</summary>
public sealed class OutOfProcessWorld : TestWorld
{
    internal override string[] HostArguments => ["--out-of-process", "--deployed-host-json"];
}
