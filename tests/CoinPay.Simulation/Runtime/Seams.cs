using CoinPay.Chains;
using CoinPay.Simulation.Chains;
using CoinPay.Testing.Storage.Direct;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Simulation.Runtime;

/// <summary>
/// Where the app touches the world in a simulation. As they stand here they add nothing; a planted bug is a class that does
/// something wrong at one of them.
/// </summary>
internal class Seams
{
    /// <summary>A call to a table.</summary>
    public virtual ValueTask<TableAnswer> CallAsync(World world, TableRequest request, TableCall tables) => tables(request);

    /// <summary>The poller's access to a network.</summary>
    public virtual IChain Through(ModelNode node) => node;

    /// <summary>The app's parts before they are put together.</summary>
    public virtual void Change(IServiceCollection parts)
    {
    }
}
