using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CoinPay.Core;
using CoinPay.Functions.Tests.World;
using CoinPay.Tests;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

/// <summary>The npm library <c>standardwebhooks</c> is the witness: what it signs and verifies is right.</summary>
public sealed class WebhookWitnessTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Fact]
    public async Task Our_signatures_are_those_of_the_npm_library()
    {
        foreach (JsonElement witnessed in await Witness.CasesAsync("webhook"))
        {
            DateTimeOffset at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(witnessed.Text("timestamp")));
            byte[] secret = StandardWebhook.ReadSecret(witnessed.Text("secret"))!;
            string signature = StandardWebhook.Sign(
                secret, witnessed.Text("id"), at, Encoding.UTF8.GetBytes(witnessed.Text("body")));
            Assert.Equal((witnessed.Text("signature"), $"{witnessed}"), (signature, $"{witnessed}"));
        }
    }

    [Fact]
    public async Task A_delivered_webhook_verifies_with_the_npm_library_and_a_forged_one_does_not()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        await world.PublishAsync();
        await world.HandleAsync();
        Post post = Assert.Single(world.Endpoint.Posts);

        string[] verdicts = await VerifyAsync(
            new
            {
                secret = world.Secret,
                id = post.Id,
                timestamp = post.Timestamp,
                signature = post.Signature,
                body = post.Body
            },
            new
            {
                secret = world.Secret,
                id = post.Id,
                timestamp = post.Timestamp,
                signature = post.Signature,
                body = post.Body + " "
            });

        Assert.Equal(["ok", "No matching signature found"], verdicts);
    }

    private static async Task<string[]> VerifyAsync(params object[] posts)
    {
        ProcessStartInfo start = new("node", [Path.Combine(RepositoryFiles.Root, "tests/witness/verify-webhooks.mjs")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["COINPAY_TOOLS"] = RepositoryFiles.Tools;
        using Process node = Process.Start(start)!;
        foreach (object post in posts)
            await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(post));
        node.StandardInput.Close();
        string output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
