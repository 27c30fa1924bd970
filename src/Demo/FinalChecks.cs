using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;

namespace ContestPipeline.Demo;

/// <summary>
/// Everything the verdict is made from: what was entered, what the topics said, what the database holds, what Stripe really did.
/// </summary>
/// <param name="Accounts">Player id to Stripe account.</param>
/// <param name="LedgerFault">What the ledger's own verification found, or null.</param>
public sealed record DemoFacts(
    int EntriesSubmitted, DemoSnapshot Told, IReadOnlyList<StoredPayout> Payouts, IReadOnlyList<SimulatedTransfer> Transfers,
    IReadOnlyDictionary<string, string> Accounts, long LedgerPaidMinor, int ParkedMessages, string? LedgerFault)
{
    /// <summary>Entries whose fee was never paid, and which therefore never played.</summary>
    public int EntriesUnpaid { get; init; }

    /// <summary>Payouts that a lost dispute took back before they were made.</summary>
    public IReadOnlySet<string> Forfeited { get; init; } = new HashSet<string>();

    public static async Task<DemoFacts> Gather(
        DemoEnvironment environment, int entriesSubmitted, DemoSnapshot told, IReadOnlyDictionary<string, string> accounts,
        LedgerReport ledger, CancellationToken ct) => new(
            entriesSubmitted, told, await environment.Database.Payouts(ct), await environment.Stripe.Transfers(ct), accounts,
            await environment.Database.LedgerPaidMinor(ct), await environment.Database.Parked(ct),
            ledger.Clean ? null : string.Join("; ", ledger.Faults.Take(3).Select(f => $"{f.Where}: {f.What}")));
}

/// <summary>The verdict: what was doubled, what was lost, what does not balance. Pure.</summary>
public static class FinalChecks
{
    /// <returns>One sentence for everything that does not hold; empty when all of it does.</returns>
    public static IReadOnlyList<string> Faults(DemoFacts facts) =>
        [.. Doubled(facts), .. Lost(facts), .. Unbalanced(facts)];

    /// <summary>More than one transfer for a payout, or a transfer for none.</summary>
    public static IReadOnlyList<string> Doubled(DemoFacts facts)
    {
        var known = facts.Payouts.Select(p => p.PayoutId).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. facts.Transfers.GroupBy(t => t.TransferGroup).Where(g => g.Count() > 1)
                .Select(g => $"payout {g.Key} was transferred {g.Count()} times"),
            .. facts.Transfers.Where(t => !known.Contains(t.TransferGroup))
                .Select(t => $"transfer {t.Id} belongs to no payout ('{t.TransferGroup}')"),
        ];
    }

    /// <summary>
    /// An entry without an answer, a prize without a payout, a payout without its transfer, a message nobody handled.
    /// </summary>
    public static IReadOnlyList<string> Lost(DemoFacts facts)
    {
        var faults = new List<string>();
        if (facts.Told.Accepted != facts.EntriesSubmitted - facts.EntriesUnpaid)
            faults.Add(
                $"{facts.EntriesSubmitted} entries were submitted, {facts.EntriesUnpaid} not paid, {facts.Told.Accepted} "
                    + $"accepted, {facts.Told.Refused.Count} commands refused");
        if (facts.ParkedMessages > 0) faults.Add($"{facts.ParkedMessages} messages are parked");

        var transfers = facts.Transfers.GroupBy(t => t.TransferGroup)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        faults.AddRange(facts.Payouts.Select(p => Mismatch(p, transfers.GetValueOrDefault(p.PayoutId), facts)).OfType<string>());

        var paid = facts.Payouts.ToDictionary(p => (p.ContestId, p.PlayerId), p => p.AmountMinor);
        foreach (var contest in facts.Told.Contests)
        {
            if (contest.Lifecycle?.State != ContestStates.Paid)
                faults.Add($"{contest.ContestId} is {contest.Lifecycle?.State ?? "unknown"}, not PAID");
            foreach (var award in contest.Awards.Values.SelectMany(a => a.Players).Where(p => p.NetMinor > 0))
            {
                if (paid.GetValueOrDefault((contest.ContestId, award.PlayerId)) != award.NetMinor)
                    faults.Add(
                        $"{award.PlayerId} won {award.NetMinor} net in {contest.ContestId}; the payout is "
                            + $"{paid.GetValueOrDefault((contest.ContestId, award.PlayerId))}");
            }
        }

        return faults;
    }

    /// <summary>Sums that must agree and do not.</summary>
    public static IReadOnlyList<string> Unbalanced(DemoFacts facts)
    {
        var faults = new List<string>();
        if (facts.LedgerFault is { } fault) faults.Add($"ledger: {fault}");
        foreach (var contest in facts.Told.Contests)
        {
            if (contest.Settled is not { } s) faults.Add($"{contest.ContestId} has no settlement");
            else if (s.PoolMinor != s.PrizesGrossMinor + s.HouseRemainderMinor
                || s.PrizesGrossMinor != s.PlatformFeesMinor + s.PrizesNetMinor)
                faults.Add(
                    $"{contest.ContestId}: pool {s.PoolMinor} is not prizes {s.PrizesNetMinor} + fees {s.PlatformFeesMinor} + "
                        + $"house {s.HouseRemainderMinor}");
        }

        var decided = facts.Told.Contests.Sum(c => c.Settled?.PrizesNetMinor ?? 0);
        var withdrawn = facts.Payouts.Where(p => DemoState.IsWithdrawal(p.ContestId)).Sum(p => p.AmountMinor);
        var owed = facts.Payouts.Sum(p => p.AmountMinor) - withdrawn;
        var moved = facts.Transfers.Sum(t => t.AmountMinor);
        if (decided != owed) faults.Add($"settlements decided {decided} net, payouts add up to {owed}");
        var forfeited = facts.Payouts.Where(p => facts.Forfeited.Contains(p.PayoutId)).Sum(p => p.AmountMinor);
        if (owed - forfeited + withdrawn != moved)
            faults.Add($"payouts add up to {owed}, of which {forfeited} were forfeited, withdrawals to {withdrawn}, "
                + $"transfers to {moved}");
        if (moved != facts.LedgerPaidMinor) faults.Add($"transfers add up to {moved}, the ledger says {facts.LedgerPaidMinor}");
        return faults;
    }

    private static string? Mismatch(StoredPayout payout, SimulatedTransfer? transfer, DemoFacts facts)
    {
        if (facts.Forfeited.Contains(payout.PayoutId))
            return payout.State == "rejected" && transfer is null
                ? null : $"payout {payout.PayoutId} was forfeited and is {payout.State}, transfer {transfer?.Id ?? "none"}";
        if (payout.State != "paid") return $"payout {payout.PayoutId} is {payout.State}";
        if (transfer is null) return $"payout {payout.PayoutId} has no transfer";
        if (transfer.Id != payout.TransferId)
            return $"payout {payout.PayoutId} names transfer {payout.TransferId}, Stripe has {transfer.Id}";
        if (transfer.AmountMinor != payout.AmountMinor || transfer.Currency != payout.Currency)
            return $"payout {payout.PayoutId} of {payout.AmountMinor} {payout.Currency} was transferred as "
                + $"{transfer.AmountMinor} {transfer.Currency}";
        return transfer.Destination == facts.Accounts.GetValueOrDefault(payout.PlayerId)
            ? null : $"payout {payout.PayoutId} of {payout.PlayerId} went to {transfer.Destination}";
    }
}
