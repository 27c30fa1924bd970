using ContestPipeline.Replay.Effect;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>A contest's bar: how long each side is, of 300, and both in words.</summary>
public sealed record EffectBar(string ContestId, long Up, long Down, string Sum);

/// <summary>
/// How prizes change by contest in one currency, as a picture: the contests that change most, the longest side 300 long.
/// </summary>
/// <param name="Left">How many more contests change.</param>
public sealed record EffectPicture(string Currency, IReadOnlyList<EffectBar> Bars, int Left)
{
    private const int BarsMax = 12;
    private const long SideMax = 300;

    /// <returns>One picture of each currency in which a prize changes, by its name.</returns>
    public static IReadOnlyList<EffectPicture> Of(ReplayEffect effect) =>
    [
        .. effect.Contests.SelectMany(c => c.Prizes.Select(p => (c.ContestId, p)))
            .GroupBy(c => c.p.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Of(g.Key, [.. g])),
    ];

    private static EffectPicture Of(string currency, IReadOnlyList<(string ContestId, CentsEffect Effect)> contests)
    {
        var shown = contests.OrderByDescending(c => Math.Max(c.Effect.UpMinor, c.Effect.DownMinor))
            .ThenBy(c => c.ContestId, StringComparer.Ordinal).Take(BarsMax).ToArray();
        var longest = Math.Max(1, shown.Max(c => Math.Max(c.Effect.UpMinor, c.Effect.DownMinor)));
        return new EffectPicture(
            currency,
            [.. shown.Select(c => new EffectBar(
                c.ContestId, Length(c.Effect.UpMinor, longest), Length(c.Effect.DownMinor, longest),
                WishWords.Cents([c.Effect])))],
            contests.Count - shown.Length);
    }

    /// <summary>What is not zero is seen.</summary>
    private static long Length(long minor, long longest) =>
        minor == 0 ? 0 : Math.Max(1, (long)((Int128)minor * SideMax / longest));
}
