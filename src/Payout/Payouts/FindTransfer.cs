using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Payout.Payouts;

/// <summary>What Stripe lists that may be the transfer of a payout.</summary>
/// <param name="OfGroup">Everything of the payout's transfer group, which nobody can change once a transfer is made.</param>
/// <param name="ToDestination">What went to the attempt's account since the payout's first attempt.</param>
public sealed record TransfersShown(CompleteList<TransferFacts> OfGroup, CompleteList<TransferFacts> ToDestination)
{
    /// <summary>Each once.</summary>
    public IReadOnlyList<TransferFacts> All { get; } =
        [.. OfGroup.Items.Concat(ToDestination.Items).DistinctBy(t => t.TransferId)];
}

/// <summary>What is known here of the transfers that Stripe lists.</summary>
/// <param name="PaidBy">The payout that each transfer is recorded for, by transfer.</param>
/// <param name="Undecided">Payouts whose own transfer is not known yet: one that is still to be paid, an attempt without an
/// answer, or a hold that a person has to end.</param>
public sealed record TransfersKnown(IReadOnlyDictionary<string, string> PaidBy, IReadOnlySet<string> Undecided);

/// <summary>
/// Decides which of the transfers that Stripe lists is the payout's. Metadata can be edited in Stripe's dashboard, so that a
/// transfer without our mark may be ours: what could be it, and is not explained by another payout, is never taken for absence.
/// </summary>
public static class FindTransfer
{
    /// <summary>Stripe's clock and ours may be so far apart, and a request so long on its way.</summary>
    public static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(10);

    public static LookUpResult Decide(PayoutRecord payout, TransfersShown shown, TransfersKnown known)
    {
        if (shown.All.FirstOrDefault(t => t.TransferGroup == payout.PayoutId && IsMarked(payout, t)) is { } ours)
            return new LookUpResult.Found(ours);
        LookUpResult? later = null;
        foreach (var transfer in shown.All.Where(t => MayBe(payout, t)))
        {
            if (known.PaidBy.TryGetValue(transfer.TransferId, out var paid) && paid != payout.PayoutId) continue;
            if (transfer.TransferGroup is { } group && group != payout.PayoutId && known.Undecided.Contains(group))
            {
                later ??= new LookUpResult.AskAgain(
                    $"transfer {transfer.TransferId} is of payout {group}, of which it is not stored yet what paid it");
                continue;
            }

            return new LookUpResult.Unexplained(
                $"transfer {transfer.TransferId} of {transfer.AmountMinor} {transfer.Currency} to {transfer.Destination} in "
                    + $"group {transfer.TransferGroup ?? "(none)"} may have paid this payout: " +
                $"its metadata name payout {transfer.PayoutIdInMetadata ?? "(none)"}, and no payout here is recorded as paid "
                    + $"by it");
        }

        return later ?? LookUpResult.FoundNone.In(shown.OfGroup);
    }

    private static bool IsMarked(PayoutRecord payout, TransferFacts transfer) => transfer.PayoutIdInMetadata == payout.PayoutId;

    private static bool MayBe(PayoutRecord payout, TransferFacts transfer) =>
        transfer.TransferGroup == payout.PayoutId || IsMarked(payout, transfer)
        || transfer.AmountMinor == payout.AmountMinor
            && string.Equals(transfer.Currency, payout.Currency, StringComparison.OrdinalIgnoreCase);
}
