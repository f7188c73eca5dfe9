namespace CoinPay.Functions.Tests.Architecture;

/// <summary>The rooms of CoinPay.Functions and the floors they are on. A room may use the rooms on lower floors and no others.</summary>
internal static class Rooms
{
    private static readonly string[][] Floors =
    [
        ["Platform"],
        ["Chains"],
        ["Http"],
        ["Access"],
        ["Merchants", "Rates", "Watching"],
        ["Wallets"],
        ["Webhooks"],
        ["Invoices"],
        ["Forwarders"],
        ["Settlements", "Refunds", "Escrows"],
        ["Books", "Checkout", "Operations", "Docs", "Maintenance"],
        ["Startup"],
    ];

    public static bool MayUse(string room, string other) => room == other || FloorOf(other) < FloorOf(room);

    private static int FloorOf(string room)
    {
        int floor = Array.FindIndex(Floors, rooms => rooms.Contains(room, StringComparer.Ordinal));
        Assert.True(floor >= 0, $"{room} is not a room of the house: give it a floor in {nameof(Rooms)}.");
        return floor;
    }
}
