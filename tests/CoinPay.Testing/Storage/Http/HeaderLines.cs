using System.Diagnostics.CodeAnalysis;
using Azure.Core;

namespace CoinPay.Testing.Storage.Http;

/// <summary>A message's headers in order; there are about ten, so a list is faster than a dictionary.</summary>
internal sealed class HeaderLines
{
    private readonly List<(string Name, string Value)> _lines;

    public HeaderLines() => _lines = [];

    public HeaderLines(IEnumerable<(string Name, string Value)> lines) => _lines = [.. lines];

    public string? this[string name] => TryGet(name, out string? value) ? value : null;

    public void Add(string name, string value) => _lines.Add((name, value));

    public void Set(string name, string value)
    {
        int at = Find(name);
        if (at < 0)
            _lines.Add((name, value));
        else
            _lines[at] = (name, value);
    }

    public bool Remove(string name) => _lines.RemoveAll(line => Same(line.Name, name)) > 0;

    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        int at = Find(name);
        value = at < 0 ? null : _lines[at].Value;
        return at >= 0;
    }

    public bool TryGetAll(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        string[] found = [.. _lines.Where(line => Same(line.Name, name)).Select(line => line.Value)];
        values = found.Length > 0 ? found : null;
        return found.Length > 0;
    }

    public IEnumerable<HttpHeader> List() => _lines.Select(line => new HttpHeader(line.Name, line.Value));

    private int Find(string name)
    {
        for (int at = 0; at < _lines.Count; at++)
            if (Same(_lines[at].Name, name))
                return at;
        return -1;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
