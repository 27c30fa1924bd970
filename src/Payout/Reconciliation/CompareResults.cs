using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>
/// Compares results as they were published with the ledger and the payouts, by contest and player. No clock, no database.
/// </summary>
public static class CompareResults
{
    /// <param name="differing">Players of whom what was handled, booked and paid out is not the same.</param>
    /// <param name="unhandled">Messages that were published and that nothing here has handled.</param>
    /// <returns>One difference a player; of a message without players one.</returns>
    public static IReadOnlyList<Difference> Of(
        IReadOnlyList<PlayerResult> differing, IReadOnlyList<UnhandledResult> unhandled, DateTimeOffset now) =>
    [
        .. differing.Select(r => new Difference(
            ReconcileLegs.Results, r.LedgerMinor == 0 && r.PublishedMinor != 0 ? DifferenceKinds.Missing : DifferenceKinds.Amount,
            $"{r.ContestId}/{r.Revision}/{r.PlayerId}",
            $"contest {r.ContestId} revision {r.Revision} ({r.State}): player {r.PlayerId} was awarded {r.PublishedMinor} "
                + $"{r.Currency}, the ledger has {r.LedgerMinor}, the payout {r.PayoutMinor}",
            r.LedgerMinor, r.PublishedMinor, r.Currency, now)),
        .. unhandled.SelectMany(Of),
    ];

    /// <returns>The message in an unhandled result; null when it cannot be read or is none of results.</returns>
    public static IMessage? Read(UnhandledResult result)
    {
        try
        {
            return WireTypes.Find(result.Type) is { } type && WireTypes.Of(type).Topic == Topics.Results
                ? (IMessage)WireJson.Read(result.Body, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>True when the message was handled, if not this copy of it.</returns>
    public static bool IsHandled(IMessage? message, IReadOnlySet<HandledResult> handled) => message switch
    {
        ContestAwardsV1 m =>
            handled.Contains(new HandledResult(WireTypes.Of(m.GetType()).Name, m.ContestId, m.Revision, m.Chunk)),
        ContestReductionsV1 m =>
            handled.Contains(new HandledResult(WireTypes.Of(m.GetType()).Name, m.ContestId, m.Revision, m.Chunk)),
        ContestSettledV1 m => handled.Contains(new HandledResult(WireTypes.Of(m.GetType()).Name, m.ContestId, m.Revision, 0)),
        _ => false,
    };

    private static IEnumerable<Difference> Of(UnhandledResult result)
    {
        var fate = result.DiscardedBy is { } by
            ? $"in a message that {by} gave up ({result.Why})" : $"in a message that is parked ({result.Why})";
        return Read(result) switch
        {
            ContestAwardsV1 m => m.Players.Select(p => One(
                $"{m.ContestId}/{m.Revision}/{p.PlayerId}",
                $"contest {m.ContestId} revision {m.Revision} awarded player {p.PlayerId} {p.NetMinor} {m.Currency}, {fate}: "
                    + $"nobody pays it",
                p.NetMinor, m.Currency)),
            ContestReductionsV1 m => m.Players.Select(p => One(
                $"{m.ContestId}/{m.Revision}/{p.PlayerId}/less",
                $"contest {m.ContestId} revision {m.Revision} takes {p.NetMinor} {m.Currency} back from player {p.PlayerId}, "
                    + $"{fate}: nobody takes it", -p.NetMinor, m.Currency)),
            ContestSettledV1 m =>
            [
                One(
                    $"{m.ContestId}/{m.Revision}",
                    $"contest {m.ContestId} revision {m.Revision} was settled with {m.PrizesNetMinor} {m.Currency} for "
                        + $"{m.Winners} winners, {fate}: nothing of it is paid", m.PrizesNetMinor,
                    m.Currency),
            ],
            _ => [One(result.Place, $"a {result.Type} of results cannot be read, {fate}: whom it pays is not known", null, null)],
        };

        Difference One(string subject, string what, long? theirsMinor, string? currency) =>
            new(ReconcileLegs.Results, DifferenceKinds.Missing, subject, what, null, theirsMinor, currency, result.At);
    }
}

/// <summary>Reads what the comparison of results is made of.</summary>
public static class PublishedResults
{
    /// <param name="settledBefore">What is younger may be still on its way.</param>
    /// <param name="isNow">The time that is looked at ends now: then also what is not handled yet is compared.</param>
    /// <returns>What differs, less what a person has decided.</returns>
    public static async Task<IReadOnlyList<Difference>> ResultDifferences(
        this Tx tx, DateTimeOffset from, DateTimeOffset to, DateTimeOffset settledBefore, bool isNow)
    {
        var unhandled = isNow ? await tx.Unhandled(settledBefore) : [];
        var settled = unhandled.Select(CompareResults.Read).OfType<ContestSettledV1>().ToArray();
        var rows = await tx.ResultsThatDiffer(
            from, to, isNow ? settledBefore : DateTimeOffset.UnixEpoch, [.. settled.Select(s => s.ContestId)],
            [.. settled.Select(s => s.Revision)]);
        var ended = (await tx.EndedByPersons($"reconcile/{ReconcileLegs.Results}/")).ToHashSet(StringComparer.Ordinal);
        return [.. CompareResults.Of(rows, unhandled, tx.Now).Where(d => !ended.Contains(TellDifferences.Key(d)))];
    }

    private static async Task<IReadOnlyList<UnhandledResult>> Unhandled(this Tx tx, DateTimeOffset parkedBefore)
    {
        var aside = await tx.ResultsAside(parkedBefore);
        if (aside.Count == 0) return aside;
        var handled =
            (await tx.ResultsHandled([.. aside.Select(CompareResults.Read).OfType<IMessage>().Select(m => m.PartitionKey)
                .Distinct(StringComparer.Ordinal)])).ToHashSet();
        return [.. aside.Where(a => !CompareResults.IsHandled(CompareResults.Read(a), handled))];
    }
}
