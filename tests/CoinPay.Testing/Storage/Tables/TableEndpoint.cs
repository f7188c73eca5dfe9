using CoinPay.Testing.Storage.Http;

namespace CoinPay.Testing.Storage.Tables;

/// <summary>
/// The REST protocol of the table service, as far as Azure.Data.Tables uses it for rows.
/// Source: https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api
/// </summary>
internal static class TableEndpoint
{
    private const string ContentType = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8";
    private const string NextPartition = "NextPartitionKey";
    private const string NextRow = "NextRowKey";
    private const string Continuation = "x-ms-continuation-";

    /// <summary>Parses a request without executing it.</summary>
    public static StorageWork Read(TableAccount tables, StorageCall call)
    {
        try
        {
            return call.Path switch
            {
                ["$batch"] when call.Method == "POST" => TableBatch.Read(tables, call),
                ["Tables"] when call.Method == "POST" => Create(tables, call),
                ["Tables" or "Tables()"] when call.Method == "GET" => List(tables, call),
                [{ } table] when call.Method == "DELETE" && table.StartsWith("Tables(", StringComparison.Ordinal) =>
                    Delete(tables, EntityAddress.Parse(table)),
                [{ } resource] => ReadEntities(tables, call, EntityAddress.Parse(resource)),
                _ => throw StorageRefusal.NotImplemented($"{call.Method} of {string.Join('/', call.Path)}"),
            };
        }
        catch (StorageRefusal refusal)
        {
            return Work(StorageAction.Malformed, string.Empty, null, null, refusal.Throw);
        }
    }

    /// <summary>A write of one row, as a single request or within a batch.</summary>
    public static RowChange ReadChange(StorageCall call, EntityAddress address)
    {
        string? ifMatch = call.Headers["If-Match"];
        Dictionary<string, object> properties = call.Body.IsEmpty ? [] : EntityJson.Read(call.Body);
        string? partition = address.Partition ?? properties.GetValueOrDefault("PartitionKey") as string;
        string? key = address.Key ?? properties.GetValueOrDefault("RowKey") as string;
        if (partition is null || key is null)
            throw new StorageRefusal(400, "PropertiesNeedValue", "The entity lacks a key.");
        properties.Remove("PartitionKey");
        properties.Remove("RowKey");
        StorageAction action = (call.Method, address.Key, ifMatch) switch
        {
            ("POST", null, _) => StorageAction.InsertEntity,
            ("PUT", not null, null) => StorageAction.UpsertReplace,
            ("PUT", not null, _) => StorageAction.UpdateReplace,
            ("PATCH" or "MERGE", not null, null) => StorageAction.UpsertMerge,
            ("PATCH" or "MERGE", not null, _) => StorageAction.UpdateMerge,
            ("DELETE", not null, not null) => StorageAction.DeleteEntity,
            ("DELETE", not null, null) => throw new StorageRefusal(400, "MissingRequiredHeader", "A delete needs If-Match."),
            _ => throw StorageRefusal.NotImplemented($"{call.Method} of an entity"),
        };
        return new(action, partition, key, properties, ifMatch);
    }

    /// <summary>The response to a write of one row.</summary>
    public static StorageAnswer Written(Row? row) =>
        row is null ? StorageAnswer.Empty(204) : StorageAnswer.Empty(204, ("ETag", row.ETag));

    /// <summary>A refusal in the service's words: in a transaction, the operation's index precedes the message.</summary>
    public static StorageAnswer Refused(StorageRefusal refusal)
    {
        string message = refusal.Index is { } index ? $"{index}:{refusal.Message}" : refusal.Message;
        return Json(refusal.Status, EntityJson.Build(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("odata.error");
            json.WriteString("code", refusal.Code);
            json.WriteStartObject("message");
            json.WriteString("lang", "en-US");
            json.WriteString("value", message);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private static StorageWork ReadEntities(TableAccount tables, StorageCall call, EntityAddress address)
    {
        if (call.Method == "GET")
            return address.Key is null ? Query(tables, call, address.Table) : Get(tables, call, address);
        RowChange change = ReadChange(call, address);
        return Work(
            change.Action, address.Table, change.Partition, change.Key, () => Written(tables.Write(address.Table, change)));
    }

    private static StorageWork Get(TableAccount tables, StorageCall call, EntityAddress address) =>
        Work(StorageAction.GetEntity, address.Table, address.Partition, address.Key, () =>
        {
            Row row = tables[address.Table].Find(address.Partition!, address.Key!) ?? throw StorageRefusal.EntityNotFound();
            return Json(200, EntityJson.Write(row, Select(call)), ("ETag", row.ETag));
        });

    private static StorageWork Query(TableAccount tables, StorageCall call, string table)
    {
        TableQuery query = TableQuery.Of(
            call.Query.GetValueOrDefault("$filter"), call.Number("$top", TableQuery.PageRows, 1, TableQuery.PageRows));
        string? partition = ContinuationKey.Read(call, NextPartition), key = ContinuationKey.Read(call, NextRow);
        return Work(StorageAction.QueryEntities, table, null, null, () =>
        {
            (IReadOnlyList<Row> rows, Row? next) = query.Page(tables[table], partition, key);
            ReadOnlyMemory<byte> body = EntityJson.Write(rows, Select(call));
            return next is null
                ? Json(200, body)
                : Json(
                    200,
                    body,
                    (Continuation + NextPartition, ContinuationKey.Write(next.Partition)),
                    (Continuation + NextRow, ContinuationKey.Write(next.Key)));
        });
    }

    private static StorageWork Create(TableAccount tables, StorageCall call)
    {
        string name = EntityJson.Read(call.Body).GetValueOrDefault("TableName") as string
            ?? throw StorageRefusal.InvalidInput("A table needs its TableName.");
        return Work(StorageAction.CreateTable, name, null, null, () =>
        {
            tables.Create(name);
            return Json(201, EntityJson.Build(json =>
            {
                json.WriteStartObject();
                json.WriteString("TableName", name);
                json.WriteEndObject();
            }));
        });
    }

    private static StorageWork Delete(TableAccount tables, EntityAddress address)
    {
        string name = address.Key ?? throw StorageRefusal.InvalidInput("A table is deleted by its name.");
        return Work(StorageAction.DeleteTable, name, null, null, () =>
        {
            tables.Delete(name);
            return StorageAnswer.Empty(204);
        });
    }

    private static StorageWork List(TableAccount tables, StorageCall call)
    {
        Filter? filter = FilterParser.Parse(call.Query.GetValueOrDefault("$filter"));
        return Work(StorageAction.QueryTables, string.Empty, null, null, () => Json(200, EntityJson.Write(
            tables.Names
                .Select(TableRow)
                .Where(table => filter is null || filter.Fits(table)),
            ["TableName"])));
    }

    /// <summary>A table among tables.</summary>
    public static Row TableRow(string name) =>
        Row.At(string.Empty, name) with { Properties = new Dictionary<string, object> { ["TableName"] = name } };

    private static string[]? Select(StorageCall call) =>
        call.Query.TryGetValue("$select", out string? names) && names.Length > 0
            ? names.Split(',', StringSplitOptions.TrimEntries)
            : null;

    private static StorageWork Work(
        StorageAction action, string table, string? partition, string? key, Func<StorageAnswer> effect) =>
        new(new(0, action, table, partition, key, []), effect, Refused);

    private static StorageAnswer Json(
        int status, ReadOnlyMemory<byte> body, params (string Name, string Value)[] headers) =>
        new(status, [.. headers, ("Content-Type", ContentType)], body);
}
