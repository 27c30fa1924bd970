namespace ContestPipeline.Contestctl.Explaining;

/// <summary>
/// Adds up the ledger's lines of what a revision awarded to a player: they are what the steps lead to, or they are named. Pure.
/// </summary>
internal static class LedgerOfPayout
{
    /// <param name="lines">Every line of the contest that names the player.</param>
    /// <returns>What is not as it has to be, in words; empty when all is.</returns>
    public static IReadOnlyList<string> Faults(
        PayoutRow payout, IReadOnlyList<AwardedEntry> awarded, IReadOnlyList<LedgerLineRow> lines)
    {
        var faults = new List<string>();
        var of = $"{payout.ContestId}/{payout.Revision}";
        foreach (var award in awarded.Where(a => a.MoreMinor > 0))
            Sum($"the award of {award.EntryId}", "award", $"award/{of}/{award.EntryId}", award.MoreMinor);
        Sum("the fee", "platform-fee", $"fee/{of}/{payout.PlayerId}", awarded.Sum(a => a.FeeMinor));
        if (payout.TransferId is { } transfer) Sum($"the payout by {transfer}", "payout", transfer, payout.AmountMinor);

        var expected = awarded.Where(a => a.MoreMinor > 0).Select(a => $"award/{of}/{a.EntryId}")
            .ToHashSet(StringComparer.Ordinal);
        foreach (var line in lines.Where(l => l.Code == "award"
            && l.Reference.StartsWith($"award/{of}/", StringComparison.Ordinal) && !expected.Contains(l.Reference)))
            faults.Add($"line {line.TransferId} awards {line.AmountMinor} for {line.Reference}, which wins nothing");
        return faults;

        void Sum(string what, string code, string reference, long rightMinor)
        {
            var found = lines.Where(l => l.Code == code && l.Reference == reference).Sum(l => l.AmountMinor);
            if (found != rightMinor)
                faults.Add($"{what} is {rightMinor} {payout.Currency} minor units, the ledger's lines add up to {found}");
        }
    }
}
