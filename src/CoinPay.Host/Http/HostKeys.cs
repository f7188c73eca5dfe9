using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.Http;

/// <summary>The key that a request needs.</summary>
internal enum KeyLevel
{
    /// <summary>No key.</summary>
    Anonymous,

    /// <summary>The function key or the master key.</summary>
    Function,

    /// <summary>The system key or the master key: for the extensions' own APIs.</summary>
    System,

    /// <summary>The master key.</summary>
    Admin,
}

/// <summary>
/// The host's keys, from <c>CoinPayHost__FunctionKey</c>, <c>CoinPayHost__SystemKey</c> and <c>CoinPayHost__MasterKey</c>; requests send
/// them as <c>?code=</c> or <c>x-functions-key</c>. A key that is not configured admits nobody.
/// </summary>
internal sealed class HostKeys(IConfiguration configuration)
{
    public const string SystemKeySetting = "CoinPayHost:SystemKey";
    private const string FunctionKeySetting = "CoinPayHost:FunctionKey";
    private const string MasterKeySetting = "CoinPayHost:MasterKey";

    public bool Allow(KeyLevel level, HttpRequest request) => level switch
    {
        KeyLevel.Anonymous => true,
        KeyLevel.Function => Holds(request, FunctionKeySetting) || Holds(request, MasterKeySetting),
        KeyLevel.System => Holds(request, SystemKeySetting) || Holds(request, MasterKeySetting),
        _ => Holds(request, MasterKeySetting),
    };

    private bool Holds(HttpRequest request, string setting)
    {
        string? expected = configuration[setting];
        string? given = request.Query["code"].FirstOrDefault() ?? request.Headers["x-functions-key"].FirstOrDefault();
        return !string.IsNullOrEmpty(expected) && given is not null
            && CryptographicOperations.FixedTimeEquals(Digest(expected), Digest(given));
    }

    /// <summary>Digests all have the same length, so the comparison does not reveal the key's.</summary>
    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
