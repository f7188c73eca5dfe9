using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CoinPay.Core;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

/// <summary>
/// The npm libraries <c>standardwebhooks</c> and <c>svix</c> are the witnesses: what they sign and verify is right.
/// </summary>
public sealed class WebhookWitnessTests(AzuriteStorage storage) : IClassFixture<AzuriteStorage>
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
    public async Task A_delivered_webhook_verifies_with_both_npm_libraries_and_a_forged_one_does_not()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        await world.PublishAsync();
        await world.HandleAsync();
        Post post = Assert.Single(world.Endpoint.Posts);

        string[] verdicts = await VerifyAsync(
            Captured(world.Secret, post), Captured(world.Secret, post with { Body = post.Body + " " }));

        Assert.Equal(["ok", "No matching signature found"], verdicts);
    }

    [Fact]
    public async Task During_a_rotation_both_libraries_verify_with_the_old_secret_and_with_the_new_one()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        EdgeAnswer rotated = await world.Edge.CallAsync<RotateWebhookSecret>(
            (function, request) => function.Run(request, world.EndpointId, default), world.Key);
        await world.PublishAsync();
        await world.HandleAsync();
        Post post = Assert.Single(world.Endpoint.Posts);
        string stranger = StandardWebhook.WriteSecret(new byte[32]);

        string[] verdicts = await VerifyAsync(
            Captured(world.Secret, post), Captured(rotated["secret"]!, post), Captured(stranger, post));

        Assert.Equal(["ok", "ok", "No matching signature found"], verdicts);
    }

    private static object Captured(string secret, Post post) => new
    {
        secret,
        id = post.Id,
        timestamp = post.Timestamp,
        signature = post.Signature,
        body = post.Body,
    };

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
