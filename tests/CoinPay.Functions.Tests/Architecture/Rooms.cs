namespace CoinPay.Functions.Tests.Architecture;

/// <summary>
/// The rooms of an assembly, which are its folders, and the floors they are on. A room may use the rooms on lower floors and no others.
/// The empty name is the project's own folder.
/// </summary>
internal sealed record Rooms(string Assembly, string[][] Floors)
{
    /// <summary>
    /// Merchants stand above Rates, because their settings name currencies; Wallets above Merchants and Watching, because a wallet is
    /// a merchant's, and an address is given out against the watches.
    /// </summary>
    public static Rooms Functions { get; } = new("CoinPay.Functions",
    [
        ["Platform"],
        ["Http"],
        ["Access"],
        ["Rates", "Watching"],
        ["Merchants"],
        ["Wallets"],
        ["Webhooks"],
        ["Invoices"],
        ["Forwarders"],
        ["Settlements", "Refunds", "Escrows"],
        ["Books", "Checkout", "Operations", "Docs", "Maintenance"],
        ["Startup"],
    ]);

    public static Rooms Chains { get; } = new("CoinPay.Chains", [[""], ["Bitcoin", "Evm"], ["Configuration"]]);

    public static Rooms Host { get; } = new("CoinPay.Host",
        [[""], ["Protocol"], ["App"], ["Configuration"], ["Logs"], ["Worker"], ["Instance"], ["Http"], ["Triggers"], ["Life"]]);

    /// <summary>Folders within a room, by its name; those of one room are floors among themselves.</summary>
    public static IReadOnlyDictionary<string, Rooms> Within { get; } = new Dictionary<string, Rooms>(StringComparer.Ordinal)
    {
        ["Platform"] = new("CoinPay.Functions.Platform", [[""], ["Telemetry"], ["Storage", "Secrets"], ["Events"], ["Aggregates"]]),
        ["Webhooks"] = new("CoinPay.Functions.Webhooks", [[""], ["Endpoints"], ["Deliveries"], ["Events"]]),
        ["Invoices"] = new("CoinPay.Functions.Invoices", [["Exceptions"], [""]]),
    };

    public bool MayUse(string room, string other) => room == other || FloorOf(other) < FloorOf(room);

    private int FloorOf(string room)
    {
        int floor = Array.FindIndex(Floors, rooms => rooms.Contains(room, StringComparer.Ordinal));
        Assert.True(floor >= 0, $"{Assembly} has no room {room}: give it a floor in {nameof(Rooms)}.");
        return floor;
    }
}
