using CoinPay.Chains.Evm;

namespace CoinPay.Acceptance.Chains;

/// <summary>
/// Contracts of a few opcodes, assembled by hand: what they emit or refuse is then in no compiler's hand.
/// </summary>
internal static class TinyContract
{
    /// <summary>Reverts whatever it is called with.</summary>
    public const string Refuser = "0x" + "6005600c60003960056000f3" + "60006000fd";

    /// <summary>Called with (to), it sends on whatever comes with the call: money of which no log tells.</summary>
    public const string Sender = "0x" + "600f600c600039600f6000f3" + "600060006000600034" + "600035" + "5a" + "f100";

    /// <summary>
    /// Takes whatever is sent to it and writes the amount down so many times, each for over 20,000 gas: into slots from the
    /// balance on.
    /// </summary>
    public static string Remembering(int slots)
    {
        string runtime = string.Concat(Enumerable.Range(0, slots).Select(slot => $"3460{slot:x2}470155")) + "00";
        return $"0x61{runtime.Length / 2:x4}80600a3d393df3{runtime}";
    }

    /// <summary>
    /// A token that keeps half of every transfer and tells of the whole: called with (to, amount) it credits half and
    /// emits Transfer(caller, to, amount); called with balanceOf's 36 bytes it answers the balance.
    /// </summary>
    public const string HalvingToken = "0x" + "6054600c60003960546000f3"
        + "36602414604757"
        + "600260203504" + "60003554" + "01" + "60003555"
        + "602035600052" + "60003533" + "7f" + "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef" + "60206000a300"
        + "5b600435" + "54" + "600052" + "60206000f3";

    /// <summary>Called with (to, amount, other) it emits Transfer(caller, …, amount) to both.</summary>
    public static string EmittingToTwo()
    {
        static string To(string offset) =>
            $"60{offset}35" + "33" + "7f" + TransferLog.Topic[2..] + "6020" + "6000" + "a3";
        string runtime = "6020356000" + "52" + To("00") + To("40") + "00";
        return $"0x61{runtime.Length / 2:x4}80600a3d393df3{runtime}";
    }

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
