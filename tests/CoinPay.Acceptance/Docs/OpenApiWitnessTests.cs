using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Acceptance.World;
using CoinPay.Functions.Docs;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Docs;

/// <summary>Programs that are not ours read the document: npm's redocly lints it, a client generated from it works.</summary>
[Collection(nameof(TestWorld))]
public sealed class OpenApiWitnessTests(TestWorld world) : IDisposable
{
    private readonly string _document = DocumentFile();

    public void Dispose() => File.Delete(_document);

    [Fact]
    public async Task The_linter_has_nothing_to_say_against_the_document()
    {
        (int code, string output) = await NodeAsync(
            [
                Path.Combine(RepositoryFiles.Tools, "node_modules/@redocly/cli/bin/cli.js"), "lint",
                _document, "--config", Path.Combine(RepositoryFiles.Root, "tests/witness/redocly.yaml"),
            ]);

        Assert.True(code == 0, output);
        Assert.Contains("is valid", output, StringComparison.Ordinal);
        Assert.DoesNotContain("You have", output, StringComparison.Ordinal); // … 1 warning.
    }

    [Fact]
    public async Task A_generated_client_creates_reads_cancels_and_lists_an_invoice()
    {
        ApiAnswer key = await world.Operator.PostAsync(
            $"/v1/merchants/{world.MerchantId}/api-keys", new { scopes = new[] { "invoices:read", "invoices:write" } });

        (int code, string output) = await NodeAsync(
            [
                Path.Combine(RepositoryFiles.Root, "tests/witness/generated-client.mjs"), _document,
            ],
            ("GATEWAY", world.Gateway.Address.ToString().TrimEnd('/')),
            ("KEY", key.Expect(HttpStatusCode.Created)["api_key"]!));

        Assert.True(code == 0, output);
        Assert.Equal(
            """{"amount":"12.5","status":"cancelled","listed":true,"refusals":["fulfilment_key_mismatch","not_found"]}""",
            JsonNode.Parse(output)!.ToJsonString());
    }

    private static string DocumentFile()
    {
        string file = Path.Combine(Path.GetTempPath(), $"coinpay-openapi-{Guid.NewGuid()}.json");
        File.WriteAllBytes(file, OpenApiDocument.Json.ToArray());
        return file;
    }

    private static async Task<(int Code, string Output)> NodeAsync(string[] arguments, params (string Name, string Value)[] settings)
    {
        ProcessStartInfo start = new("node", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["COINPAY_TOOLS"] = RepositoryFiles.Tools;
        start.Environment["REDOCLY_TELEMETRY"] = "off";
        start.Environment["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true";
        foreach ((string name, string value) in settings)
            start.Environment[name] = value;
        using Process node = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return (node.ExitCode, output + await errors);
    }
}
