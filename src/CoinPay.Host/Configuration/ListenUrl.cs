using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Host.Configuration;

/// <summary>A URL to listen on; its host can be <c>*</c>, <c>+</c> or <c>0.0.0.0</c>.</summary>
internal static class ListenUrl
{
    private static readonly string[] Anything = ["*", "+", "0.0.0.0", "[::]"];

    public static int PortOf(string url) => Parse(url).Port;

    /// <summary>Returns the same URL for a client on this machine.</summary>
    public static Uri ForClients(string url)
    {
        BindingAddress address = Parse(url);
        string host = Anything.Contains(address.Host, StringComparer.Ordinal) ? "localhost" : address.Host;
        return new($"{address.Scheme}://{host}:{address.Port.ToString(CultureInfo.InvariantCulture)}");
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new StartException($"ASPNETCORE_URLS cannot be read: \"{url}\" is not a URL like http://127.0.0.1:7071.");
        }
    }
}
