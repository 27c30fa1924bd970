using System.Globalization;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Effect;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>Says in words which records a replay is about, and what moves.</summary>
public static class WishWords
{
    /// <returns>A sentence.</returns>
    public static string Of(ReplayWish wish)
    {
        string?[] parts =
        [
            wish.Contest is { } contest ? $"about contest {contest} or its games" : null,
            wish.Game is { } game ? $"about game {game}" : null,
            wish.Key is { } key ? $"with the key {key}" : null,
            wish.Partition is { } partition ? $"of partition {Whole(partition)}" : null,
            wish.FromOffset is { } first ? $"from offset {Whole(first)}" : null,
            wish.ToOffset is { } last ? $"up to offset {Whole(last)} and without it" : null,
            wish.NotBefore is { } begin ? $"written from {Written.Time(begin)} UTC" : null,
            wish.Before is { } end ? $"written before {Written.Time(end)} UTC" : null,
            wish.OfReplay is { } run ? $"that run {run} produced" : null,
            wish.Reprocess ? "handled anew where they are known" : null,
        ];
        var said = parts.OfType<string>().ToArray();
        return said.Length == 0 ? "All records that the topic holds." : $"Records {string.Join(", ", said)}.";
    }

    /// <returns><c>+1.00 USD −2.00 USD</c>; <c>0</c> of nothing.</returns>
    public static string Cents(IReadOnlyList<CentsEffect> cents) => cents.Count == 0 ? "0" : string.Join(", ", cents.Select(c =>
        string.Join(' ', (string[])
        [
            .. c.UpMinor > 0 ? (string[])[$"+{Written.Money(c.UpMinor, c.Currency)}"] : [],
            .. c.DownMinor > 0 ? (string[])[$"−{Written.Money(c.DownMinor, c.Currency)}"] : [],
        ])));

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
