using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>All SQL of contests, their settlements and awards. Each statement runs inside the caller's transaction.</summary>
public static class AwardsSql
{
    private const string ReceivedColumns =
        """
        contest_id, revision, currency, state, chunks_received, players_received, gross_received_minor, fee_received_minor,
        net_received_minor, chunks_posted
        """;

    /// <summary>Makes the contest's row when this is the first that is heard of it.</summary>
    public static Task OpenContest(this Tx tx, string contestId, int revision, string currency) => tx.Execute(
        """
        insert into payout.contest (contest_id, revision, currency, state, opened_at)
        values (@contestId, @revision, @currency, 'receiving', @Now)
        on conflict do nothing
        """,
        new { contestId, revision, currency, tx.Now });

    public static async Task<ReceivedContest> LockReceived(this Tx tx, string contestId, int revision) =>
        await tx.QueryOne<ReceivedContest>(
            $"""
            select {ReceivedColumns}
            from payout.contest
            where contest_id = @contestId and revision = @revision
            for update
            """,
            new { contestId, revision }) ?? throw new InvariantException($"contest {contestId} revision {revision} has no row");

    /// <returns>False when the same chunk is stored already.</returns>
    public static async Task<bool> ClaimChunk(this Tx tx, ContestAwardsV1 chunk, string bodyHash)
    {
        var key = new { chunk.ContestId, chunk.Revision, chunk.Chunk, bodyHash };
        var written = await tx.Execute(
            """
            insert into payout.award_chunk (contest_id, revision, chunk, body_hash)
            values (@ContestId, @Revision, @Chunk, @bodyHash)
            on conflict do nothing
            """,
            key);
        if (written == 1) return true;
        var earlier = await tx.QueryOne<string>(
            "select body_hash from payout.award_chunk where contest_id = @ContestId and revision = @Revision and chunk = @Chunk",
            key);
        Invariant.Holds(earlier == bodyHash,
            $"awards of contest {chunk.ContestId} revision {chunk.Revision} chunk {chunk.Chunk} came before with another body");
        return false;
    }

    public static async Task CopyAwards(this Tx tx, ContestAwardsV1 chunk)
    {
        await using var copy = await CopyRows.Begin(
            tx,
            """
            copy payout.award (contest_id, revision, chunk, player_id, entry_id, place, points, gross_minor, fee_minor, net_minor,
                stake_minor)
            from stdin (format binary)
            """,
            11);
        foreach (var player in chunk.Players)
        {
            foreach (var prize in player.Prizes)
            {
                await copy.Row();
                copy.Add(chunk.ContestId);
                copy.Add(chunk.Revision);
                copy.Add(chunk.Chunk);
                copy.Add(player.PlayerId);
                copy.Add(prize.EntryId);
                copy.Add(prize.Rank);
                copy.Add(prize.Points);
                copy.Add(prize.GrossMinor);
                copy.Add(prize.FeeMinor);
                copy.Add(prize.NetMinor);
                copy.Add(prize.StakeMinor ?? 0);
            }
        }

        await copy.Complete();
    }

    public static async Task CountReceived(this Tx tx, ContestAwardsV1 chunk)
    {
        var written = await tx.Execute(
            """
            update payout.contest
            set chunks_received = chunks_received + 1, players_received = players_received + @players,
                gross_received_minor = gross_received_minor + @grossMinor, fee_received_minor = fee_received_minor + @feeMinor,
                net_received_minor = net_received_minor + @netMinor
            where contest_id = @ContestId and revision = @Revision and currency = @Currency and state = 'receiving'
            """,
            new
            {
                players = chunk.Players.Count,
                grossMinor = chunk.Players.Sum(p => p.GrossMinor),
                feeMinor = chunk.Players.Sum(p => p.FeeMinor),
                netMinor = chunk.Players.Sum(p => p.NetMinor),
                chunk.ContestId,
                chunk.Revision,
                chunk.Currency,
            });
        Invariant.Holds(written == 1,
            $"contest {chunk.ContestId} revision {chunk.Revision} takes no further award chunk in {chunk.Currency}");
    }

    /// <returns>False when the same settlement is stored already.</returns>
    public static async Task<bool> StoreSettlement(this Tx tx, ContestSettledV1 settled, string bodyHash)
    {
        var written = await tx.Execute(
            """
            insert into payout.settlement
                (contest_id, revision, body_hash, award_chunks, winners, entry_fees_minor, rake_minor, pool_minor, overlay_minor,
                    surplus_minor,
                 prizes_gross_minor, platform_fees_minor, prizes_net_minor, house_remainder_minor, digest, settled_at,
                     definition_hash)
            values
                (@ContestId, @Revision, @bodyHash, @AwardChunks, @Winners, @EntryFeesMinor, @RakeMinor, @PoolMinor, @OverlayMinor,
                    @SurplusMinor,
                 @PrizesGrossMinor, @PlatformFeesMinor, @PrizesNetMinor, @HouseRemainderMinor, @Digest, @At, @DefinitionHash)
            on conflict do nothing
            """,
            new
            {
                bodyHash, settled.ContestId, settled.Revision, settled.AwardChunks, settled.Winners, settled.EntryFeesMinor,
                settled.RakeMinor,
                settled.PoolMinor, settled.OverlayMinor, settled.SurplusMinor, settled.PrizesGrossMinor,
                settled.PlatformFeesMinor,
                settled.PrizesNetMinor, settled.HouseRemainderMinor, settled.Digest, settled.At, settled.DefinitionHash,
            });
        if (written == 1) return true;
        Invariant.Holds(await tx.IsSettledLike(settled, bodyHash),
            $"settlement of contest {settled.ContestId} revision {settled.Revision} came before with another body");
        return false;
    }

    /// <summary>A Settlement whose database went back says at another time what it said before: the first time stays.</summary>
    private static Task<bool> IsSettledLike(this Tx tx, ContestSettledV1 settled, string bodyHash) => tx.QueryOne<bool>(
        """
        select body_hash = @bodyHash
            or (award_chunks, winners, entry_fees_minor, rake_minor, pool_minor, overlay_minor, surplus_minor, prizes_gross_minor,
                platform_fees_minor, prizes_net_minor, house_remainder_minor, digest, definition_hash)
            is not distinct from
               (@AwardChunks, @Winners, @EntryFeesMinor, @RakeMinor, @PoolMinor, @OverlayMinor, @SurplusMinor, @PrizesGrossMinor,
                @PlatformFeesMinor, @PrizesNetMinor, @HouseRemainderMinor, @Digest, @DefinitionHash)
        from payout.settlement
        where contest_id = @ContestId and revision = @Revision
        """,
        new
        {
            bodyHash, settled.ContestId, settled.Revision, settled.AwardChunks, settled.Winners, settled.EntryFeesMinor,
            settled.RakeMinor, settled.PoolMinor, settled.OverlayMinor, settled.SurplusMinor, settled.PrizesGrossMinor,
            settled.PlatformFeesMinor, settled.PrizesNetMinor, settled.HouseRemainderMinor, settled.Digest,
            settled.DefinitionHash,
        });

    public static Task<SettledTotals?> Totals(this Tx tx, string contestId, int revision) => tx.QueryOne<SettledTotals>(
        """
        select contest_id, revision, award_chunks, winners, entry_fees_minor, rake_minor, pool_minor, overlay_minor,
            surplus_minor,
            prizes_gross_minor, platform_fees_minor, prizes_net_minor, house_remainder_minor
        from payout.settlement
        where contest_id = @contestId and revision = @revision
        """,
        new { contestId, revision });

    public static async Task SetContestState(this Tx tx, ReceivedContest contest, PayingState state, string? reason)
    {
        var written = await tx.Execute(
            """
            update payout.contest
            set state = @state, held_reason = @reason
            where contest_id = @ContestId and revision = @Revision
            """,
            new { state = state.Word(), reason, contest.ContestId, contest.Revision });
        Invariant.Holds(written == 1, $"contest {contest.ContestId}: updated {written} rows");
    }

    /// <returns>Those of the contests whose first result is held.</returns>
    public static Task<IReadOnlyList<string>> HeldOf(this Tx tx, IReadOnlyList<string> contests) => tx.Query<string>(
        "select contest_id from payout.contest where contest_id = any(@contests) and revision = 1 and state = 'held' order by "
            + "contest_id", new { contests });

    /// <param name="passedOver">Contests that are left alone for now.</param>
    /// <returns>A contest of which a result is held; null when there is none.</returns>
    public static Task<string?> HeldContest(this Tx tx, IReadOnlyCollection<string> passedOver) => tx.QueryOne<string>(
        "select contest_id from payout.contest where state = 'held' and contest_id <> all(@passedOver) order by contest_id, "
            + "revision limit 1",
        new { passedOver = passedOver.ToArray() });

    /// <param name="passedOver">Contests that are left alone for now.</param>
    /// <returns>A contest with awards to post that no other worker is posting, its earlier revisions complete; null when there is
    /// none.</returns>
    public static Task<ReceivedContest?> NextToPost(
        this Tx tx, IReadOnlyCollection<string> passedOver) => tx.QueryOne<ReceivedContest>(
        $"""
        select {ReceivedColumns}
        from payout.contest c
        where state = 'posting' and contest_id <> all(@passedOver) and not exists (
            select from payout.contest e where e.contest_id = c.contest_id and e.revision < c.revision and e.completed_at is null)
        order by contest_id, revision
        limit 1
        for update of c skip locked
        """,
        new { passedOver = passedOver.ToArray() });
}
