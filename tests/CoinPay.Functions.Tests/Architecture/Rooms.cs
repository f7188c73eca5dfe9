namespace CoinPay.Functions.Tests.Architecture;

/// <summary>The rooms of CoinPay.Functions and the floors they are on. A room may use the rooms on lower floors and no others.</summary>
internal static class Rooms
{
    private static readonly string[][] Floors =
    [
        ["Platform"],
        ["Http"],
        ["Access"],
        ["Merchants", "Wallets", "Rates", "Watching"],
        ["Webhooks"],
        ["Invoices"],
        ["Forwarders"],
        ["Settlements", "Refunds", "Escrows"],
        ["Books", "Checkout", "Operations", "Docs", "Maintenance"],
        ["Startup"],
    ];

    /// <summary>The room that a folder's code belongs to, until the folder has the room's name.</summary>
    private static readonly Dictionary<string, string> Folders = new(StringComparer.Ordinal)
    {
        ["Chains"] = "Watching",
        ["Exceptions"] = "Invoices",
    };

    public static bool MayUse(string folder, string other) =>
        RoomOf(folder) == RoomOf(other) || FloorOf(RoomOf(other)) < FloorOf(RoomOf(folder));

    private static string RoomOf(string folder) => Folders.GetValueOrDefault(folder, folder);

    private static int FloorOf(string room)
    {
        int floor = Array.FindIndex(Floors, rooms => rooms.Contains(room, StringComparer.Ordinal));
        Assert.True(floor >= 0, $"{room} is not a room of the house: give it a floor in {nameof(Rooms)}.");
        return floor;
    }
}
