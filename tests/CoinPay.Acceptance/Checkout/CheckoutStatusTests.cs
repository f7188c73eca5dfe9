using System.Net;
using System.Text.RegularExpressions;
using CoinPay.Functions.Checkout;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Checkout;

/// <summary>What the public pages answer over HTTP, without a browser and without a key.</summary>
public sealed partial class CheckoutStatusTests(CheckoutWorld world) : IClassFixture<CheckoutWorld>
{
    [Fact]
    public async Task Each_state_has_its_customer_status_and_holds_customer_fields_only()
    {
        foreach ((string name, CheckoutState state) in CheckoutStates.All)
        {
            StagedInvoice invoice = await world.StageAsync(state.Events, state.Bitcoin, state.Minutes);
            ApiAnswer status = (await world.Public.GetAsync(invoice.Path + "/status")).Expect(HttpStatusCode.OK);
            Assert.Equal((name, state.CustomerStatus), (name, status["customer_status"]));
            Assert.Equal((name, state.MayPay), (name, status["payment.uri"] is not null));
            Assert.DoesNotContain("secret", status.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"mer_", status.Text, StringComparison.Ordinal);
            Assert.Equal(CheckoutWorld.ReturnUrl, status["return_url"]);
        }
    }

    [Fact]
    public async Task Time_left_is_told_by_the_servers_clock()
    {
        ApiAnswer status = await world.Public.GetAsync((await world.StageAsync(_ => [])).Path + "/status");
        double expected = (DateTimeOffset.Parse(status["expires_at"]!) - DateTimeOffset.Parse(status["now"]!)).TotalSeconds;
        Assert.InRange(long.Parse(status["seconds_left"]!), expected - 1, expected + 1);
    }

    [Fact]
    public async Task A_partly_paid_invoice_asks_for_the_rest_in_its_link_too()
    {
        CheckoutState state = CheckoutStates.All["partly-paid"];
        ApiAnswer status = await world.Public.GetAsync((await world.StageAsync(state.Events)).Path + "/status");
        Assert.Equal("3.95188", status["payment.to_pay"]);
        Assert.EndsWith("@31337/transfer?address=0x70997970C51812dc3A010C7d01b50e0d17dc79C8&uint256=3951880", status["payment.uri"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invoice_carries_the_address_of_its_page()
    {
        ApiAnswer invoice = (await world.Merchant.PostAsync(
            "/v1/invoices", new { price = new { amount = "5", currency = "USDT" }, network = "anvil", asset = "USDT" }))
            .Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        Assert.Equal("http://pay.example:8080/gateway/pay/" + id, invoice["checkout_url"]);
        Assert.Equal(invoice["checkout_url"], (await world.Merchant.GetAsync("/v1/invoices/" + id))["checkout_url"]);
        ApiAnswer status = (await world.Public.GetAsync($"/pay/{id}/status")).Expect(HttpStatusCode.OK);
        Assert.Equal(invoice["payment.uri"], status["payment.uri"]);
    }

    [Fact]
    public async Task The_page_is_kept_nowhere_framed_by_nobody_and_runs_only_its_own_script()
    {
        StagedInvoice invoice = await world.StageAsync(_ => []);
        ApiAnswer first = (await world.Public.GetAsync(invoice.Path)).Expect(HttpStatusCode.OK);
        ApiAnswer second = await world.Public.GetAsync(invoice.Path);
        string Header(ApiAnswer answer, string name) => answer.Headers.GetValues(name).Single();

        Assert.Equal("text/html", first.ContentType);
        Assert.Equal(("no-store", "DENY", "no-referrer"), (Header(first, "Cache-Control"), Header(first, "X-Frame-Options"), Header(first, "Referrer-Policy")));
        string policy = Header(first, "Content-Security-Policy");
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.NotEqual(policy, Header(second, "Content-Security-Policy"));
        Assert.All(Nonce().Matches(first.Text), nonce => Assert.Contains($"'nonce-{nonce.Groups["nonce"].Value}'", policy, StringComparison.Ordinal));
        Assert.False(first.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/pay/inv_00000000000000000000000000")]
    [InlineData("/pay/inv_%3Cscript%3E")]
    [InlineData("/pay/x")]
    public async Task An_unknown_id_is_not_found_as_page_and_as_problem(string path)
    {
        ApiAnswer page = (await world.Public.GetAsync(path)).Expect(HttpStatusCode.NotFound);
        Assert.Equal("text/html", page.ContentType);
        (await world.Public.GetAsync(path + "/status")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public void A_page_encodes_whatever_is_put_into_it()
    {
        string hostile = "<b>\"'&</b>";
        Assert.Equal("<a href=\"&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt;\">7<i>é</i></a>", Html.Of($"""<a href="{hostile}">{7}{Html.Of($"<i>{"é"}</i>")}</a>""").ToString());
    }

    [GeneratedRegex("nonce=\"(?<nonce>[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Nonce();
}
