using System.Globalization;
using System.Text;

namespace ContestPipeline.Payout.Reports;

/// <summary>
/// The 1099-MISC report of a year as CSV (RFC 4180): one row per player who reached the threshold, box 3 (other income).
/// </summary>
/// <remarks>Names and taxpayer numbers of recipients are Stripe's to keep; the player id is what joins the two.</remarks>
public static class Form1099
{
    public const string Currency = "usd";

    private const string Header = "tax_year,payer_name,payer_tin,recipient_id,box3_other_income,contests,threshold";

    /// <param name="all">True: also players below the threshold.</param>
    public static IReadOnlyList<YearPaid> Reported(IEnumerable<YearPaid> paid, int year, TaxOptions options, bool all) =>
        [.. paid.Where(p => p.Year == year && p.Currency == Currency
            && (all || p.Winnings(options.Policy) >= options.ThresholdMinor(year)))
            .OrderBy(p => p.PlayerId, StringComparer.Ordinal)];

    public static string Csv(IReadOnlyList<YearPaid> reported, int year, TaxOptions options)
    {
        var csv = new StringBuilder(Header).Append("\r\n");
        foreach (var player in reported)
        {
            string[] fields =
            [
                year.ToString(CultureInfo.InvariantCulture), options.PayerName, options.PayerTin, player.PlayerId,
                Dollars(player.Winnings(options.Policy)), player.Contests.ToString(CultureInfo.InvariantCulture),
                Dollars(options.ThresholdMinor(year)),
            ];
            csv.AppendJoin(',', fields.Select(Field)).Append("\r\n");
        }

        return csv.ToString();
    }

    private static string Dollars(long minor) => (minor / 100m).ToString("F2", CultureInfo.InvariantCulture);

    /// <summary>Quoted where it has to be; what a spreadsheet would take for a formula is not left to it.</summary>
    private static string Field(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '@' ? "'" + text : text;
        return safe.AsSpan().ContainsAny(',', '"', '\n') || safe.Contains('\r', StringComparison.Ordinal)
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
