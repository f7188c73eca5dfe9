using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Invoices;

/// <summary>An address for one invoice that only the merchant controls, and how anyone can compute it again.</summary>
/// <param name="Counter">The counter an xpub index was taken from; null for forwarders.</param>
internal sealed record PaymentAddress(
    string Address, Derivation Derivation, string SettlementDestination, string? Counter, long? Index);

internal sealed class PaymentAddresses(AddressIndexes indexes)
{
    /// <summary>The address of a new invoice.</summary>
    public async Task<PaymentAddress> NewAsync(
        string merchantId, Wallet wallet, Network network, string invoiceId, CancellationToken cancellation)
    {
        if (wallet.Kind == Wallet.ForwarderKind)
            return Forwarder(wallet, network, invoiceId);
        string counter = AddressIndexes.CounterOf(wallet.Canonical!, network.Name);
        return Xpub(wallet, network, counter, await indexes.TakeAsync(merchantId, network.Name, counter, cancellation));
    }

    /// <summary>Settles what became of a new address: its watch stands, or another address's did already.</summary>
    public Task SettleAsync(PaymentAddress address, bool isUsed, CancellationToken cancellation)
    {
        if (address.Counter is not { } counter)
            return Task.CompletedTask;
        return isUsed
            ? indexes.UsedAsync(counter, address.Index!.Value, cancellation)
            : indexes.GiveBackAsync(counter, address.Index!.Value, cancellation);
    }

    /// <summary>The address of an invoice whose watch was stored before a crash.</summary>
    public static PaymentAddress Again(Wallet wallet, Network network, Watch watch)
    {
        PaymentAddress again = wallet.Kind == Wallet.ForwarderKind
            ? Forwarder(wallet, network, watch.InvoiceId)
            : Xpub(wallet, network, watch.Counter!, watch.Index!.Value);
        Assert.That(again.Address == watch.Address);
        return again;
    }

    private static PaymentAddress Forwarder(Wallet wallet, Network network, string invoiceId)
    {
        ForwarderAddress forwarder = ForwarderAddress.Compute(
            network.Factory!, wallet.SettlementAddress!, ForwarderAddress.SaltOf(invoiceId));
        return new(
            forwarder.Address,
            new ForwarderDerivation(network.Factory!, forwarder.Salt, forwarder.InitCodeHash, wallet.SettlementAddress!),
            wallet.SettlementAddress!,
            null,
            null);
    }

    private static PaymentAddress Xpub(Wallet wallet, Network network, string counter, long index)
    {
        AccountKey account = AccountKey.Parse(network, wallet.Xpub!, out string? refusal) ?? throw new BugException(refusal!);
        return new(
            account.AddressAt((uint)index),
            new XpubDerivation($"/0/{index}", index, account.Fingerprint),
            account.Canonical,
            counter,
            index);
    }
}
