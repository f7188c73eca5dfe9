using CoinPay.Simulation.Runtime;

namespace CoinPay.Simulation.Shops;

/// <summary>How a shop wants payments judged, as it asks for it.</summary>
internal sealed record ShopPolicy(
    int ExpiryMinutes, int MonitorDays, int UnderPercent, int OverPercent, string Late, string Over, string Under, IReadOnlyList<object> Confirmations,
    object? Unconfirmed)
{
    private static readonly IReadOnlyList<object>[] Rules =
    [
        [],
        [new { required = 1 }],
        [new { network = "anvil", required = "safe" }, new { required = 2 }],
        [new { network = "anvil", required = "finalized" }, new { network = "bitcoin-regtest", required = 4 }],
        [new { up_to = new { amount = "20", currency = "EUR" }, required = 1 }, new { required = 5 }],
    ];

    public static ShopPolicy Draw(Dice dice) => new(
        dice.Between(3, 15),
        dice.Of([(2, 90), (1, 1)]),
        dice.Of([(2, 0), (1, 1), (1, 5)]),
        dice.Of([(2, 0), (1, 2), (1, 10)]),
        dice.Of(["hold", "accept", "accept_if_rate_within_percent:3"]),
        dice.Of(["accept", "hold"]),
        dice.Of([(2, "hold"), (1, "accept")]),
        dice.Of(Rules),
        dice.Of<object?>([null, null, new { amount = "30", currency = "EUR" }, new { amount = "0.005", currency = "BTC" }]));

    public object ToJson() => new
    {
        expiry_minutes = ExpiryMinutes,
        monitor_days = MonitorDays,
        tolerance = new { under_percent = $"{UnderPercent}", over_percent = $"{OverPercent}" },
        late = Late,
        over = Over,
        under = Under,
        confirmations = Confirmations,
        accept_unconfirmed_up_to = Unconfirmed,
    };
}
