using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Core;
using Xunit;

namespace CoinPay.Acceptance.Checkout;

/// <summary>The page that payers see, in a real Chromium, with and without JavaScript.</summary>
public sealed class CheckoutPageTests(CheckoutWorld world) : IClassFixture<CheckoutWorld>
{
    private const int MaxPageBytes = 50 * 1024;

    public static TheoryData<string> States => [.. CheckoutStates.All.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public async Task In_each_state_the_page_says_what_to_do_and_axe_finds_nothing(string name)
    {
        Chromium browser = Browser();
        CheckoutState state = CheckoutStates.All[name];
        StagedInvoice invoice = await world.StageAsync(state.Events, state.Bitcoin, state.Minutes);
        string Shot(string kind) => Path.Combine(world.Screenshots, $"{name}-{kind}.png");

        JsonNode[] seen = await Task.WhenAll(
            browser.SeeAsync(new(invoice.Url) { Screenshot = Shot("light") }),
            browser.SeeAsync(new(invoice.Url) { Screenshot = Shot("dark"), Dark = true, Width = 320 }),
            // Who has no JavaScript sees news only if the page loads itself again: WCAG 2.2.1 excepts what happens in real
            // time, axe cannot tell.
            browser.SeeAsync(new(invoice.Url) { Screenshot = Shot("plain"), Javascript = false, Width = 1000, RulesOff = ["meta-refresh"] }));

        foreach (JsonNode page in seen)
            ExpectPage(page, state, invoice);
        Assert.Contains("Müller & <Söhne>", Text(seen[0]), StringComparison.Ordinal);
        Assert.Equal(state.MayPay, ((string)seen[2]["html"]!).Contains("<svg class=\"qr\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_follows_its_invoice_without_being_loaded_again()
    {
        Chromium browser = Browser();
        StagedInvoice invoice = await world.StageAsync(_ => []);
        Task<JsonNode> seen = browser.SeeAsync(new(invoice.Url) { Until = "We see your payment" });
        await invoice.ThenAsync(invoice.Stage.Seen(invoice.Stage.Due), new PaymentDetected(invoice.Stage.Now));

        JsonNode page = await seen;

        Assert.DoesNotContain(invoice.Stage.Terms.Address, Text(page), StringComparison.Ordinal);
        Assert.Equal("We see your payment", (string)page["title"]!);
        Assert.Empty(page["complaints"]!.AsArray());
        Assert.Empty(page["findings"]!.AsArray());
    }

    [Theory]
    [InlineData("address", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    [InlineData("amount", "53.95188")]
    public async Task Address_and_amount_are_copied_with_a_button(string what, string copied)
    {
        Chromium browser = Browser();
        StagedInvoice invoice = await world.StageAsync(_ => []);
        JsonNode page = await browser.SeeAsync(new(invoice.Url) { Click = $"[data-copy={what}]" });
        Assert.Equal(copied, (string)page["copied"]!);
        Assert.Contains($"The {what} was copied.", Text(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_not_known_has_a_plain_page_that_says_so()
    {
        Chromium browser = Browser();
        JsonNode page = await browser.SeeAsync(new(new Uri(world.Gateway.Address, "/pay/inv_" + new string('0', 26))));
        Assert.Equal(404, (int)page["status"]!);
        Assert.Contains("Payment request not found", Text(page), StringComparison.Ordinal);
        Assert.Empty(page["findings"]!.AsArray());
    }

    private static void ExpectPage(JsonNode page, CheckoutState state, StagedInvoice invoice)
    {
        string html = (string)page["html"]!, text = Text(page);
        Assert.Equal(200, (int)page["status"]!);
        foreach (string said in state.Says)
            Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.Equal(state.MayPay, text.Contains(invoice.Stage.Terms.Address, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", html, StringComparison.Ordinal);
        Assert.DoesNotContain("mer_", html, StringComparison.Ordinal);
        Assert.Contains("href=\"" + WebUtility.HtmlEncode(CheckoutWorld.ReturnUrl) + "\"", html, StringComparison.Ordinal);
        Assert.InRange((int)page["bytes"]!, 1_000, MaxPageBytes);
        Assert.All(page["requests"]!.AsArray(), request => Assert.StartsWith(invoice.Url.ToString(), (string)request!, StringComparison.Ordinal));
        Assert.Equal(0, (int)page["cookies"]!);
        Assert.False((bool)page["wide"]!, "the page scrolls sideways");
        Assert.Empty(page["complaints"]!.AsArray().Select(complaint => (string)complaint!));
        Assert.Empty(page["findings"]!.AsArray().Select(finding => (string)finding!));
    }

    private static string Text(JsonNode page) => (string)page["text"]!;

    private Chromium Browser()
    {
        if (world.Browser is null)
            Assert.Skip(Chromium.Missing);
        return world.Browser!;
    }
}
