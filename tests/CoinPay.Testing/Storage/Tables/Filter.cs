namespace CoinPay.Testing.Storage.Tables;

/// <summary>A condition on an entity. A comparison is false if the property is missing or has another type.</summary>
internal abstract record Filter
{
    public abstract bool Fits(Row row);
}

internal sealed record Both(Filter Left, Filter Right) : Filter
{
    public override bool Fits(Row row) => Left.Fits(row) && Right.Fits(row);
}

internal sealed record Either(Filter Left, Filter Right) : Filter
{
    public override bool Fits(Row row) => Left.Fits(row) || Right.Fits(row);
}

internal sealed record Not(Filter Inner) : Filter
{
    public override bool Fits(Row row) => !Inner.Fits(row);
}

internal sealed record Comparison(string Property, string Operator, object Value) : Filter
{
    public override bool Fits(Row row) => Order(row.Value(Property), Value) is { } order && Operator switch
    {
        "eq" => order == 0,
        "ne" => order != 0,
        "gt" => order > 0,
        "ge" => order >= 0,
        "lt" => order < 0,
        "le" => order <= 0,
        _ => throw new InvalidOperationException(Operator),
    };

    private static int? Order(object? stored, object value) => (stored, value) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (int a, int b) => a.CompareTo(b),
        (int or long, int or long) => Convert.ToInt64(stored).CompareTo(Convert.ToInt64(value)),
        (int or long or double, int or long or double) => Order(Convert.ToDouble(stored), Convert.ToDouble(value)),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (Guid a, Guid b) => a.CompareTo(b),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        _ => null,
    };

    private static int? Order(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
}
