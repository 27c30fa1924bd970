using ContestPipeline.Contracts;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// A settled contest with consistent totals: prizes of players, three per cent fee, a house overlay, a remainder of seven.
/// </summary>
public sealed class ContestBuilder
{
    private const long RemainderMinor = 7;
    private static readonly DateTimeOffset s_settledAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private ContestBuilder(IReadOnlyList<ContestAwardsV1> chunks, ContestSettledV1 settled)
    {
        Chunks = chunks;
        Settled = settled;
    }

    public IReadOnlyList<ContestAwardsV1> Chunks { get; }

    public ContestSettledV1 Settled { get; }

    /// <param name="prizes">Player and the gross of each of his prizes.</param>
    public static ContestBuilder Of(string contestId, int playersPerChunk, params (string PlayerId, long[] GrossMinor)[] prizes)
    {
        var players = prizes.Select(p => Player(contestId, p.PlayerId, p.GrossMinor)).ToArray();
        var chunks = players.Chunk(playersPerChunk).Select((c, i) => new ContestAwardsV1(contestId, 1, i, "usd", c)).ToArray();
        var grossMinor = players.Sum(p => p.GrossMinor);
        var feeMinor = players.Sum(p => p.FeeMinor);
        var poolMinor = grossMinor + RemainderMinor;
        return new ContestBuilder(chunks, new ContestSettledV1(
            contestId, 1, "definition", "usd", EntryCount: 10, EntryFeesMinor: 0, RakeMinor: 0, poolMinor,
            OverlayMinor: poolMinor, SurplusMinor: 0, grossMinor, feeMinor, grossMinor - feeMinor, RemainderMinor, players.Length,
            chunks.Length, "digest", s_settledAt));
    }

    /// <summary>A later revision: compensating awards, paid by the house.</summary>
    public static ContestBuilder Further(string contestId, int revision, params (string PlayerId, long[] GrossMinor)[] prizes)
    {
        var built = Of(contestId, 100, prizes);
        var grossMinor = built.Settled.PrizesGrossMinor;
        return new ContestBuilder(
            [.. built.Chunks.Select(c => c with { Revision = revision })],
            built.Settled with { Revision = revision, PoolMinor = grossMinor, OverlayMinor = grossMinor, HouseRemainderMinor = 0,
                Digest = $"digest-{revision}" });
    }

    public static ContestBuilder Of(string contestId, params string[] players) =>
        Of(contestId, 100, [.. players.Select((p, i) => (p, new long[] { 10_000 + i }))]);

    /// <summary>
    /// The prizes are for the entries that <c>CollectionRig</c> enters: player p0 of the contest has e0, and so on.
    /// </summary>
    public ContestBuilder OfEntered() => new(
        [.. Chunks.Select(c =>
            c with { Players =
                [.. c.Players.Select(p =>
                    p with { Prizes = [.. p.Prizes.Select(z => z with { EntryId = $"e{p.PlayerId[^1]}" })] })] })], Settled);

    public ContestBuilder In(string currency) =>
        new([.. Chunks.Select(c => c with { Currency = currency })], Settled with { Currency = currency });

    private static PlayerAwardsV1 Player(string contestId, string playerId, long[] grossMinor)
    {
        var prizes = grossMinor.Select((gross, i) =>
        {
            var fee = (gross * 300 + 5_000) / 10_000;
            return new PrizeV1($"{contestId}-{playerId}-{i}", i + 1, 100, gross, fee, gross - fee);
        }).ToArray();
        return new PlayerAwardsV1(
            playerId, prizes.Sum(p => p.GrossMinor), prizes.Sum(p => p.FeeMinor), prizes.Sum(p => p.NetMinor), prizes);
    }
}
