using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Invoices;

/// <summary>The address of an invoice, and the index that was taken for it.</summary>
/// <param name="Counter">The counter the index was taken from; null if the address has no index.</param>
internal sealed record PaymentAddress(InvoiceAddress At, string? Counter, long? Index)
{
    public string Address => At.Address;
}

internal sealed class PaymentAddresses(AddressIndexes indexes)
{
    /// <summary>Throws a problem while it is unknown which of the wallet's addresses are unused.</summary>
    public Task RequireReadyAsync(string merchantId, Wallet wallet, Network network, CancellationToken cancellation) =>
        wallet.Canonical is { } key
            ? indexes.RequireStartedAsync(merchantId, AddressIndexes.CounterOf(key, network.Name), cancellation)
            : Task.CompletedTask;

    /// <summary>Returns the address of a new invoice.</summary>
    public async Task<PaymentAddress> NewAsync(
        string merchantId, Wallet wallet, Network network, string invoiceId, CancellationToken cancellation)
    {
        IWalletKind kind = network.Family.WalletKind;
        string? counter = kind.HasIndexes ? AddressIndexes.CounterOf(wallet.Canonical!, network.Name) : null;
        long? index = counter is null ? null : await indexes.TakeAsync(merchantId, network.Name, counter, cancellation);
        return new(kind.AddressOf(network, wallet.Fields, invoiceId, index), counter, index);
    }

    /// <summary>Marks the index of a new address as used if its watch was stored; gives it back if another watch already existed.</summary>
    public Task SettleAsync(PaymentAddress address, bool isUsed, CancellationToken cancellation)
    {
        if (address.Counter is not { } counter)
            return Task.CompletedTask;
        return isUsed
            ? indexes.UsedAsync(counter, address.Index!.Value, cancellation)
            : indexes.GiveBackAsync(counter, address.Index!.Value, cancellation);
    }

    /// <summary>Returns the address of an invoice whose watch was stored before a crash.</summary>
    public static PaymentAddress Again(Wallet wallet, Network network, Watch watch)
    {
        InvoiceAddress again = network.Family.WalletKind.AddressOf(network, wallet.Fields, watch.InvoiceId, watch.Index);
        Assert.That(again.Address == watch.Address);
        return new(again, watch.Counter, watch.Index);
    }
}
