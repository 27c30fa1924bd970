using System.Globalization;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Prizes;

/// <summary>
/// Reads a payout table as operators publish them: a line for each place or span of places and its prize, such as
/// <c>1st $1,000.00</c>, <c>2,500</c>, <c>4th - 10th: $25</c>. Pure.
/// </summary>
internal static partial class ReadPayoutTable
{
    public const int LinesMax = 10_000;

    /// <param name="lines">Empty ones are passed over, and before the first prize those without a digit, such as a
    /// heading.</param>
    /// <param name="currency">Of the prizes: how many digits stand behind the point.</param>
    /// <returns>Ranges from place 1 on without a gap.</returns>
    /// <exception cref="InvalidDataException">A line is none, or does not go on where the one before it ends.</exception>
    public static IReadOnlyList<PrizeRangeV1> Of(IEnumerable<string> lines, Currency currency)
    {
        var ranges = new List<PrizeRangeV1>();
        var next = 1;
        foreach (var (index, line) in lines.Index())
        {
            if (string.IsNullOrWhiteSpace(line) || (ranges.Count == 0 && !line.Any(char.IsAsciiDigit))) continue;
            var at = string.Create(CultureInfo.InvariantCulture, $"line {index + 1}");
            if (ranges.Count == LinesMax) throw new InvalidDataException($"{at}: more than {LinesMax} lines of prizes");
            if (Row().Match(line.Trim()) is not { Success: true } row)
                throw new InvalidDataException(
                    $"{at}: expected a place and a prize, such as '2nd - 5th $25.00', got '{line.Trim()}'");
            var from = Place(row.Groups["from"].Value, at);
            var to = row.Groups["to"].Success ? Place(row.Groups["to"].Value, at) : from;
            if (from != next)
                throw new InvalidDataException(
                    $"{at}: expected place {next}, got {from}: {(from > next ? "a gap" : "named twice")}");
            if (to < from) throw new InvalidDataException($"{at}: places {from} to {to} run backwards");
            ranges.Add(new PrizeRangeV1(from, to, Minor(row.Groups["prize"].Value, currency, at)));
            next = to + 1;
        }

        return ranges.Count > 0 ? ranges : throw new InvalidDataException("there is no line with a place and a prize");
    }

    private static int Place(string text, string at) =>
        int.TryParse(
            text.Replace(",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            && place is >= 1 and <= PrizeRules.PlacesMax
            ? place : throw new InvalidDataException($"{at}: {text} is no place from 1 to {PrizeRules.PlacesMax}");

    private static long Minor(string text, Currency currency, string at)
    {
        decimal unit = 1;
        for (var i = 0; i < currency.Exponent; i++) unit *= 10;
        if (!decimal.TryParse(text, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var amount) || amount * unit is <= 0 or > PrizeRules.MoneyMaxMinor
            || amount * unit != decimal.Truncate(amount * unit))
            throw new InvalidDataException($"{at}: {text} is no prize in {currency.Code}");
        return (long)(amount * unit);
    }

    [GeneratedRegex("""^"?(?<from>\d[\d,]*?)(?:st|nd|rd|th)?(?:\s*(?:-|–|to)\s*(?<to>\d[\d,]*?)(?:st|nd|rd|th)?)?"?(?:\s*[,;:\t]\s*|\s+)"?[$€£]?\s*(?<prize>\d[\d,]*(?:\.\d+)?)"?$""", RegexOptions.IgnoreCase)]
    private static partial Regex Row();
}
