using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Simulation;

/// <summary>
/// What each player has, by Stripe's books alone, against what the true feed gives: nobody has more than everything he was ever
/// to get; and whoever has more or less than is due to him in the end is named by an alert that is open, or is short of what
/// Stripe's own refunds and disputes have taken.
/// </summary>
internal static class SimMoney
{
    internal static IEnumerable<string> Faults(SimWorld world, Scenario scenario)
    {
        var changes = SimRevisions.Of(world, scenario).Changes.ToLookup(c => c.PlayerId);
        var withdrawals = Wallets.Withdrawals(world);
        var transfers = world.Stripe.State.Transfers
            .Where(t => !world.Stripe.MadeByOthers(t) && !withdrawals.Contains(t.TransferGroup ?? ""))
            .ToLookup(t => world.Stripe.Holders.GetValueOrDefault(t.Destination, t.Destination));
        var open = Open(world);
        foreach (var player in changes.Select(c => c.Key).Union(transfers.Select(t => t.Key)).Order(StringComparer.Ordinal))
        {
            var hasMinor = transfers[player].Sum(t => t.AmountMinor - t.ReversedMinor);
            var (mostMinor, dueMinor) = (changes[player].Sum(c => c.MoreMinor),
                changes[player].Sum(c => c.MoreMinor - c.LessMinor));
            if (hasMinor > mostMinor)
                yield return Text($"{player} has {hasMinor} by Stripe's books, and was never to have more than {mostMinor}");
            else if (hasMinor != dueMinor && !IsTold(world, player, open, [.. changes[player]], hasMinor < dueMinor))
                yield return Text($"{player} has {hasMinor} by Stripe's books, {dueMinor} are due, and no open alert names it");
        }
    }

    /// <summary>Alerts that no fact and no person has ended.</summary>
    private static IReadOnlyList<AlertRaisedV1> Open(SimWorld world)
    {
        var ended = world.Broker.Messages<AlertResolvedV1>().Select(r => (r.DedupKey, r.Episode)).ToHashSet();
        return [.. world.Broker.Messages<AlertRaisedV1>().Where(a => !ended.Contains((a.DedupKey, a.Episode ?? 1)))];
    }

    private static bool IsTold(
        SimWorld world, string player, IReadOnlyList<AlertRaisedV1> open, IReadOnlyList<Change> changes, bool isLess)
    {
        if (isLess && (world.Disputes.Any(d => d.PlayerId == player)
            || changes.Any(c => world.Stripe.RefundedMinor.ContainsKey((c.ContestId, c.EntryId))))) return true;
        string[] names =
        [
            player, .. changes.Select(c => c.EntryId), .. world.Disputes.Where(d => d.PlayerId == player).Select(d => d.Id),
            .. world.Broker.Messages<PayoutChangedV1>().Where(p => p.PlayerId == player).Select(p => p.PayoutId),
        ];
        return open.Any(a => names.Any(name => $"{a.DedupKey} {a.Subject} {a.Cause}".Contains(name, StringComparison.Ordinal)));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
