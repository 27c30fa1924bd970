using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>A part of a reduction: what a correction takes back of what one revision awarded one entry.</summary>
/// <param name="Revision">Of the correction.</param>
/// <param name="AwardRevision">Of the award it is taken from.</param>
/// <param name="NetMinor">After the platform's fee.</param>
public sealed record ReductionPart(
    string ContestId, int Revision, string EntryId, int AwardRevision, string PlayerId, string Currency, long NetMinor)
{
    public string Words => $"{ContestId}/{Revision}/{EntryId}/{AwardRevision}";

    /// <summary>Of the request to Stripe, and its mark in the reversal's metadata.</summary>
    public string CallKey => StripeCall.KeyOf($"correction/{Words}/reversal");
}

/// <summary>
/// The ledger lines of reductions: whatever the winner gives back makes good what the house paid for the increases. Pure.
/// </summary>
public static class ReductionLines
{
    /// <summary>The platform's fee on what was awarded too much.</summary>
    public static LedgerLine Fee(string contestId, int revision, string entryId, string currency, long amountMinor)
    {
        var words = $"reduced-fee/{contestId}/{revision}/{entryId}";
        return new LedgerLine(
            words, LedgerAccounts.PlatformFees, LedgerAccounts.HouseOverlay, currency, amountMinor, "fee-reduced", words,
            contestId, revision);
    }

    /// <summary>Out of an unpaid payout, or out of what a reversal brought back.</summary>
    /// <param name="what">The part's words, or the reversal's.</param>
    public static LedgerLine Back(
        ReductionPart part, string what, string reference, long amountMinor, bool wasLost = false) => new(
        $"prize-reduced/{what}", LedgerAccounts.PlayerPayable(part.PlayerId),
        wasLost ? LedgerAccounts.CorrectionLosses : LedgerAccounts.HouseOverlay, part.Currency, amountMinor, "prize-reduced",
        reference, part.ContestId, part.Revision);

    /// <summary>What was paid and cannot be got back.</summary>
    /// <param name="why">One word: a part can be short and refused.</param>
    public static LedgerLine Loss(ReductionPart part, string why, long amountMinor)
    {
        var words = $"correction-loss/{part.Words}/{why}";
        return new LedgerLine(
            words, LedgerAccounts.CorrectionLosses, LedgerAccounts.HouseOverlay, part.Currency, amountMinor, "correction-loss",
            words, part.ContestId, part.Revision);
    }
}

/// <summary>Lays a reduction on the awards of its entry, the newest first. Pure.</summary>
public static class AllocateReduction
{
    /// <param name="awards">Revision and what is left of its net award, in any order.</param>
    /// <returns>The parts, each above 0. The fee is rounded per player, so that an entry may hold some cents less than is taken
    /// from it: they are in no part.</returns>
    public static IReadOnlyList<(int AwardRevision, long NetMinor)> Of(
        long netMinor, IEnumerable<(int Revision, long LeftMinor)> awards)
    {
        var parts = new List<(int, long)>();
        foreach (var (revision, leftMinor) in awards.OrderByDescending(a => a.Revision))
        {
            var partMinor = Math.Min(netMinor, leftMinor);
            if (partMinor <= 0) continue;
            parts.Add((revision, partMinor));
            netMinor -= partMinor;
        }

        return parts;
    }
}
