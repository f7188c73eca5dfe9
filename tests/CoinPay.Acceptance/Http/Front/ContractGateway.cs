using System.Text;
using System.Text.RegularExpressions;
using CoinPay.Testing.Gateway;

namespace CoinPay.Acceptance.Http.Front;

/// <summary>
/// A gateway with one merchant. What it answers is told as text, with everything left out that differs between two
/// gateways of the same behaviour.
/// </summary>
internal sealed partial class ContractGateway : IDisposable
{
    /// <summary>Longer than any answer takes on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What a connection or the clock adds.</summary>
    private static readonly string[] OfTransport = ["Date", "Connection", "Keep-Alive"];

    private readonly Uri _address;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = Patience,
    };

    private readonly string _operatorKey;
    private (string Id, string Key) _merchant;

    private ContractGateway(Uri address, string operatorKey) => (_address, _operatorKey) = (address, operatorKey);

    public static async Task<ContractGateway> OpenAsync(Uri address, string operatorKey)
    {
        using Api operators = new(address, operatorKey);
        ApiAnswer made = await operators.PostAsync("/v1/merchants", new { name = "A shop" });
        return new(address, operatorKey) { _merchant = (made["id"]!, made["api_key"]!) };
    }

    public async Task<string> SendAsync(ContractCall call)
    {
        using HttpRequestMessage request = RequestOf(call);
        using HttpResponseMessage response = await _http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        IEnumerable<string> headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => !OfTransport.Contains(header.Key))
            .Select(header => $"{header.Key}: {ValueOf(header.Key, string.Join(", ", header.Value), body)}")
            .Order(StringComparer.Ordinal);
        return Plain($"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n{Encoding.UTF8.GetString(body)}");
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage RequestOf(ContractCall call)
    {
        string path = call.Path.Replace("{merchant}", _merchant.Id, StringComparison.Ordinal);
        Uri uri = new(
            _address.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        HttpRequestMessage request = new(new(call.Method), uri);
        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(call.Body));
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.TransferEncodingChunked = call.IsChunked;
        }
        if (call.Key is not null)
            request.Headers.Authorization = new("Bearer", KeyOf(call.Key));
        foreach (string[] header in call.Headers.Select(header => header.Split(": ", 2)))
            if (!request.Headers.TryAddWithoutValidation(header[0], header[1]))
            {
                request.Content!.Headers.Remove(header[0]);
                request.Content.Headers.TryAddWithoutValidation(header[0], header[1]);
            }
        return request;
    }

    private string KeyOf(string name) => name switch
    {
        ContractCall.Operator => _operatorKey,
        ContractCall.Merchant => _merchant.Key,
        _ => name,
    };

    /// <summary>A length follows from the body, whose ids and instants are not those of the other gateway.</summary>
    private static string ValueOf(string header, string value, byte[] body) =>
        header == "Content-Length" && value == $"{body.Length}" ? "that of the body" : value;

    private static string Plain(string text) => Random().Replace(text, "*");

    // Ids, keys, secrets of webhooks, nonces, and instants.
    [GeneratedRegex(
        @"(?<=\b(?:[a-z]{2,4}|cp_test)_)[0-9a-z]{12,}|(?<=whsec_)[^""]+|(?<=nonce[-=]""?)[0-9a-f]{32}"
        + @"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Random();
}
