using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// HTML put together so that nothing goes in unencoded: <c>Html.Of($"&lt;p&gt;{name}&lt;/p&gt;")</c> encodes every text
/// in a hole and takes other <see cref="Html"/> as it is. Attributes must stand in double quotes.
/// </summary>
internal readonly record struct Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Nothing at all.</summary>
    public static Html None => default;

    /// <summary>Markup with encoded holes.</summary>
    public static Html Of(ref Builder markup) => new(markup.ToString());

    /// <summary>One after the other.</summary>
    public static Html Of(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.ToString())));

    /// <summary>Text that this repository wrote (a style sheet, a script, a drawing), taken as it is.</summary>
    public static Html Verbatim(string ours) => new(ours);

    /// <summary>The markup.</summary>
    public override string ToString() => _markup ?? "";

    /// <summary>What the compiler turns an interpolated string into. Only these types may stand in a hole.</summary>
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
