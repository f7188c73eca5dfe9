using System.Numerics;
using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Simulation.Checks;

namespace CoinPay.Simulation.Shops;

/// <summary>Something sold: asked for once or several times, answered once, and what the answer says.</summary>
internal sealed class Order(int number, Shop shop, Network network, NetworkAsset asset, byte[] body, string? idempotencyKey)
{
    public int Number => number;

    public Shop Shop => shop;

    public Network Network => network;

    public NetworkAsset Asset => asset;

    public byte[] Body => body;

    /// <summary>Null: asked for without one, and so not again.</summary>
    public string? IdempotencyKey => idempotencyKey;

    /// <summary>Requests without a response yet.</summary>
    public int Asking { get; set; }

    public InvoiceAnswer? Answer { get; private set; }

    /// <summary>The merchant was notified that it is cancelled.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>Whether a cancellation may have been done without an answer.</summary>
    public bool MayBeCancelled { get; set; }

    public void Answered(byte[] answer)
    {
        if (Answer is null)
            Answer = InvoiceAnswer.Read(answer);
        else if (!Answer.Bytes.AsSpan().SequenceEqual(answer))
            throw new SimulationException($"order {number} was answered twice, with other bytes the second time");
    }
}

/// <summary>What a creation answers, read by a client that knows the contract and nothing else.</summary>
internal sealed record InvoiceAnswer(
    byte[] Bytes, string Id, string Address, BigInteger Due, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset MonitorUntil,
    string Required)
{
    public static InvoiceAnswer Read(byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement invoice = document.RootElement, payment = invoice.GetProperty("payment");
        return new(
            bytes,
            invoice.GetProperty("id").GetString()!,
            payment.GetProperty("address").GetString()!,
            BigInteger.Parse(payment.GetProperty("amount_base").GetString()!),
            invoice.GetProperty("created_at").GetDateTimeOffset(),
            invoice.GetProperty("expires_at").GetDateTimeOffset(),
            invoice.GetProperty("monitor_until").GetDateTimeOffset(),
            invoice.GetProperty("confirmation_policy").GetProperty("required").ToString());
    }
}
