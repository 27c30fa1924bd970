using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.Simulation;

/// <summary>A transfer of Stripe's, and which revision of which contest it pays.</summary>
internal sealed record PaidOut(SimTransfer Transfer, string ContestId, int Revision, string PlayerId);

/// <summary>Stripe's transfers and what was taken back of them, against what the oracle says: none missing, none twice, none of another amount.</summary>
internal static class SimTransfers
{
    /// <summary>A transfer knows its payout, and the payout's messages say which revision it is of.</summary>
    internal static IReadOnlyList<PaidOut> ByRevision(SimWorld world)
    {
        var revisionOf = world.Broker.Messages<PayoutChangedV1>().DistinctBy(p => p.PayoutId).ToDictionary(p => p.PayoutId, p => p.Revision, StringComparer.Ordinal);
        return
        [
            .. world.Stripe.State.Transfers.Select(t => new PaidOut(t, t.Metadata["contest_id"], revisionOf.GetValueOrDefault(t.Metadata["payout_id"]), t.Metadata["player_id"])),
        ];
    }

    internal static IEnumerable<string> Faults(SimWorld world, Scenario scenario)
    {
        var (changes, faults) = SimRevisions.Of(world, scenario);
        foreach (var fault in faults) yield return fault;
        var paid = ByRevision(world).ToLookup(t => (t.ContestId, t.PlayerId));
        var owed = changes.ToLookup(c => (c.ContestId, c.PlayerId));
        foreach (var key in paid.Select(p => p.Key).Union(owed.Select(o => o.Key)).Order())
        {
            foreach (var fault in OfPlayer(key, [.. owed[key]], [.. paid[key]])) yield return fault;
        }
    }

    /// <summary>
    /// Of each revision a player gets what he is owed more, in one transfer. Only what is taken back before it was paid makes that less; what is taken back of it
    /// afterwards comes back whole, since nobody has spent it.
    /// </summary>
    private static IEnumerable<string> OfPlayer((string ContestId, string PlayerId) key, IReadOnlyList<Change> owed, IReadOnlyList<PaidOut> paid)
    {
        var lessMinor = owed.Sum(c => c.LessMinor);
        foreach (var revision in paid.Select(p => p.Revision).Union(owed.Select(c => c.Revision)).Order())
        {
            var moreMinor = owed.SingleOrDefault(c => c.Revision == revision)?.MoreMinor ?? 0;
            var transfers = paid.Where(p => p.Revision == revision).Select(p => p.Transfer).ToArray();
            var wentMinor = transfers.Sum(t => t.AmountMinor);
            if (transfers.Length > 1) yield return Text($"{key} was paid {transfers.Length} times in revision {revision}: {string.Join(", ", transfers.Select(t => t.Id))}");
            if (wentMinor > moreMinor || wentMinor < moreMinor && lessMinor == 0) yield return Text($"{key} was paid {wentMinor} in revision {revision}, not {moreMinor}");
        }

        var keptMinor = paid.Sum(p => p.Transfer.AmountMinor - p.Transfer.ReversedMinor);
        var rightMinor = owed.Sum(c => c.MoreMinor - c.LessMinor);
        if (keptMinor != rightMinor) yield return Text($"{key} has {keptMinor} after all revisions, not {rightMinor}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
