using CoinPay.Testing.Storage.Http;

namespace CoinPay.Testing.Storage.Queues;

/// <summary>
/// The REST protocol of the queue service, as far as Azure.Storage.Queues uses it for messages.
/// Source: https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api
/// </summary>
internal static class QueueEndpoint
{
    private const int MaxMessages = 32;
    private const int DefaultHiddenSeconds = 30;
    private const int MaxHiddenSeconds = 7 * 24 * 60 * 60;
    private const int Forever = -1;

    /// <summary>Parses a request without executing it.</summary>
    public static StorageWork Read(QueueAccount queues, StorageCall call)
    {
        try
        {
            return (call.Method, call.Path) switch
            {
                ("GET", []) when call.Query.GetValueOrDefault("comp") == "list" => List(queues, call),
                (_, [{ } queue]) => ReadQueue(queues, call, queue),
                (_, [{ } queue, "messages"]) => ReadMessages(queues, call, queue),
                (_, [{ } queue, "messages", { } id]) => ReadMessage(queues, call, queue, Uri.UnescapeDataString(id)),
                _ => throw NotBuilt(call),
            };
        }
        catch (StorageRefusal refusal)
        {
            return Work(StorageAction.Malformed, string.Empty, null, refusal.Throw);
        }
    }

    private static StorageWork List(QueueAccount queues, StorageCall call)
    {
        string prefix = call.Query.GetValueOrDefault("prefix", string.Empty);
        return Work(StorageAction.ListQueues, string.Empty, null, () => Xml(
            200, QueueXml.Queues(queues.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))));
    }

    private static StorageWork ReadQueue(QueueAccount queues, StorageCall call, string queue) =>
        (call.Method, call.Query.GetValueOrDefault("comp")) switch
        {
            ("PUT", null) => Work(
                StorageAction.CreateQueue, queue, null, () => StorageAnswer.Empty(queues.Create(queue) ? 201 : 204)),
            ("DELETE", null) => Done(StorageAction.DeleteQueue, queue, null, () => queues.Delete(queue)),
            ("GET" or "HEAD", "metadata") => Work(StorageAction.GetQueueProperties, queue, null, () =>
                StorageAnswer.Empty(200, ("x-ms-approximate-messages-count", $"{queues.Count(queue)}"))),
            _ => throw NotBuilt(call),
        };

    private static StorageWork ReadMessages(QueueAccount queues, StorageCall call, string queue)
    {
        int most = call.Number("numofmessages", 1, 1, MaxMessages);
        switch (call.Method)
        {
            case "POST":
                return Put(queues, call, queue);
            case "GET" when call.Query.GetValueOrDefault("peekonly") == "true":
                return Work(StorageAction.PeekMessages, queue, null, () => Xml(
                    200, QueueXml.Messages(queues.Peek(queue, most), QueueXml.Peeked)));
            case "GET":
                TimeSpan hidden = Hidden(call, DefaultHiddenSeconds, least: 1);
                return Work(StorageAction.GetMessages, queue, null, () => Xml(
                    200, QueueXml.Messages(queues.Get(queue, most, hidden), QueueXml.Got)));
            case "DELETE":
                return Done(StorageAction.ClearMessages, queue, null, () => queues.Clear(queue));
            default:
                throw NotBuilt(call);
        }
    }

    private static StorageWork Put(QueueAccount queues, StorageCall call, string queue)
    {
        string text = QueueXml.ReadText(call.Body)
            ?? throw new StorageRefusal(400, "InvalidXmlDocument", "There is no MessageText.");
        TimeSpan hidden = Hidden(call, 0, least: 0);
        int lives = call.Number("messagettl", MaxHiddenSeconds, Forever, int.MaxValue);
        if (lives == 0)
            throw StorageRefusal.OutOfRangeParameter("messagettl");
        return Work(StorageAction.PutMessage, queue, null, () => Xml(201, QueueXml.Messages(
            [queues.Put(queue, text, hidden, lives == Forever ? null : TimeSpan.FromSeconds(lives))], QueueXml.Put)));
    }

    private static StorageWork ReadMessage(QueueAccount queues, StorageCall call, string queue, string id)
    {
        string receipt = call.Query.GetValueOrDefault("popreceipt")
            ?? throw new StorageRefusal(400, "MissingRequiredQueryParameter", "There is no popreceipt.");
        if (call.Method == "DELETE")
            return Done(StorageAction.DeleteMessage, queue, id, () => queues.Delete(queue, id, receipt));
        if (call.Method != "PUT")
            throw NotBuilt(call);
        string? text = QueueXml.ReadText(call.Body);
        TimeSpan hidden = Hidden(call, 0, least: 0);
        return Work(StorageAction.UpdateMessage, queue, id, () =>
        {
            StoredMessage updated = queues.Update(queue, id, receipt, text, hidden);
            return StorageAnswer.Empty(
                204,
                ("x-ms-popreceipt", updated.PopReceipt),
                ("x-ms-time-next-visible", QueueXml.Instant(updated.VisibleAt)));
        });
    }

    private static TimeSpan Hidden(StorageCall call, int usual, int least) =>
        TimeSpan.FromSeconds(call.Number("visibilitytimeout", usual, least, MaxHiddenSeconds));

    private static StorageRefusal NotBuilt(StorageCall call) => StorageRefusal.NotImplemented(
        $"{call.Method} of {string.Join('/', call.Path)}?{string.Join('&', call.Query.Keys)}");

    private static StorageWork Done(StorageAction action, string queue, string? id, Action effect) =>
        Work(action, queue, id, () =>
        {
            effect();
            return StorageAnswer.Empty(204);
        });

    private static StorageWork Work(StorageAction action, string queue, string? id, Func<StorageAnswer> effect) =>
        new(new(0, action, queue, null, id, []), effect, refusal =>
            Xml(refusal.Status, QueueXml.Refused(refusal), ("x-ms-error-code", refusal.Code)));

    private static StorageAnswer Xml(
        int status, ReadOnlyMemory<byte> body, params (string Name, string Value)[] headers) =>
        new(status, [.. headers, ("Content-Type", "application/xml")], body);
}
