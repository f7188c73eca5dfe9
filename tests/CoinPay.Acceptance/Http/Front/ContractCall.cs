namespace CoinPay.Acceptance.Http.Front;

/// <summary>A request as a client could write it: nothing of its path is put right on the way.</summary>
/// <param name="Path">Path and query; <c>{merchant}</c> stands for the id of the gateway's merchant.</param>
/// <param name="Key"><c>operator</c>, <c>merchant</c> or any other text as a key; null for none.</param>
/// <param name="Body">Sent as JSON unless a header says otherwise; null for none.</param>
/// <param name="Headers">Further headers, one <c>name: value</c> each.</param>
internal sealed record ContractCall(
    string Method, string Path, string? Key = null, string? Body = null, params string[] Headers)
{
    public const string Operator = "operator";
    public const string Merchant = "merchant";

    /// <summary>A body whose length is not known when it begins.</summary>
    public bool IsChunked { get; init; }

    public override string ToString() =>
        $"{Method} {(Path.Length > 80 ? Path[..80] + "…" : Path)} by {Key ?? "nobody"}, {Body?.Length ?? 0} characters";
}
