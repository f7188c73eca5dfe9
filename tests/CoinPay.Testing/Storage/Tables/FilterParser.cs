using System.Globalization;

namespace CoinPay.Testing.Storage.Tables;

/// <summary>
/// Reads <c>$filter</c>: comparisons, and, or, not, parentheses; a property alone is a Boolean.
/// Source: https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities
/// </summary>
internal ref struct FilterParser
{
    private const int MaxComparisons = 15;
    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _comparisons;

    private FilterParser(string text) => _text = text;

    public static Filter? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            FilterParser parser = new(text);
            Filter parsed = parser.Or();
            return parser.Skip() == parser._text.Length ? parsed : throw new FormatException("It goes on after its end.");
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException)
        {
            throw StorageRefusal.InvalidInput($"The filter {text} is not understood: {malformed.Message}");
        }
    }

    private Filter Or()
    {
        Filter left = And();
        while (Take("or"))
            left = new Either(left, And());
        return left;
    }

    private Filter And()
    {
        Filter left = Term();
        while (Take("and"))
            left = new Both(left, Term());
        return left;
    }

    private Filter Term()
    {
        if (Take("not"))
            return new Not(Term());
        if (TakeSign('('))
        {
            Filter inner = Or();
            return TakeSign(')') ? inner : throw new FormatException("A parenthesis stays open.");
        }
        return ReadComparison();
    }

    private Comparison ReadComparison()
    {
        // The documented limit; the service may take more today.
        if (++_comparisons > MaxComparisons)
            throw new FormatException($"It has more than {MaxComparisons} comparisons.");
        string property = Word();
        if (property.Length == 0)
            throw new FormatException($"A property is missing at {_at}.");
        int before = _at;
        string operation = Word();
        if (operation is "eq" or "ne" or "gt" or "ge" or "lt" or "le")
            return new(property, operation, Literal());
        _at = before;
        return new(property, "eq", true);
    }

    private object Literal()
    {
        string word = Word();
        if (_at < _text.Length && _text[_at] == '\'')
            return word switch
            {
                "" => Quoted(),
                "datetime" => DateTimeOffset.Parse(Quoted(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                "guid" => Guid.Parse(Quoted()),
                "X" or "binary" => Convert.FromHexString(Quoted()),
                _ => throw new FormatException($"There is no literal {word}'…'."),
            };
        return word switch
        {
            "true" => true,
            "false" => false,
            [.. string digits, 'L' or 'l'] => long.Parse(digits, CultureInfo.InvariantCulture),
            _ when int.TryParse(word, CultureInfo.InvariantCulture, out int whole) => whole,
            _ => double.Parse(word, CultureInfo.InvariantCulture),
        };
    }

    private string Quoted() => Quotation.Read(_text, ref _at);

    private string Word()
    {
        int start = Skip();
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.' or '-' or '+'))
            _at++;
        return _text[start.._at].ToString();
    }

    private bool Take(string word)
    {
        int before = Skip();
        if (Word() == word)
            return true;
        _at = before;
        return false;
    }

    private bool TakeSign(char sign)
    {
        if (Skip() == _text.Length || _text[_at] != sign)
            return false;
        _at++;
        return true;
    }

    private int Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
        return _at;
    }
}
