namespace ContestPipeline.Payout.Reconciliation;

/// <summary>
/// Compares what the ledger says, what Stripe has and what the events told, fact by fact. No amount is too small to be a
/// difference, and each difference is named once, in the leg where it shows first. No clock, no database, no network.
/// </summary>
public static class Reconcile
{
    /// <param name="totals">Of each currency; null: they were not compared.</param>
    /// <param name="results">What differs between results and books; null: they were not compared.</param>
    public static ReconcileReport Compare(
        LedgerFacts ledger, StripeFacts stripe, IReadOnlyList<EventFact> events, ReconcileWindow window, ReconcilePolicy policy,
        IReadOnlyList<StripeTotal>? totals = null, IReadOnlyList<Difference>? results = null)
    {
        totals ??= [];
        var tally = new ReportBuilder(window, policy);
        var known = Known(ledger, stripe);
        foreach (var (ours, theirs) in Pairs(ledger.Money, stripe.Money, m => (m.Subject, m.Part)))
            CompareMoney(ours, theirs, known, policy, tally);
        CompareObjects(ledger.Objects, stripe.Objects, policy, tally);
        CompareEvents(
            ledger.Objects, [.. stripe.Objects.Where(o => o.At >= window.EventsFrom && GatherFacts.IsTold(o.Kind))], events,
            policy, tally);
        foreach (var movement in stripe.Outside.Where(m => m.Rule.Use == MovementUse.Told && !ledger.Booked.Contains(m.Id)))
        {
            tally.Absent(
                ReconcileLegs.Balance, DifferenceKinds.UnknownHere, movement.Id,
                $"a {movement.Type} that nothing here brought about{Whither(movement)}", null, movement.NetMinor,
                movement.Currency, movement.At);
        }

        foreach (var total in totals.Where(t => t.DifferenceMinor != 0))
        {
            tally.DiffersNow(
                ReconcileLegs.Total, DifferenceKinds.Amount, total.Currency,
                $"Stripe holds {total.StripeMinor} {total.Currency} and the ledger says {total.LedgerMinor}; with "
                    + $"{total.ExplainedMinor} on its way, {total.DifferenceMinor} is not explained",
                total.LedgerMinor, total.StripeMinor, total.Currency);
        }

        tally.Add(results ?? []);
        return tally.Report(stripe.Outside);
    }

    private static string Whither(OutsideMovement movement) =>
        movement.IsOfPayments ? $"; it is booked to {movement.Rule.Account}" : ", in a balance that the ledger does not keep";

    /// <summary>Stripe's ids of what we have a record of, or of what bears our mark.</summary>
    private static HashSet<string> Known(LedgerFacts ledger, StripeFacts stripe)
    {
        var subjects = ledger.Objects.Select(o => o.Subject).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return [.. ledger.Objects.Select(o => o.StripeId),
            .. stripe.Objects.Where(o => o.Subject is not null && subjects.Contains(o.Subject)).Select(o => o.StripeId)];
    }

    /// <summary>One part of one movement: equal amounts find each other first, then what is left over is paired or
    /// named.</summary>
    private static void CompareMoney(
        List<MoneyFact> ours, List<MoneyFact> theirs, HashSet<string> known, ReconcilePolicy policy, ReportBuilder tally)
    {
        const string Leg = ReconcileLegs.Balance;
        var (oursSeen, theirsSeen) = (ours.Count > 0, theirs.Count > 0);
        var amounts = theirs.Select(t => (t.AmountMinor, t.Currency)).Intersect(ours.Select(o => (o.AmountMinor, o.Currency)))
            .ToHashSet();
        foreach (var (line, movement) in Take(ours, theirs, (o, t) => o.AmountMinor == t.AmountMinor && o.Currency == t.Currency))
            tally.Match(Leg, line.Subject, movement.At, line.At, policy.BookedLate, line.AmountMinor, line.Currency);
        MatchSplit(ours, theirs, policy, tally);
        foreach (var line in ours.Where(o => amounts.Contains((o.AmountMinor, o.Currency))))
            tally.Differs(Leg, DifferenceKinds.Duplicate, line.Subject,
                $"ledger line {line.Id} ({line.Part}) stands there once more", line.AmountMinor, null, line.Currency, line.At);
        foreach (var movement in theirs.Where(t => amounts.Contains((t.AmountMinor, t.Currency))))
            tally.Differs(Leg, DifferenceKinds.Duplicate, movement.Subject,
                $"{movement.Id} ({movement.Part}) stands at Stripe once more", null, movement.AmountMinor, movement.Currency,
                movement.At);
        ours.RemoveAll(o => amounts.Contains((o.AmountMinor, o.Currency)));
        theirs.RemoveAll(t => amounts.Contains((t.AmountMinor, t.Currency)));
        foreach (var (line, movement) in Take(ours, theirs, (_, _) => true))
        {
            tally.Differs(
                Leg, DifferenceKinds.Amount, line.Subject,
                $"{line.Part}: {line.AmountMinor} {line.Currency} in the ledger, {movement.AmountMinor} {movement.Currency} in "
                    + $"{movement.Id}",
                line.AmountMinor, movement.AmountMinor, line.Currency, movement.At);
        }

        foreach (var line in ours)
        {
            tally.Absent(
                Leg, theirsSeen ? DifferenceKinds.Missing : DifferenceKinds.UnknownAtStripe, line.Subject,
                $"ledger line {line.Id} ({line.Part}) has no balance transaction",
                line.AmountMinor, null, line.Currency, line.At);
        }

        foreach (var movement in theirs)
        {
            tally.Absent(
                Leg, oursSeen || known.Contains(movement.Subject) ? DifferenceKinds.Missing : DifferenceKinds.UnknownHere,
                movement.Subject, $"{movement.Id} ({movement.Part}) has no ledger line", null, movement.AmountMinor,
                movement.Currency, movement.At);
        }
    }

    /// <summary>One movement booked to several accounts: the lines together are the movement, to the cent.</summary>
    private static void MatchSplit(List<MoneyFact> ours, List<MoneyFact> theirs, ReconcilePolicy policy, ReportBuilder tally)
    {
        if (ours.Count == 0 || theirs.Count == 0 || ours.Concat(theirs).Select(m => m.Currency).Distinct().Count() > 1) return;
        if (ours.Sum(o => o.AmountMinor) != theirs.Sum(t => t.AmountMinor)) return;
        foreach (var movement in theirs)
            tally.Match(ReconcileLegs.Balance, movement.Subject, movement.At, ours.Max(o => o.At), policy.BookedLate,
                movement.AmountMinor, movement.Currency);
        ours.Clear();
        theirs.Clear();
    }

    private static void CompareObjects(
        IReadOnlyList<ObjectFact> ours, IReadOnlyList<ObjectFact> theirs, ReconcilePolicy policy, ReportBuilder tally)
    {
        const string Leg = ReconcileLegs.Objects;
        var here = ours.Where(o => o.StripeId.Length > 0).GroupBy(o => o.StripeId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        var subjects = ours.Select(o => (o.Kind, o.Subject)).ToHashSet();
        foreach (var (id, same) in here.Where(h => h.Value.Count > 1))
        {
            foreach (var more in same.Skip(1))
                tally.Differs(Leg, DifferenceKinds.Duplicate, id,
                    $"{more.Subject} and {same[0].Subject} both claim this {more.Kind}", more.AmountMinor, null, more.Currency,
                    more.At);
        }

        var there = theirs.Select(t => t.StripeId).ToHashSet(StringComparer.Ordinal);
        var answered = ours.Where(o => there.Contains(o.StripeId)).Select(o => (o.Kind, o.Subject)).ToHashSet();
        foreach (var their in theirs)
        {
            if (here.TryGetValue(their.StripeId, out var same)) Alike(same[0], their, policy, tally);
            else if (their.Subject is not null && answered.Contains((their.Kind, their.Subject)))
                tally.Differs(Leg, DifferenceKinds.Duplicate, their.StripeId, $"a second {their.Kind} for {their.Subject}", null,
                    their.AmountMinor, their.Currency, their.At);
            else if (their.Subject is not null && subjects.Contains((their.Kind, their.Subject)))
                tally.Absent(Leg, DifferenceKinds.Missing, their.StripeId,
                    $"the {their.Kind} of {their.Subject} is not recorded here", null, their.AmountMinor, their.Currency,
                    their.At);
            else
                tally.Absent(Leg, DifferenceKinds.UnknownHere, their.StripeId, $"a {their.Kind} that nothing here accounts for",
                    null, their.AmountMinor, their.Currency, their.At);
        }

        foreach (var our in ours.Where(o => o.StripeId.Length > 0 && !there.Contains(o.StripeId)))
            tally.Absent(Leg, DifferenceKinds.UnknownAtStripe, our.StripeId, $"the {our.Kind} of {our.Subject} is not at Stripe",
                our.AmountMinor, null, our.Currency, our.At);
    }

    private static void Alike(ObjectFact our, ObjectFact their, ReconcilePolicy policy, ReportBuilder tally)
    {
        const string Leg = ReconcileLegs.Objects;
        if (our.AmountMinor != their.AmountMinor || our.Currency != their.Currency)
        {
            tally.Differs(
                Leg, DifferenceKinds.Amount, our.StripeId,
                $"{our.AmountMinor} {our.Currency} here, {their.AmountMinor} {their.Currency} at Stripe",
                our.AmountMinor, their.AmountMinor, our.Currency, their.At);
        }
        else if (our.Destination != their.Destination)
        {
            tally.Differs(
                Leg, DifferenceKinds.Destination, our.StripeId,
                $"meant for {our.Destination ?? "nobody"}, went to {their.Destination ?? "nobody"}",
                our.AmountMinor, their.AmountMinor, our.Currency, their.At);
        }
        else
        {
            tally.Match(Leg, our.StripeId, their.At, our.At, policy.BookedLate, our.AmountMinor, our.Currency);
        }
    }

    private static void CompareEvents(
        IReadOnlyList<ObjectFact> ours, IReadOnlyList<ObjectFact> theirs, IReadOnlyList<EventFact> events, ReconcilePolicy policy,
        ReportBuilder tally)
    {
        const string Leg = ReconcileLegs.Events;
        // Stripe sometimes makes two events of one fact: of the same second.
        var told = events.GroupBy(e => (e.Kind, e.ObjectId)).ToDictionary(
            g => g.Key, g =>
                g.OrderBy(e => e.ReceivedAt).ThenBy(e => e.EventId, StringComparer.Ordinal).DistinctBy(e => e.CreatedAt)
                    .ToArray());
        foreach (var their in theirs)
        {
            if (!told.TryGetValue((their.Kind, their.StripeId), out var found))
            {
                tally.Absent(Leg, DifferenceKinds.Missing, their.StripeId, $"no event told of this {their.Kind}", null,
                    their.AmountMinor, their.Currency, their.At);
                continue;
            }

            foreach (var more in found.Skip(1))
                tally.Differs(Leg, DifferenceKinds.Duplicate, their.StripeId,
                    $"{more.EventId} tells the same as {found[0].EventId}", more.AmountMinor, null, more.Currency,
                    more.CreatedAt);
            if (found[0].AmountMinor is { } amount && (amount != their.AmountMinor || found[0].Currency != their.Currency))
            {
                tally.Differs(
                    Leg, DifferenceKinds.Amount, their.StripeId,
                    $"{found[0].EventId} speaks of {amount} {found[0].Currency}, Stripe of {their.AmountMinor} {their.Currency}",
                    amount, their.AmountMinor, their.Currency, their.At);
            }
            else
            {
                tally.Match(Leg, their.StripeId, found[0].CreatedAt, found[0].ReceivedAt, policy.EventLate, their.AmountMinor,
                    their.Currency);
            }
        }

        // What we have a record of and Stripe has not is named by the leg of objects.
        var named = ours.Concat(theirs).Select(o => (o.Kind, o.StripeId)).ToHashSet();
        foreach (var lone in told.Where(t => !named.Contains(t.Key)).Select(t => t.Value[0]))
            tally.Absent(Leg, DifferenceKinds.UnknownAtStripe, lone.ObjectId,
                $"{lone.EventId} tells of a {lone.Kind} that is not at Stripe", lone.AmountMinor, null, lone.Currency,
                lone.CreatedAt);
    }

    private static IEnumerable<(List<T> Ours, List<T> Theirs)> Pairs<T, TKey>(
        IReadOnlyList<T> ours, IReadOnlyList<T> theirs, Func<T, TKey> key)
        where TKey : notnull
    {
        var groups = new Dictionary<TKey, (List<T> Ours, List<T> Theirs)>();
        foreach (var one in ours) Group(one).Ours.Add(one);
        foreach (var one in theirs) Group(one).Theirs.Add(one);
        return groups.Values;

        (List<T> Ours, List<T> Theirs) Group(T one)
        {
            if (!groups.TryGetValue(key(one), out var group)) groups[key(one)] = group = ([], []);
            return group;
        }
    }

    /// <summary>Takes pairs out of both lists, each with the first that fits.</summary>
    private static List<(T Ours, T Theirs)> Take<T>(List<T> ours, List<T> theirs, Func<T, T, bool> fits)
    {
        var pairs = new List<(T, T)>();
        for (var i = 0; i < ours.Count;)
        {
            var match = theirs.FindIndex(t => fits(ours[i], t));
            if (match < 0)
            {
                i++;
                continue;
            }

            pairs.Add((ours[i], theirs[match]));
            ours.RemoveAt(i);
            theirs.RemoveAt(match);
        }

        return pairs;
    }
}
