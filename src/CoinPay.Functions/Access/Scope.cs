namespace CoinPay.Functions.Access;

/// <summary>The permissions of a merchant's key.</summary>
[Flags]
internal enum Scope
{
    /// <summary>No particular scope: any valid key.</summary>
    None = 0,
    InvoicesRead = 1,
    InvoicesWrite = 2,
    ExceptionsWrite = 4,
    WebhooksManage = 8,
    SettlementsRead = 16,
    RefundsWrite = 32,
    EscrowWrite = 64,
    ReportsRead = 128,
}

/// <summary>The names of scopes in JSON and storage.</summary>
internal static class Scopes
{
    private static readonly (Scope Scope, string Name)[] Names =
    [
        (Scope.InvoicesRead, "invoices:read"),
        (Scope.InvoicesWrite, "invoices:write"),
        (Scope.ExceptionsWrite, "exceptions:write"),
        (Scope.WebhooksManage, "webhooks:manage"),
        (Scope.SettlementsRead, "settlements:read"),
        (Scope.RefundsWrite, "refunds:write"),
        (Scope.EscrowWrite, "escrow:write"),
        (Scope.ReportsRead, "reports:read"),
    ];

    /// <summary>The scopes that calls of this gateway require; a merchant's first key has all of them.</summary>
    public static Scope Built => Scope.InvoicesRead | Scope.InvoicesWrite | Scope.ExceptionsWrite | Scope.WebhooksManage;

    public static IReadOnlyList<string> Write(Scope scopes) =>
        [.. Names.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Name)];

    /// <summary>Returns null if a name is unknown or no call requires it yet.</summary>
    public static Scope? Find(string name)
    {
        foreach ((Scope scope, string known) in Names)
            if (known == name && Built.HasFlag(scope))
                return scope;
        return null;
    }

    public static Scope Read(IEnumerable<string> names) =>
        Names.Where(pair => names.Contains(pair.Name, StringComparer.Ordinal)).Aggregate(
            Scope.None, (sum, pair) => sum | pair.Scope);
}
