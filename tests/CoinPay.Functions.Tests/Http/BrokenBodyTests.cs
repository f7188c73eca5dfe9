using System.Text;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing.Gateway;
using CsCheck;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>Right bodies, broken at random: each is read, or refused with a 4xx problem; never anything else.</summary>
public sealed class BrokenBodyTests
{
    private static readonly byte[] Telling = [.. "\"\\{}[]:,0-.eEun /é\0"u8];
    private static readonly Networks Networks = new([Edge.Anvil, Edge.Regtest]);
    private static readonly PriceCurrencies Currencies = TestCurrencies.Of(Networks, "EUR:ETH");
    private static readonly WebhookTargets Targets = new(new() { IsDevelopment = true, WalletDelay = TimeSpan.Zero });

    private static readonly Merchant Shop = new()
    {
        Id = "mer_1",
        Name = "Shop",
        Policy = new() { ReturnHosts = ["shop.example"] },
        CreatedAt = default,
        UpdatedAt = default,
    };

    [Fact]
    public void Invoices() => Break(
        """{"order_id":"A-1","price":{"amount":"1.5","currency":"ETH"},"network":"anvil","asset":"ETH","goods":"digital","expires_in_minutes":15,"metadata":{"cart":"9"},"return_url":"https://shop.example/","escrow":null}""",
        body => InvoiceOrder.Read(body, Networks, Currencies, livemode: false, Shop));

    [Fact]
    public void Policies() => Break(
        """{"policy":{"expiry_minutes":10,"tolerance":{"under_percent":"0.5"},"confirmations":[{"network":"anvil","required":"finalized","up_to":{"amount":"100","currency":"EUR"}},{"asset":"BTC","goods":"digital","required":1}],"return_hosts":["shop.example"],"late":"accept","over":"hold"}}""",
        body =>
        {
            Policy policy = new PolicyRequest(Networks, Currencies).Apply(body.OptionalObject("policy"), new());
            body.ThrowIfInvalid();
            Assert.NotNull(Json.Text(PolicyDocument.Of(Json.Read<PolicyDocument>(Json.Text(PolicyDocument.Of(policy))).ToPolicy())));
        });

    [Fact]
    public void Endpoints() => Break(
        """{"url":"https://shop.example/hook?x=1","events":["invoice.*","ping"],"description":"my shop"}""",
        body =>
        {
            EndpointRequest wanted = EndpointRequest.Read(body, urlRequired: true, Targets);
            body.ThrowIfInvalid();
            Assert.NotNull(new Uri(wanted.Url!));
        });

    [Fact]
    public void Wallets()
    {
        Break(
            """{"kind":"forwarder","settlement_address":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}""",
            body => WalletRequest.Read(body, Edge.Anvil, default));
        Break(
            $$"""{"kind":"xpub","xpub":"{{PrivateTexts.PublicTpub}}","origin":"[73c5da0a/84h/1h/0h]"}""",
            body => WalletRequest.Read(body, Edge.Regtest, default));
    }

    /// <summary>One to four bytes replaced, taken out or put in, often by what means something in JSON.</summary>
    private static void Break(string right, Action<RequestBody> read)
    {
        read(RequestBody.Of(Encoding.UTF8.GetBytes(right)));
        Gen<byte> anyByte = Gen.Frequency((3, Gen.Int[0, Telling.Length - 1].Select(i => Telling[i])), (1, Gen.Byte));
        Gen<(int At, int Kind, byte Value)> change = Gen.Select(Gen.Int[0, Encoding.UTF8.GetByteCount(right) - 1], Gen.Int[0, 2], anyByte);
        change.Array[1, 4].Sample(
            changes =>
            {
                List<byte> broken = [.. Encoding.UTF8.GetBytes(right)];
                foreach ((int at, int kind, byte value) in changes)
                    Apply(broken, Math.Min(at, broken.Count - 1), kind, value);
                try
                {
                    read(RequestBody.Of(broken.ToArray()));
                }
                catch (ProblemException refused)
                {
                    Assert.InRange(refused.Problem.Status, 400, 499);
                    Assert.NotEmpty(refused.Problem.ToAnswer().Body.ToArray());
                }
            },
            iter: 20_000);
    }

    private static void Apply(List<byte> bytes, int at, int kind, byte value)
    {
        if (kind == 0)
            bytes[at] = value;
        else if (kind == 1)
            bytes.RemoveAt(at);
        else
            bytes.Insert(at, value);
    }
}
