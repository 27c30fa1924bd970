using System.Globalization;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Reports;

/// <summary>What counts as a year's winnings.</summary>
public enum TaxPolicy
{
    /// <summary>What was transferred to the player: prizes less the platform's fee.</summary>
    NetOfFees,

    /// <summary>Prizes before the platform's fee.</summary>
    Gross,
}

/// <summary>From which sum on a year's winnings are reported, and by whom.</summary>
/// <param name="ThresholdsMinor">First year for which a threshold holds, and the threshold in minor units of US dollars.</param>
/// <remarks>
/// Source: 1099-MISC, $600 through 2025, $2,000 from 2026-01-01 (Pub. L. 119-21); later years are configured with TAX_THRESHOLDS.
/// </remarks>
public sealed record TaxOptions(
    TaxPolicy Policy, IReadOnlyDictionary<int, long> ThresholdsMinor, string PayerName, string PayerTin)
{
    /// <summary>Money records are never deleted; this is how long the law needs them.</summary>
    public const int RecordsKeptYears = 7;

    private static readonly Dictionary<int, long> s_thresholdsMinor = new() { [1954] = 600_00, [2026] = 2_000_00 };

    public static TaxOptions Default { get; } = new(TaxPolicy.NetOfFees, s_thresholdsMinor, "", "");

    /// <exception cref="ArgumentOutOfRangeException">Before there was such a form.</exception>
    public long ThresholdMinor(int year)
    {
        var from = ThresholdsMinor.Keys.Where(y => y <= year).DefaultIfEmpty(0).Max();
        return from > 0
            ? ThresholdsMinor[from]
            : throw new ArgumentOutOfRangeException(nameof(year), year, "no threshold holds for this year");
    }

    public static TaxOptions From(IConfiguration settings)
    {
        var policy = settings.Declared("TAX_POLICY") == "gross" ? TaxPolicy.Gross : TaxPolicy.NetOfFees;
        return new TaxOptions(policy, Thresholds(settings.Optional("TAX_THRESHOLDS")), settings.Optional("TAX_PAYER_NAME") ?? "",
            settings.Optional("TAX_PAYER_TIN") ?? "");
    }

    /// <param name="text"><c>2027=210000,2028=220000</c>: first year and minor units.</param>
    private static Dictionary<int, long> Thresholds(string? text)
    {
        var thresholds = new Dictionary<int, long>(s_thresholdsMinor);
        foreach (var part in text?.Split(',') ?? [])
        {
            var sides = part.Split('=');
            if (sides.Length != 2 || !int.TryParse(sides[0], CultureInfo.InvariantCulture, out var year)
                || year is < 2027 or > 2200
                || !long.TryParse(sides[1], CultureInfo.InvariantCulture, out var minor) || minor < 0)
                throw new SettingException("TAX_THRESHOLDS",
                    $"must be years after 2026 with minor units, such as 2027=210000,2028=220000, not '{text}'");
            thresholds[year] = minor;
        }

        return thresholds;
    }
}

/// <summary>What a player was paid in a year (UTC, by the day of the transfer), in minor units.</summary>
/// <param name="PaidMinor">Transferred, less what was reversed, and without the player's own stakes in it.</param>
/// <param name="FeesMinor">The platform's fees on what was paid, less those on what was reversed.</param>
public sealed record YearPaid(string PlayerId, int Year, string Currency, long PaidMinor, long FeesMinor, int Contests)
{
    public long Winnings(TaxPolicy policy) => policy == TaxPolicy.Gross ? PaidMinor + FeesMinor : PaidMinor;
}
