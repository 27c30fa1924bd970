using ContestPipeline.Contracts;
using ContestPipeline.Payout.Wallet;

namespace ContestPipeline.Payout.Deposits;

/// <summary>What goes back to the card of one deposit.</summary>
/// <param name="RequestId">The player's; null: somebody made it at Stripe itself.</param>
/// <param name="Attempt">Which key it is asked for with: a new one after a refusal for want of funds, or when a key grew too
/// old.</param>
/// <param name="State">One of <see cref="DepositRefundState"/>.</param>
/// <param name="PendingReason">Why Stripe has not sent what is done, in Stripe's word; null when it has.</param>
public sealed record DepositRefund(
    string DepositId, int RefundNo, string? RequestId, long AmountMinor, int Attempt, string State, string? RefundId,
    string? Reason, string? PendingReason)
{
    /// <summary>Of the use of lots, of the ledger lines, and its mark at Stripe.</summary>
    public string Words => $"deposit-refund/{DepositId}/{RefundNo}";
}

/// <summary>What has become of a refund.</summary>
public static class DepositRefundState
{
    /// <summary>Asked for; what became of it is not stored.</summary>
    public const string Open = "open";

    /// <summary>The money went back, or waits at Stripe to go.</summary>
    public const string Done = "done";

    /// <summary>The money did not go back, or came back: it is in its lot again.</summary>
    public const string Failed = "failed";
}

/// <summary>What a player asks to go back to the card.</summary>
/// <param name="RequestId">Chosen by the client: the same request, however often it comes, is one refund.</param>
/// <param name="AmountMinor">In minor units.</param>
/// <param name="Currency">ISO 4217, lower case.</param>
public sealed record WalletRefundRequest(string RequestId, long AmountMinor, string Currency);

/// <summary>Such a request as it was taken up.</summary>
public sealed record WalletRefund(
    string PlayerId, string RequestId, long AmountMinor, string Currency, DateTimeOffset CreatedAt);

/// <summary>A lot of a deposit that is not used up.</summary>
/// <param name="ChargedAt">When the card was charged, UTC.</param>
public sealed record DepositLot(string DepositId, DateTimeOffset ChargedAt, long LeftMinor);

/// <summary>What becomes of such a request.</summary>
public abstract record WalletRefundDecision
{
    private WalletRefundDecision() { }

    /// <summary>To these deposits, each part above 0; together exactly the amount.</summary>
    public sealed record Give(IReadOnlyList<LotPart> Parts) : WalletRefundDecision;

    /// <summary>Asked for before, by the same request.</summary>
    public sealed record Known(WalletRefund Refund) : WalletRefundDecision;

    public sealed record Refuse(string Why, bool Malformed = false) : WalletRefundDecision;

    /// <returns>What is wrong with the request itself, whatever else is known; null: nothing.</returns>
    public static string? Fault(WalletRefundRequest request) =>
        WalletRequests.Fault(request.RequestId, request.Currency, request.AmountMinor);

    /// <summary>What is left of deposits that are not too old, the newest charge first; whole or not at all.</summary>
    /// <param name="known">The refund that this request has asked for before; null: none.</param>
    /// <param name="lots">What is left of the player's deposits.</param>
    /// <param name="isFrozen">A deposit of the player is disputed.</param>
    public static WalletRefundDecision Decide(
        WalletRefundRequest request, WalletRefund? known, IReadOnlyList<DepositLot> lots, DateTimeOffset now, bool isFrozen)
    {
        if (Fault(request) is { } fault) return new Refuse(fault, Malformed: true);
        if (known is not null)
        {
            return WalletRequests.OtherThanBefore(
                request.RequestId, request.AmountMinor, request.Currency, known.AmountMinor, known.Currency) is { } other
                ? new Refuse(other) : new Known(known);
        }

        if (isFrozen) return new Refuse(WalletFrozen.Why);
        var free = lots.Where(l => l.ChargedAt >= now - DepositRules.Refundable).ToArray();
        var mostMinor = free.Sum(l => l.LeftMinor);
        if (mostMinor < request.AmountMinor)
            return new Refuse(
                $"at most {mostMinor} can go back to the card, not {request.AmountMinor}: what is left of deposits of the last "
                    + $"{DepositRules.Refundable.TotalDays:0} days; ask for a withdrawal of what is older or was won");
        return new Give(TakeLots.InOrder(
            free.OrderByDescending(l => l.ChargedAt).ThenByDescending(l => l.DepositId, StringComparer.Ordinal)
                .Select(l => new LotPart(l.DepositId, l.LeftMinor)), request.AmountMinor));
    }
}
