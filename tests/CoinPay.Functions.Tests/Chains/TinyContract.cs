using CoinPay.Functions.Chains;

namespace CoinPay.Functions.Tests.Chains;

/// <summary>
/// Contracts of a few opcodes, assembled by hand: what they emit or refuse is then in no compiler's hand.
/// </summary>
internal static class TinyContract
{
    /// <summary>Reverts whatever it is called with.</summary>
    public const string Refuser = "0x" + "6005600c60003960056000f3" + "60006000fd";

    /// <summary>
    /// Called with (to, amount) it emits Transfer(caller, to, amount) as many times as asked, of no balance at all.
    /// LOG3 takes offset, size and the three topics.
    /// </summary>
    public static string Emitting(int times, int dataBytes = 32)
    {
        string once = "600035" + "33" + "7f" + TransferLog.Topic[2..] + $"60{dataBytes:x2}" + "6000" + "a3";
        string runtime = "6020356000" + "52" + string.Concat(Enumerable.Repeat(once, times)) + "00";
        return $"0x61{runtime.Length / 2:x4}80600a3d393df3{runtime}";
    }
}
