namespace ContestPipeline.Contracts;

/// <summary>
/// Places <see cref="From"/> to <see cref="To"/> (inclusive, from 1) each weigh the same: an amount in minor units or a share,
/// see <see cref="PrizeRules.IsFixed"/>.
/// </summary>
public sealed record PrizeTier(int From, int To, long Weight)
{
    public int Places => To - From + 1;
}

/// <summary>
/// What a prize structure means and when a definition's money rules can be kept. Pure; checked when a contest is created, relied
/// on when it is settled.
/// </summary>
public static class PrizeRules
{
    public const int BpsTotal = 10_000;
    public const int PlacesMax = 5_000_000;
    public const int TiersMax = 10_000;

    /// <summary>
    /// All prizes of a player travel in one message, which must stay below what the broker takes: a prize is 275 bytes at most,
    /// with the longest id and amounts.
    /// </summary>
    public const int PlayerEntriesMax = 3_000;

    /// <summary>No contest moves more than this, in minor units: far below where 64 bits end.</summary>
    public const long MoneyMaxMinor = 1_000_000_000_000_000;

    public const string Redistribute = "redistribute";
    public const string House = "house";
    public const string RankOrder = "rank_order";

    /// <returns>Null when the fee, the pool and the prizes of the definition fit together; otherwise what is wrong, what was
    /// expected and what came.</returns>
    public static string? Validate(ContestDefinitionV1 definition) =>
        MoneyError(definition) ?? ShapeError(definition.Prizes) ?? KindError(definition)
            ?? (definition.Prizes.Type == PrizeTypes.StakeReturnPlusShare ? null
                : TiersError(definition.Prizes) ?? CoverError(definition));

    /// <summary>
    /// True when the weights of the tiers are amounts in minor units that must be paid as they stand; false when they are shares
    /// of the pool.
    /// </summary>
    public static bool IsFixed(PrizeStructureV1 prizes) =>
        prizes.Type == PrizeTypes.RankTable
            || (prizes.Type is PrizeTypes.DoubleUp or PrizeTypes.FiftyFifty && prizes.AmountMinor is not null);

    /// <summary>
    /// The paid places with their weights, best first, contiguous from 1. Only for a structure that <see cref="Validate"/>
    /// accepts.
    /// </summary>
    public static IReadOnlyList<PrizeTier> Tiers(PrizeStructureV1 prizes) => prizes.Type switch
    {
        PrizeTypes.WinnerTakesAll => [new PrizeTier(1, 1, BpsTotal)],
        PrizeTypes.TopThreeEqual => [new PrizeTier(1, 3, 1)],
        PrizeTypes.TopThreeWeighted => [new PrizeTier(1, 1, 5_000), new PrizeTier(2, 2, 3_000), new PrizeTier(3, 3, 2_000)],
        PrizeTypes.Custom => [.. prizes.PercentBps!.Select((bps, i) => new PrizeTier(i + 1, i + 1, bps))],
        PrizeTypes.RankTable => [.. prizes.Ranges!.Select(r => new PrizeTier(r.From, r.To, r.AmountMinor!.Value))],
        PrizeTypes.PercentageTable => [.. prizes.Ranges!.Select(r => new PrizeTier(r.From, r.To, r.EachBps!.Value))],
        PrizeTypes.DoubleUp or PrizeTypes.FiftyFifty => [new PrizeTier(1, prizes.Places!.Value, prizes.AmountMinor ?? 1)],
        _ => throw new ArgumentException($"prize structure '{prizes.Type}' does not exist", nameof(prizes)),
    };

    /// <summary>The sum of the weights of all places.</summary>
    public static Int128 TotalWeight(IEnumerable<PrizeTier> tiers)
    {
        Int128 total = 0;
        foreach (var tier in tiers) total += (Int128)tier.Weight * tier.Places;
        return total;
    }

    /// <summary>
    /// Of Scoring and Payout: how much the house may add to the pool of one contest at most, in minor units of its currency.
    /// </summary>
    public const string OverlayMaxSetting = "CONTEST_OVERLAY_MAX_MINOR";

    /// <summary>Where nothing is set.</summary>
    public const int OverlayMaxMinorDefault = 1_000_000_000;

    /// <summary>
    /// The platform's part of what is forfeited in a challenge, all of it when nobody passed. Rounded down: the odd cent goes to
    /// the players.
    /// </summary>
    public static long ForfeitsToPlatformMinor(long forfeitedMinor, int toPlatformBps, int passers) =>
        passers == 0 ? forfeitedMinor : RakeMinor(forfeitedMinor, toPlatformBps);

    /// <summary>The house's share of all entry fees. Rounded down: the odd cent goes to the players.</summary>
    public static long RakeMinor(long entryFeesMinor, int rakeBps) => (long)((Int128)entryFeesMinor * rakeBps / BpsTotal);

    private static string? MoneyError(ContestDefinitionV1 d)
    {
        if (d.EntryFeeMinor is < 0 or > MoneyMaxMinor)
            return $"entryFeeMinor must be from 0 to {MoneyMaxMinor}; it is {d.EntryFeeMinor}";
        if (d.MaxEntries < 1) return $"maxEntries must be at least 1; it is {d.MaxEntries}";
        if (d.MaxEntriesPerPlayer is < 1 or > PlayerEntriesMax)
            return $"maxEntriesPerPlayer must be from 1 to {PlayerEntriesMax}; it is {d.MaxEntriesPerPlayer}";
        if (d.MinEntries < 0 || d.MinEntries > d.MaxEntries)
            return $"minEntries must be from 0 to maxEntries ({d.MaxEntries}); it is {d.MinEntries}";
        if ((Int128)d.EntryFeeMinor * d.MaxEntries > MoneyMaxMinor)
            return $"entryFeeMinor x maxEntries must be at most {MoneyMaxMinor}; {d.EntryFeeMinor} x {d.MaxEntries} is more";
        if (d.GuaranteedPoolMinor is < 1 or > MoneyMaxMinor)
            return $"guaranteedPoolMinor must be from 1 to {MoneyMaxMinor}, or absent; it is {d.GuaranteedPoolMinor}";
        if (d.RakeBps is < 0 or > BpsTotal) return $"rakeBps must be from 0 to {BpsTotal}; it is {d.RakeBps}";
        if (d.PlatformFeeBps is < 0 or > BpsTotal)
            return $"platformFeeBps must be from 0 to {BpsTotal}; it is {d.PlatformFeeBps}";
        return null;
    }

    /// <summary>A challenge pays whoever passed, everything else pays places.</summary>
    private static string? KindError(ContestDefinitionV1 d)
    {
        var isChallenge = d.Kind == ContestKinds.Verified;
        if (isChallenge != (d.Prizes.Type == PrizeTypes.StakeReturnPlusShare))
            return isChallenge ? $"prizes.type of a challenge must be {PrizeTypes.StakeReturnPlusShare}; it is '{d.Prizes.Type}'"
                : $"prizes.type {PrizeTypes.StakeReturnPlusShare} is of challenges only";
        if (!isChallenge) return null;
        if (d.Verified is not { } terms) return "verified is missing: without it nobody can pass";
        if (terms.ForfeitsToPlatformBps is < 0 or > BpsTotal
            || terms.ForfeitsToPlatformBps + (long)terms.ForfeitsToPassersBps != BpsTotal)
            return $"forfeitsToPlatformBps and forfeitsToPassersBps must sum to {BpsTotal}; they are "
                + $"{terms.ForfeitsToPlatformBps} and {terms.ForfeitsToPassersBps}";
        return d.RakeBps == 0 && d.GuaranteedPoolMinor is null
            ? null : "rakeBps must be 0 and guaranteedPoolMinor absent: the stakes are all there is";
    }

    private static string? ShapeError(PrizeStructureV1 p)
    {
        if (!PrizeTypes.All.Contains(p.Type))
            return $"prizes.type must be one of {string.Join(", ", PrizeTypes.All)}; it is '{p.Type}'";
        if (p.UnclaimedTo is not (Redistribute or House))
            return $"prizes.unclaimedTo must be {Redistribute} or {House}; it is '{p.UnclaimedTo}'";
        if (p.RemainderTo is not (RankOrder or House))
            return $"prizes.remainderTo must be {RankOrder} or {House}; it is '{p.RemainderTo}'";

        var flat = p.Type is PrizeTypes.DoubleUp or PrizeTypes.FiftyFifty;
        return Presence("percentBps", p.PercentBps is { Count: > 0 }, p.PercentBps is not null, p.Type == PrizeTypes.Custom)
            ?? Presence("ranges", p.Ranges is { Count: > 0 }, p.Ranges is not null,
                p.Type is PrizeTypes.RankTable or PrizeTypes.PercentageTable)
            ?? Presence("places", p.Places is not null, p.Places is not null, flat)
            ?? (p.AmountMinor is not null && !flat ? $"prizes.amountMinor is not used by {p.Type}; leave it out" : null);

        string? Presence(string field, bool filled, bool present, bool needed) => (filled, present, needed) switch
        {
            (false, _, true) => $"prizes.{field} is required by {p.Type}; it is missing or empty",
            (_, true, false) => $"prizes.{field} is not used by {p.Type}; leave it out",
            _ => null,
        };
    }

    private static string? TiersError(PrizeStructureV1 p)
    {
        if (p.Places is < 1 or > PlacesMax) return $"prizes.places must be from 1 to {PlacesMax}; it is {p.Places}";
        if (p.AmountMinor is < 1 or > MoneyMaxMinor)
            return $"prizes.amountMinor must be from 1 to {MoneyMaxMinor}; it is {p.AmountMinor}";
        if ((p.PercentBps?.Count ?? 0) > TiersMax || (p.Ranges?.Count ?? 0) > TiersMax)
            return $"prizes may name at most {TiersMax} tiers";

        var share = p.PercentBps?.FirstOrDefault(bps => bps is < 1 or > BpsTotal, 1);
        if (share is not (null or 1)) return $"prizes.percentBps must each be from 1 to {BpsTotal}; one is {share}";
        if (RangesError(p) is { } error) return error;

        var total = TotalWeight(Tiers(p));
        if (p.Type is PrizeTypes.Custom or PrizeTypes.PercentageTable && total != BpsTotal)
            return $"the shares of all places must sum to {BpsTotal} basis points (100 %); they sum to {total}";
        return null;
    }

    private static string? RangesError(PrizeStructureV1 p)
    {
        var next = 1;
        foreach (var range in p.Ranges ?? [])
        {
            if (range.From != next)
                return $"prizes.ranges must follow each other from place 1: expected one from place {next}, got {range.From} "
                    + $"to {range.To}";
            if (range.To < range.From || range.To > PlacesMax)
                return $"prizes.ranges: places {range.From} to {range.To} are no range within {PlacesMax} places";
            next = range.To + 1;

            var (wanted, other, name, otherName, max) = p.Type == PrizeTypes.RankTable
                ? (range.AmountMinor, (long?)range.EachBps, "amountMinor", "eachBps", MoneyMaxMinor)
                : (range.EachBps, range.AmountMinor, "eachBps", "amountMinor", (long)BpsTotal);
            if (wanted is null || wanted < 1 || wanted > max)
                return $"prizes.ranges: {name} of places {range.From} to {range.To} must be from 1 to {max}; it is "
                    + $"{wanted?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "missing"}";
            if (other is not null)
                return $"prizes.ranges: {otherName} is not used by {p.Type}; leave it out of places {range.From} to {range.To}";
        }

        return null;
    }

    /// <summary>
    /// Fixed amounts are promises: the guaranteed pool, or the pool of the fewest entries with which the contest runs, must cover
    /// them.
    /// </summary>
    private static string? CoverError(ContestDefinitionV1 d)
    {
        if (!IsFixed(d.Prizes)) return null;
        var promised = TotalWeight(Tiers(d.Prizes));
        if (d.GuaranteedPoolMinor is { } guaranteed)
            return promised <= guaranteed
                ? null
                : $"the prizes add up to {promised}, more than guaranteedPoolMinor {guaranteed}; raise the pool or lower the "
                    + $"prizes";

        var fees = d.EntryFeeMinor * d.MinEntries;
        var smallest = fees - RakeMinor(fees, d.RakeBps);
        return promised <= smallest ? null
            : $"the prizes add up to {promised}, but minEntries {d.MinEntries} bring in only {smallest} after rake; set "
                + $"guaranteedPoolMinor or raise minEntries";
    }
}
