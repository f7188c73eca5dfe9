using System.Text;
using System.Text.Json.Nodes;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>Makes right requests wrong, as hostile or broken clients do.</summary>
internal sealed class Mutation(Random random)
{
    private const int Deep = 2_000;
    private const int Huge = 70_000;

    private static readonly string[] Texts =
    [
        "", " ", "\0", "\u0007", "é", "💶", "\u202e", "\ud83d\ude00", "'", "' or 1 eq 1", "\"", "\\", "/", "#", "?", "..", "null", "-1", "1e9", "NaN",
        "0x", "00", "1.", ".5", "999999999999999999999999999999999999", "<script>", "{{7*7}}", "%00", "inv_", "*", "2026-13-45T99:99:99Z",
        new('a', 300), new('9', 120), new('x', Huge),
    ];

    /// <summary>One of the texts that programs stumble over.</summary>
    public string Text() => Texts[random.Next(Texts.Length)];

    /// <summary>The bytes of a body after something was done to it, or to its text.</summary>
    public byte[] Body(JsonNode? body)
    {
        for (int i = random.Next(1, 4); i > 0; i--)
            body = Node(body);
        string text = body?.ToJsonString() ?? "null";
        return random.Next(12) switch
        {
            0 => Encoding.UTF8.GetBytes(text[..random.Next(text.Length + 1)]),
            1 => [.. Encoding.UTF8.GetBytes(text), 0, 0xff],
            2 => Encoding.Unicode.GetBytes(text),
            3 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", Deep)) + string.Concat(Enumerable.Repeat("]", Deep))),
            4 => Encoding.UTF8.GetBytes(text.Replace("\":", "\":{\"a\":", StringComparison.Ordinal)),
            5 => Encoding.UTF8.GetBytes(text.Replace("\"", "\"\\ud800", StringComparison.Ordinal)),
            _ => Encoding.UTF8.GetBytes(text),
        };
    }

    private JsonNode? Node(JsonNode? node)
    {
        if (node is JsonObject body && body.Count > 0 && random.Next(5) > 0)
        {
            string name = body.ElementAt(random.Next(body.Count)).Key;
            Change(body, name);
            return body;
        }
        return Value();
    }

    private void Change(JsonObject body, string name)
    {
        JsonNode? value = body[name];
        switch (random.Next(6))
        {
            case 0:
                body.Remove(name);
                break;
            case 1:
                body[Text()] = Value();
                break;
            case 2:
                body.Remove(name);
                body[name.ToUpperInvariant()] = value;
                break;
            case 3:
                body[name] = new JsonArray(value?.DeepClone(), value?.DeepClone());
                break;
            case 4 when value is JsonObject inner:
                body[name] = Node(inner.DeepClone());
                break;
            default:
                body[name] = Value();
                break;
        }
    }

    private JsonNode? Value() => random.Next(9) switch
    {
        0 => null,
        1 => random.Next(),
        2 => -1,
        3 => JsonNode.Parse("1e400"),
        4 => random.Next(2) == 0,
        5 => new JsonArray(),
        6 => new JsonObject { [Text()] = Text() },
        _ => Text(),
    };
}
