namespace ContestPipeline.Contracts;

/// <summary>A currency in which contests may be held.</summary>
/// <param name="Code">ISO 4217, lower case as Stripe writes it.</param>
/// <param name="Exponent">Digits of its minor unit: 2 for cents, 0 where there is nothing smaller than the unit itself.</param>
/// <param name="EntryFeeMinorMin">What Stripe collects at least.</param>
public sealed record Currency(string Code, int Exponent, long EntryFeeMinorMin);

/// <summary>
/// The currencies of contests, as data: what is not here is refused when a contest is created, and not by Stripe when it is to be
/// paid.
/// </summary>
/// <remarks>
/// Source: docs.stripe.com/currencies. Left out on purpose are those whose amounts may not end in every digit, since prizes are
/// split to the minor unit: three-decimal ones (BHD, JOD, KWD, OMR, TND), ISK and UGX (whole hundreds), HUF and TWD (payouts in
/// whole hundreds).
/// </remarks>
public static class Currencies
{
    private static readonly Dictionary<string, Currency> s_all = new Currency[]
    {
        new("aud", 2, 50), new("brl", 2, 50), new("cad", 2, 50), new("chf", 2, 50), new("czk", 2, 15_00), new("dkk", 2, 2_50),
        new("eur", 2, 50),
        new("gbp", 2, 30), new("hkd", 2, 4_00), new("jpy", 0, 50), new("mxn", 2, 10_00), new("nok", 2, 3_00), new("nzd", 2, 50),
        new("pln", 2, 2_00),
        new("ron", 2, 2_00), new("sek", 2, 3_00), new("sgd", 2, 50), new("usd", 2, 50),
    }.ToDictionary(c => c.Code, StringComparer.Ordinal);

    public static IReadOnlyCollection<Currency> All => s_all.Values;

    /// <returns>Null when contests cannot be held in it.</returns>
    public static Currency? Find(string code) => s_all.GetValueOrDefault(code);

    /// <returns>Minor units as people write the amount: the exponent's digits after the point. An unknown currency is taken to
    /// have two.</returns>
    public static string Written(long amountMinor, string code)
    {
        var exponent = Find(code)?.Exponent ?? 2;
        var units = amountMinor / (decimal)Math.Pow(10, exponent);
        return units.ToString("N" + exponent.ToString(System.Globalization.CultureInfo.InvariantCulture),
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
