namespace CoinPay.Testing.Storage.Queues;

/// <summary>A stored message. Immutable: a change creates a new one.</summary>
/// <param name="Order">The sequence number. Of messages visible since the same instant, the oldest comes first.</param>
internal sealed record StoredMessage(
    string Id,
    long Order,
    string Text,
    DateTimeOffset InsertedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset VisibleAt,
    long DequeueCount,
    string PopReceipt)
{
    public static readonly IComparer<StoredMessage> DueFirst = Comparer<StoredMessage>.Create((a, b) =>
        a.VisibleAt.CompareTo(b.VisibleAt) is not 0 and var order ? order : a.Order.CompareTo(b.Order));
}

/// <summary>The messages of one queue, the next visible first.</summary>
internal sealed class MemoryQueue
{
    private readonly SortedSet<StoredMessage> _due = new(StoredMessage.DueFirst);
    private readonly Dictionary<string, StoredMessage> _byId = new(StringComparer.Ordinal);

    public void Add(StoredMessage message)
    {
        _due.Add(message);
        _byId.Add(message.Id, message);
    }

    public void Remove(StoredMessage message)
    {
        _due.Remove(message);
        _byId.Remove(message.Id);
    }

    public void Clear()
    {
        _due.Clear();
        _byId.Clear();
    }

    /// <summary>Returns visible messages, up to a maximum.</summary>
    public IReadOnlyList<StoredMessage> Visible(DateTimeOffset now, int most)
    {
        List<StoredMessage> visible = [];
        foreach (StoredMessage message in _due)
        {
            if (message.VisibleAt > now || visible.Count == most)
                break;
            if (message.ExpiresAt > now)
                visible.Add(message);
        }
        return visible;
    }

    /// <summary>Returns the number of messages, visible or not, and drops expired ones.</summary>
    public int Count(DateTimeOffset now)
    {
        foreach (StoredMessage over in _due.Where(message => message.ExpiresAt <= now).ToList())
            Remove(over);
        return _due.Count;
    }

    /// <summary>Returns the message if this receipt is still valid: nobody has dequeued or changed it since.</summary>
    public StoredMessage Held(string id, string receipt, DateTimeOffset now) =>
        _byId.TryGetValue(id, out StoredMessage? message) && message.ExpiresAt > now && message.PopReceipt == receipt
            ? message
            : throw new StorageRefusal(404, "MessageNotFound", "The specified message does not exist.");
}
