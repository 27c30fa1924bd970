using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using System.Diagnostics;

namespace ContestPipeline.Payout.Awards;

/// <summary>The ledger lines of a settled contest. Pure: the same awards always make the same lines with the same ids.</summary>
public static class AwardLines
{
    /// <summary>What makes the pool: fees less rake and surplus, and the house's overlay.</summary>
    /// <param name="grounds">Of a challenge, what the house keeps of the stakes is its part of what was forfeited, and no
    /// rake.</param>
    public static List<LedgerLine> Pool(SettledTotals totals, string currency, ResultGrounds grounds)
    {
        var fees = grounds.Funding == StakeFunding.Wallet ? LedgerAccounts.Stakes(totals.ContestId) : LedgerAccounts.EntryFees;
        var pool = LedgerAccounts.PrizePool(totals.ContestId);
        var lines = new List<LedgerLine>();
        Add(lines, totals, currency, "entry-fees", fees, pool,
            totals.EntryFeesMinor - totals.RakeMinor - totals.SurplusMinor);
        Add(lines, totals, currency, grounds.StakeMinor is null ? "rake" : "forfeits", fees, LedgerAccounts.PlatformFees,
            totals.RakeMinor);
        Add(lines, totals, currency, "surplus", fees, LedgerAccounts.HouseOverlay, totals.SurplusMinor);
        Add(lines, totals, currency, "overlay", LedgerAccounts.HouseOverlay, pool, totals.OverlayMinor);
        return lines;
    }

    /// <summary>What is left in the pool by the prize structure goes to the house, as a line of its own.</summary>
    public static List<LedgerLine> Remainder(SettledTotals totals, string currency)
    {
        var lines = new List<LedgerLine>();
        Add(lines, totals, currency, "remainder", LedgerAccounts.PrizePool(totals.ContestId), LedgerAccounts.HouseRounding,
            totals.HouseRemainderMinor);
        return lines;
    }

    /// <summary>One line per prize to the player, one per player for the platform's fee.</summary>
    /// <param name="awards">In order of chunk and player.</param>
    public static List<LedgerLine> Prizes(string contestId, int revision, string currency, IReadOnlyList<Award> awards)
    {
        var pool = LedgerAccounts.PrizePool(contestId);
        var lines = new List<LedgerLine>(awards.Count * 2);
        foreach (var player in awards.GroupBy(a => (a.Chunk, a.PlayerId)))
        {
            var payable = LedgerAccounts.PlayerPayable(player.Key.PlayerId);
            foreach (var award in player)
            {
                var words = $"award/{contestId}/{revision}/{award.EntryId}";
                lines.Add(new LedgerLine(words, pool, payable, currency, award.GrossMinor, "award", words, contestId, revision));
            }

            var feeMinor = player.Sum(a => a.FeeMinor);
            if (feeMinor == 0) continue;
            var fee = $"fee/{contestId}/{revision}/{player.Key.PlayerId}";
            lines.Add(new LedgerLine(
                fee, payable, LedgerAccounts.PlatformFees, currency, feeMinor, "platform-fee", fee, contestId, revision));
        }

        return lines;
    }

    private static void Add(
        List<LedgerLine> lines, SettledTotals totals, string currency, string code, string debit, string credit, long amountMinor)
    {
        if (amountMinor == 0) return;
        var words = $"{code}/{totals.ContestId}/{totals.Revision}";
        lines.Add(new LedgerLine(words, debit, credit, currency, amountMinor, code, words, totals.ContestId, totals.Revision));
    }
}

/// <summary>One stored prize.</summary>
public sealed record Award(int Chunk, string PlayerId, string EntryId, long GrossMinor, long FeeMinor, long NetMinor);

/// <summary>
/// Posts the awards of released contests, some chunks a transaction, and completes the contest with the last: then its payouts
/// can be claimed.
/// </summary>
public sealed class PostAwardsJob(int awardsPerTransaction = PostAwardsJob.AwardsPerTransaction) : IJob
{
    /// <summary>About as many as a transaction takes; a chunk is never split.</summary>
    public const int AwardsPerTransaction = 20_000;

    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.NextToPost(failed.PassedOver(tx)) is not { } contest) return false;
        failed.Begin(contest.ContestId);
        var trace = await tx.TraceOf(PayoutTraces.Of(contest.ContestId, contest.Revision));
        using var span = Telemetry.Begin("post awards", ActivityKind.Internal, trace)?.SetTag("contest_id", contest.ContestId);
        await Post(contest, tx);
        return true;
    }

    private async Task Post(ReceivedContest contest, Tx tx)
    {
        var totals = await tx.Totals(contest.ContestId, contest.Revision)
            ?? throw new InvariantException($"contest {contest.ContestId} is being posted without totals");
        var grounds = await tx.Grounds(contest.ContestId, contest.Revision);
        var lines = contest.ChunksPosted == 0 ? AwardLines.Pool(totals, contest.Currency, grounds) : [];
        var posted = contest.ChunksPosted;
        if (posted < totals.AwardChunks)
        {
            var before = await tx.ChunksUpTo(contest.ContestId, contest.Revision, posted, awardsPerTransaction);
            var awards = await tx.Awards(contest.ContestId, contest.Revision, posted, before);
            var chunks = awards.Select(a => a.Chunk).Distinct().Count();
            Invariant.Holds(
                chunks == before - posted && before <= totals.AwardChunks,
                $"contest {contest.ContestId} revision {contest.Revision}: chunks {posted} to {before - 1} of "
                    + $"{totals.AwardChunks} have awards in {chunks} only");
            lines.AddRange(AwardLines.Prizes(contest.ContestId, contest.Revision, contest.Currency, awards));
            if (grounds.PayTo == PrizeTargets.Wallet) lines.AddRange(await CreditWallets(contest, awards, tx));
            else await CreatePayouts(contest, awards, tx);
            posted = before;
        }

        var last = posted == totals.AwardChunks;
        if (last) lines.AddRange(AwardLines.Remainder(totals, contest.Currency));
        await tx.SetChunksPosted(contest, posted);
        await tx.Post(lines);
        if (last) await Complete(contest, tx);
    }

    private static async Task<IReadOnlyList<LedgerLine>> CreditWallets(
        ReceivedContest contest, IReadOnlyList<Award> awards, Tx tx)
    {
        var prizes = awards.GroupBy(a => a.PlayerId)
            .Select(g => new WonPrize(g.Key, g.Sum(a => a.NetMinor), [.. g.Select(a => a.EntryId)])).ToArray();
        foreach (var prize in prizes)
            tx.NotifyPlayer(
                $"won/{contest.ContestId}/{contest.Revision}/{prize.PlayerId}", NotificationKinds.Won, prize.PlayerId,
                contest.ContestId, contest.ContestId, prize.NetMinor, contest.Currency,
                new Dictionary<string, string> { [NoticeText.WalletFact] = "credited" });
        return await tx.Credit(contest.ContestId, contest.Revision, contest.Currency, prizes);
    }

    private static async Task CreatePayouts(ReceivedContest contest, IReadOnlyList<Award> awards, Tx tx)
    {
        var payouts = awards.GroupBy(a => (a.Chunk, a.PlayerId))
            .Select(g => new NewPayout(PayoutId(contest, g.Key.PlayerId), g.Key.PlayerId, g.Sum(a => a.NetMinor)))
            .Where(p => p.AmountMinor > 0)
            .ToArray();
        var first = await tx.FirstChangeNos(contest.ContestId, [.. payouts.Select(p => p.PayoutId)]);
        await tx.CopyPayouts(contest, payouts, first);
        foreach (var payout in payouts)
            tx.Send(new PayoutChangedV1(
                payout.PayoutId, first(payout.PayoutId), contest.ContestId, contest.Revision, payout.PlayerId,
                payout.AmountMinor, contest.Currency, PayoutStates.Pending, null, null, tx.Now));
    }

    private static async Task Complete(ReceivedContest contest, Tx tx)
    {
        var open = await tx.CountOpenPayouts(contest);
        var credited = await tx.CountCredited(contest);
        await tx.CompleteContest(contest, open, credited);
        await VoidPrizes.VoidRefunded(contest.ContestId, contest.Revision, tx);
        await Forfeits.ForfeitLost(contest.ContestId, contest.Revision, tx);
        await tx.Audit(new AuditEntry(
            "system", "awards-posted", contest.ContestId, contest.ContestId, null, null,
            $"revision {contest.Revision} of the result", $"{open} payouts made, {credited.Count} wallets credited"));
        if (open == 0)
            tx.SendContestPaid(new PayingContest(
                contest.ContestId, contest.Revision, PayingState.Paid, 0, credited.Count, credited.AmountMinor, 0, 0, null));
    }

    private static string PayoutId(ReceivedContest contest, string playerId) =>
        DeterministicId.From($"payout/{contest.ContestId}/{contest.Revision}/{playerId}").ToString("D");
}

/// <summary>A payout about to be made.</summary>
public sealed record NewPayout(string PayoutId, string PlayerId, long AmountMinor);
