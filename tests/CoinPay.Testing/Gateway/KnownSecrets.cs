using CoinPay.Functions.Platform.Secrets;

namespace CoinPay.Testing.Gateway;

/// <summary>Secrets that a test sets and rotates; as with a vault, a changed secret is read once the cached one is dropped.</summary>
internal sealed class KnownSecrets : ISecrets
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _remembered = new(StringComparer.Ordinal);

    public static KnownSecrets OfAGateway() => new()
    {
        [SecretName.OperatorKey] = Edge.OperatorKey,
        [SecretName.KeyPepper] = "pepper-of-a-test-0123456789",
        [SecretName.SecretsKey] = Convert.ToBase64String(new byte[SecretBox.KeyBytes]),
    };

    /// <summary>Replaces the current value, which becomes the previous one; both are read next time.</summary>
    public void Rotate(string name, string value)
    {
        _values[SecretName.PreviousOf(name)] = _values[name];
        _values[name] = value;
    }

    public string this[string name]
    {
        set => _values[name] = value;
    }

    public ValueTask<string?> FindAsync(string name, CancellationToken cancellation)
    {
        if (!_remembered.TryGetValue(name, out string? value))
            _remembered[name] = value = _values.GetValueOrDefault(name);
        return ValueTask.FromResult(value);
    }

    public void Remove(string name) => _values.Remove(name);

    public void Forget(string name) => _remembered.Remove(name);

    /// <summary>Drops the cached values, as time would.</summary>
    public void ForgetAll() => _remembered.Clear();
}
