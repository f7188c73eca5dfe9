using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace CoinPay.Testing.Storage.Queues;

/// <summary>The bodies of the queue service.</summary>
internal static class QueueXml
{
    /// <summary>Returns a message's text, or null if there is no body, which keeps the text in an update.</summary>
    public static string? ReadText(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return null;
        try
        {
            using MemoryStream stream = new(body.ToArray());
            return XElement.Load(stream, LoadOptions.PreserveWhitespace).Element("MessageText")?.Value;
        }
        catch (XmlException malformed)
        {
            throw new StorageRefusal(400, "InvalidXmlDocument", malformed.Message);
        }
    }

    public static ReadOnlyMemory<byte> Messages(
        IEnumerable<StoredMessage> messages, Func<StoredMessage, IEnumerable<XElement>> parts) =>
        Bytes(new("QueueMessagesList", messages.Select(message => new XElement("QueueMessage", parts(message)))));

    public static IEnumerable<XElement> Put(StoredMessage message) =>
        [.. Ids(message), new("PopReceipt", message.PopReceipt), new("TimeNextVisible", Instant(message.VisibleAt))];

    public static IEnumerable<XElement> Got(StoredMessage message) => [.. Put(message), .. Contents(message)];

    public static IEnumerable<XElement> Peeked(StoredMessage message) => [.. Ids(message), .. Contents(message)];

    public static ReadOnlyMemory<byte> Queues(IEnumerable<string> names) => Bytes(new(
        "EnumerationResults",
        new XElement("Queues", names.Select(name => new XElement("Queue", new XElement("Name", name)))),
        new XElement("NextMarker")));

    public static ReadOnlyMemory<byte> Refused(StorageRefusal refusal) =>
        Bytes(new("Error", new XElement("Code", refusal.Code), new XElement("Message", refusal.Message)));

    /// <summary>RFC 1123, to the second: also the form of the header of an update.</summary>
    public static string Instant(DateTimeOffset instant) => instant.ToString("R", CultureInfo.InvariantCulture);

    private static XElement[] Ids(StoredMessage message) =>
    [
        new("MessageId", message.Id),
        new("InsertionTime", Instant(message.InsertedAt)),
        new("ExpirationTime", Instant(message.ExpiresAt)),
    ];

    private static XElement[] Contents(StoredMessage message) =>
        [new("DequeueCount", message.DequeueCount), new("MessageText", message.Text)];

    private static byte[] Bytes(XElement element) =>
        Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
}
