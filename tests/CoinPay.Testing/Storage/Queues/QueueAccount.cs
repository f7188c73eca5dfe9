using System.Text;

namespace CoinPay.Testing.Storage.Queues;

/// <summary>
/// The queues of an account. Not thread-safe.
/// Source: https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api
/// </summary>
internal sealed class QueueAccount(TimeProvider time)
{
    private const int MaxMessageBytes = 64 * 1024;
    private readonly SortedDictionary<string, MemoryQueue> _queues = new(StringComparer.Ordinal);
    private long _messages;
    private long _receipts;

    public IEnumerable<string> Names => _queues.Keys;

    /// <summary>Returns false if the queue already exists.</summary>
    public bool Create(string name)
    {
        bool legal = name.Length is >= 3 and <= 63
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && !name.StartsWith('-') && !name.EndsWith('-') && !name.Contains("--", StringComparison.Ordinal);
        return legal
            ? _queues.TryAdd(name, new())
            : throw StorageRefusal.InvalidName();
    }

    public void Delete(string name)
    {
        if (!_queues.Remove(name))
            throw StorageRefusal.QueueNotFound();
    }

    public int Count(string queue) => Of(queue).Count(time.GetUtcNow());

    public void Clear(string queue) => Of(queue).Clear();

    /// <summary>Adds a message, hidden for a while; it expires after <paramref name="timeToLive"/>, or never if null.</summary>
    public StoredMessage Put(string queue, string text, TimeSpan hidden, TimeSpan? timeToLive)
    {
        CheckSize(text);
        if (timeToLive <= hidden)
            throw StorageRefusal.OutOfRangeParameter("visibilitytimeout");
        MemoryQueue messages = Of(queue);
        DateTimeOffset now = time.GetUtcNow();
        long order = ++_messages;
        StoredMessage message = new(
            new Guid((int)order, (short)(order >> 32), 0, [0, 0, 0, 0, 0, 0, 0, 0]).ToString(), order, text, now,
            timeToLive is { } lives ? now + lives : DateTimeOffset.MaxValue, now + hidden, 0, NextReceipt());
        messages.Add(message);
        return message;
    }

    /// <summary>Dequeues visible messages and hides them; each gets a new receipt and a higher dequeue count.</summary>
    public IReadOnlyList<StoredMessage> Get(string queue, int most, TimeSpan hidden)
    {
        MemoryQueue messages = Of(queue);
        DateTimeOffset now = time.GetUtcNow();
        List<StoredMessage> taken = [];
        foreach (StoredMessage message in messages.Visible(now, most))
            taken.Add(Change(messages, message, message with
            {
                VisibleAt = now + hidden,
                DequeueCount = message.DequeueCount + 1,
            }));
        return taken;
    }

    public IReadOnlyList<StoredMessage> Peek(string queue, int most) => Of(queue).Visible(time.GetUtcNow(), most);

    /// <summary>Extends the time a dequeued message is hidden, and replaces its text unless the new one is null.</summary>
    public StoredMessage Update(string queue, string id, string receipt, string? text, TimeSpan hidden)
    {
        MemoryQueue messages = Of(queue);
        DateTimeOffset now = time.GetUtcNow();
        CheckSize(text ?? string.Empty);
        StoredMessage held = messages.Held(id, receipt, now);
        if (held.ExpiresAt < DateTimeOffset.MaxValue && now + hidden > held.ExpiresAt)
            throw StorageRefusal.OutOfRangeParameter("visibilitytimeout");
        return Change(messages, held, held with { Text = text ?? held.Text, VisibleAt = now + hidden });
    }

    public void Delete(string queue, string id, string receipt)
    {
        MemoryQueue messages = Of(queue);
        messages.Remove(messages.Held(id, receipt, time.GetUtcNow()));
    }

    private MemoryQueue Of(string name) =>
        _queues.TryGetValue(name, out MemoryQueue? queue) ? queue : throw StorageRefusal.QueueNotFound();

    private StoredMessage Change(MemoryQueue messages, StoredMessage before, StoredMessage after)
    {
        after = after with { PopReceipt = NextReceipt() };
        messages.Remove(before);
        messages.Add(after);
        return after;
    }

    private static void CheckSize(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxMessageBytes)
            throw StorageRefusal.BodyTooLarge();
    }

    private string NextReceipt() => $"memory{++_receipts:x8}";
}
