using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.Simulation;

/// <summary>A transfer of Stripe's, and which revision of which contest it pays.</summary>
internal sealed record PaidOut(SimTransfer Transfer, string ContestId, int Revision, string PlayerId);

/// <summary>
/// Stripe's transfers and what was taken back of them, against what the oracle says: none missing, none twice, none of another
/// amount.
/// </summary>
internal static class SimTransfers
{
    /// <summary>
    /// A transfer's group is its payout, whatever others write into its metadata, and the payout's messages say which revision it
    /// is of.
    /// </summary>
    internal static IReadOnlyList<PaidOut> ByRevision(SimWorld world)
    {
        var revisionOf = world.Broker.Messages<PayoutChangedV1>().DistinctBy(p => p.PayoutId)
            .ToDictionary(p => p.PayoutId, p => p.Revision, StringComparer.Ordinal);
        var withdrawals = Wallets.Withdrawals(world);
        return
        [
            .. world.Stripe.State.Transfers.Where(t => !world.Stripe.MadeByOthers(t) && !withdrawals.Contains(t.TransferGroup!))
                .Select(t =>
                    new PaidOut(
                        t, t.Metadata["contest_id"], revisionOf.GetValueOrDefault(t.TransferGroup!), t.Metadata["player_id"])),
        ];
    }

    /// <param name="lossesMinor">By contest, what the ledger has lost because it was spent before it could be taken back.</param>
    internal static IEnumerable<string> Faults(SimWorld world, Scenario scenario, IReadOnlyDictionary<string, long> lossesMinor)
    {
        var (changes, faults) = SimRevisions.Of(world, scenario);
        foreach (var fault in faults) yield return fault;
        var paid = ByRevision(world).ToLookup(t => (t.ContestId, t.PlayerId));
        var owed = changes.ToLookup(c => (c.ContestId, c.PlayerId));
        var frozen = Frozen(world);
        var lostDisputes = world.Disputes.Where(d => d.Outcome == Disputed.Lost).ToArray();
        var lost = lostDisputes.Select(d => (d.ContestId, d.PlayerId)).ToHashSet();
        var lostEntries = lostDisputes.Select(d => (d.ContestId, d.EntryId)).ToHashSet();
        var fees = scenario.Definitions.ToDictionary(d => d.ContestId, d => d.EntryFeeMinor, StringComparer.Ordinal);
        var keys = paid.Select(p => p.Key).Union(owed.Select(o => o.Key)).Order().ToArray();
        foreach (var key in keys)
        {
            var voidMinor = VoidMinor(key);
            foreach (var fault in OfPlayer(
                key, [.. owed[key]], [.. paid[key]], [.. frozen[key]], lost.Contains(key) || voidMinor > 0)) yield return fault;
            var (overMinor, spentMinor) = (OverMinor(key), world.SpentMinor.GetValueOrDefault(key.PlayerId));
            if (overMinor < -voidMinor || overMinor > spentMinor)
                yield return Text(
                    $"{key} has {overMinor} too much after all revisions, has spent {spentMinor}, and {voidMinor} of the prize go with what was given back of the fee");
            if (voidMinor > 0)
                world.Faults.Hit(
                    overMinor == 0 ? "prize of a refunded entry was paid before" : "prize of a refunded entry reduced");
            if (overMinor + voidMinor > spentMinor && voidMinor > 0 && !IsTold(key))
                yield return Text(
                    $"{key} was not reduced by {voidMinor} when fees were given back, but by {-overMinor}, and nobody was told");
        }

        foreach (var contest in keys.GroupBy(k => k.ContestId))
        {
            // What a lost dispute does not bring back is no correction's loss; whose share of the two it is is not told apart.
            var losses = contest.Select(key => (IsDisputed: lost.Contains(key), Minor: LossMinor(key))).ToArray();
            var (least, most) = (losses.Where(l => !l.IsDisputed).Sum(l => l.Minor.Least), losses.Sum(l => l.Minor.Most));
            var booked = lossesMinor.GetValueOrDefault(contest.Key);
            if (booked < least || booked > most)
                yield return Text($"{contest.Key} has booked {booked} as lost, not {least} to {most}");
        }

        long OverMinor((string, string) key) =>
            paid[key].Sum(p => p.Transfer.AmountMinor - p.Transfer.ReversedMinor)
                + frozen[key].Sum(p => p.AmountMinor)
                - owed[key].Where(c => !lostEntries.Contains((c.ContestId, c.EntryId))).Sum(c => c.MoreMinor - c.LessMinor);

        // What a prize is short of because of its fee is no loss.
        (long Least, long Most) LossMinor((string, string) key) =>
            (OverMinor(key), VoidMinor(key)) is var (over, goes) && goes > 0 ? (Math.Max(over, 0), over + goes) : (over, over);

        long VoidMinor((string, string) key) => owed[key].GroupBy(c => (c.ContestId, c.EntryId)).Sum(entry =>
            world.Stripe.RefundedMinor.GetValueOrDefault(entry.Key) is var refundedMinor and > 0
                ? Left([.. entry]).Sum(leftMinor => leftMinor * refundedMinor / fees[entry.Key.ContestId]) : 0);

        bool IsTold((string ContestId, string) key) => owed[key].Any(c =>
            world.Broker.Messages<AlertRaisedV1>()
                .Any(a => a.Kind == "refunded-prize"
                    && a.DedupKey.StartsWith($"refunded-prize/{c.ContestId}/{c.EntryId}/", StringComparison.Ordinal)));
    }

    /// <returns>Of what each revision gave an entry: what later ones left of it, who take from the newest first.</returns>
    private static IReadOnlyList<long> Left(IReadOnlyList<Change> entry)
    {
        var left = new List<long>();
        foreach (var change in entry.OrderBy(c => c.Revision))
        {
            var lessMinor = change.LessMinor;
            for (var i = left.Count - 1; i >= 0; i--)
            {
                var takenMinor = Math.Min(lessMinor, left[i]);
                (left[i], lessMinor) = (left[i] - takenMinor, lessMinor - takenMinor);
            }

            left.Add(change.MoreMinor);
        }

        return left;
    }

    /// <summary>Payouts that wait because of a dispute that is open at the end.</summary>
    private static ILookup<(string ContestId, string PlayerId), PayoutChangedV1> Frozen(
        SimWorld world) => world.Broker.Messages<PayoutChangedV1>()
        .GroupBy(p => p.PayoutId).Select(g => g.MaxBy(p => p.ChangeNo)!)
        .Where(p => p.State == PayoutStates.Held
            && world.Disputes.Any(d => d.Outcome is null && d.PlayerId == p.PlayerId
                && p.Reason!.Contains(d.Id, StringComparison.Ordinal)))
        .ToLookup(p => (p.ContestId, p.PlayerId));

    /// <summary>
    /// Of each revision a player gets what he is owed more, in one transfer. Only what is taken back before it was paid makes
    /// that less; what is taken back of it afterwards comes back whole, unless he has spent it. Who has lost a dispute about the
    /// entry keeps nothing.
    /// </summary>
    private static IEnumerable<string> OfPlayer(
        (string ContestId, string PlayerId) key, IReadOnlyList<Change> owed, IReadOnlyList<PaidOut> paid,
        IReadOnlyList<PayoutChangedV1> frozen, bool mayBeLess)
    {
        var isLess = mayBeLess || owed.Any(c => c.LessMinor > 0);
        foreach (var revision in paid.Select(p => p.Revision).Union(owed.Select(c => c.Revision)).Order())
        {
            var moreMinor = owed.Where(c => c.Revision == revision).Sum(c => c.MoreMinor);
            var transfers = paid.Where(p => p.Revision == revision).Select(p => p.Transfer).ToArray();
            var wentMinor = transfers.Sum(t => t.AmountMinor) + frozen.Where(p => p.Revision == revision).Sum(p => p.AmountMinor);
            if (transfers.Length > 1)
                yield return Text(
                    $"{key} was paid {transfers.Length} times in revision {revision}: {string.Join(", ", transfers.Select(t => t.Id))}");
            if (wentMinor > moreMinor || wentMinor < moreMinor && !isLess)
                yield return Text($"{key} was paid {wentMinor} in revision {revision}, not {moreMinor}");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
