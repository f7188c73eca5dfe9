using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// HTML without unencoded text: <c>Html.Of($"&lt;p&gt;{name}&lt;/p&gt;")</c> encodes every interpolated text and inserts
/// other <see cref="Html"/> as it is. Attribute values must be in double quotes.
/// </summary>
internal readonly record struct Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Empty markup.</summary>
    public static Html None => default;

    /// <summary>Returns markup with its interpolated values encoded.</summary>
    public static Html Of(ref Builder markup) => new(markup.ToString());

    /// <summary>Concatenates the parts.</summary>
    public static Html Of(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.ToString())));

    /// <summary>Wraps text from this repository (a style sheet, a script, a drawing) without encoding it.</summary>
    public static Html Verbatim(string ours) => new(ours);

    /// <summary>Returns the markup.</summary>
    public override string ToString() => _markup ?? "";

    /// <summary>What the compiler turns an interpolated string into. Only these types can be interpolated.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Builder(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(Html part) => _text.Append(part);

        public void AppendFormatted(string? text) => _text.Append(Encoder.Encode(text ?? ""));

        public void AppendFormatted(long number) => _text.Append(number);

        public override string ToString() => _text.ToString();
    }
}
