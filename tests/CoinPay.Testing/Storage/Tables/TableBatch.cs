using System.Text;
using CoinPay.Testing.Storage.Http;

namespace CoinPay.Testing.Storage.Tables;

/// <summary>
/// An entity-group transaction: requests for rows of one partition in one multipart body, all executed or none.
/// Source: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
/// </summary>
internal static class TableBatch
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private const string Line = "\r\n";
    private const string EmptyLine = "\r\n\r\n";

    public static StorageWork Read(TableAccount tables, StorageCall call)
    {
        if (call.Body.Length > MaxBytes)
            throw StorageRefusal.BodyTooLarge();
        List<RowChange> changes = [];
        string table = string.Empty;
        try
        {
            foreach (string part in Parts(Encoding.UTF8.GetString(call.Body.Span)))
            {
                StorageCall inner = ReadRequest(part);
                EntityAddress address = EntityAddress.Parse(inner.Path is [{ } resource] ? resource : string.Empty);
                table = address.Table;
                changes.Add(TableEndpoint.ReadChange(inner, address));
            }
        }
        catch (StorageRefusal refusal)
        {
            return Work(StorageAction.Malformed, table, changes, refusal.At(changes.Count).Throw);
        }
        return Work(StorageAction.Transaction, table, changes, () =>
            Answer(tables.Write(table, changes).Select(TableEndpoint.Written)));
    }

    private static StorageWork Work(
        StorageAction action, string table, List<RowChange> changes, Func<StorageAnswer> effect) => new(
        new(0, action, table, changes.FirstOrDefault()?.Partition, null,
            [.. changes.Select(change => new RowOperation(change.Action, change.Partition, change.Key))]),
        effect,
        refusal => Answer([TableEndpoint.Refused(refusal)]));

    private static string[] Parts(string body)
    {
        const string Name = "boundary=";
        int at = body.IndexOf(Name, StringComparison.Ordinal);
        if (at < 0)
            throw StorageRefusal.NotImplemented("A batch without a change set");
        int end = body.IndexOf(Line, at, StringComparison.Ordinal);
        string delimiter = "--" + body[(at + Name.Length)..end].Trim('"');
        string[] parts = body[end..].Split(Line + delimiter, StringSplitOptions.None);
        return parts[1..^1];
    }

    private static StorageCall ReadRequest(string part)
    {
        int head = part.IndexOf(EmptyLine, StringComparison.Ordinal) + EmptyLine.Length;
        int end = part.IndexOf(EmptyLine, head, StringComparison.Ordinal);
        string[] lines = part[head..(end < 0 ? part.Length : end)].Split(Line);
        if (lines[0].Split(' ') is not [{ } method, { } address, _]
            || !Uri.TryCreate(address, UriKind.Absolute, out Uri? uri))
            throw StorageRefusal.InvalidInput($"{lines[0]} is no request.");
        HeaderLines headers = new();
        foreach (string line in lines[1..])
            if (line.Split(": ", 2) is [{ } name, { } value])
                headers.Add(name, value);
        string body = end < 0 ? string.Empty : part[(end + EmptyLine.Length)..].Trim();
        return StorageCall.Of(method, uri.Host, uri.AbsolutePath, uri.Query, headers, Encoding.UTF8.GetBytes(body));
    }

    private static StorageAnswer Answer(IEnumerable<StorageAnswer> answers)
    {
        const string Batch = "batchresponse_memory", ChangeSet = "changesetresponse_memory";
        StringBuilder text = new();
        text.Append("--" + Batch + Line + "Content-Type: multipart/mixed; boundary=" + ChangeSet + EmptyLine);
        foreach (StorageAnswer answer in answers)
        {
            text.Append("--" + ChangeSet + Line + "Content-Type: application/http" + Line
                + "Content-Transfer-Encoding: binary" + EmptyLine);
            text.Append($"HTTP/1.1 {answer.Status} {(System.Net.HttpStatusCode)answer.Status}" + Line);
            foreach ((string name, string value) in answer.Headers)
                text.Append(name).Append(": ").Append(value).Append(Line);
            text.Append(Line).Append(Encoding.UTF8.GetString(answer.Body.Span)).Append(Line);
        }
        text.Append("--" + ChangeSet + "--" + Line + "--" + Batch + "--" + Line);
        return new(202, [("Content-Type", "multipart/mixed; boundary=" + Batch)], Encoding.UTF8.GetBytes(text.ToString()));
    }
}
