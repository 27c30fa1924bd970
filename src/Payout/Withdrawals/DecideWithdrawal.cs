using ContestPipeline.Contracts;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Wallet;

namespace ContestPipeline.Payout.Withdrawals;

/// <summary>What a player asks to be paid out of the wallet, to the bank of the account at Stripe.</summary>
/// <param name="RequestId">Chosen by the client: the same request, however often it comes, is one withdrawal.</param>
/// <param name="AmountMinor">In minor units.</param>
/// <param name="Currency">ISO 4217, lower case.</param>
public sealed record WithdrawalRequest(string RequestId, long AmountMinor, string Currency);

/// <summary>What a player takes out of the wallet.</summary>
/// <param name="WithdrawalId">Stands in a contest's place with its payout.</param>
public sealed record Withdrawal(
    string WithdrawalId, string PlayerId, string RequestId, string PayoutId, long AmountMinor, string Currency,
    DateTimeOffset CreatedAt)
{
    public WalletKey Wallet => new(PlayerId, Currency);
}

/// <summary>A lot, and when what it came from was paid.</summary>
/// <param name="PaidAt">Of a deposit when its charge was made, UTC; of winnings when they were credited.</param>
public sealed record DatedLot(
    string LotId, string PlayerId, string Currency, string Source, DateTimeOffset CreditedAt, long LeftMinor,
    DateTimeOffset PaidAt)
{
    public WalletLot Lot => new(LotId, PlayerId, Currency, Source, CreditedAt, LeftMinor);
}

/// <summary>What becomes of such a request.</summary>
public abstract record WithdrawalDecision
{
    private WithdrawalDecision() { }

    /// <summary>From these lots, each part above 0; together exactly the amount.</summary>
    public sealed record Take(IReadOnlyList<LotPart> Parts) : WithdrawalDecision;

    /// <summary>Asked for before, by the same request.</summary>
    public sealed record Known(Withdrawal Withdrawal) : WithdrawalDecision;

    public sealed record Refuse(string Why, bool Malformed = false) : WithdrawalDecision;

    /// <returns>What is wrong with the request itself, whatever else is known; null: nothing.</returns>
    public static string? Fault(WithdrawalRequest request) =>
        WalletRequests.Fault(request.RequestId, request.Currency, request.AmountMinor);

    /// <summary>
    /// Winnings go at once; what was paid in by card only when it goes back to the card no more.
    /// </summary>
    /// <param name="known">The withdrawal that this request has asked for before; null: none.</param>
    /// <param name="lots">What is left in the wallet.</param>
    /// <param name="isFrozen">A deposit of the player is disputed.</param>
    public static WithdrawalDecision Decide(
        WithdrawalRequest request, Withdrawal? known, IReadOnlyList<DatedLot> lots, DateTimeOffset now, bool isFrozen = false)
    {
        if (Fault(request) is { } fault) return new Refuse(fault, Malformed: true);
        if (known is not null)
        {
            return WalletRequests.OtherThanBefore(
                request.RequestId, request.AmountMinor, request.Currency, known.AmountMinor, known.Currency) is { } other
                ? new Refuse(other) : new Known(known);
        }

        if (isFrozen) return new Refuse(WalletFrozen.Why);
        var free = lots.Where(l => l.Source == LotSources.Winnings || l.PaidAt < now - DepositRules.Refundable)
            .Select(l => l.Lot).ToArray();
        return TakeLots.Decide(free, request.AmountMinor) switch
        {
            TakeLots.Take take => new Take(take.Parts),
            TakeLots.Short missing => new Refuse(
                $"at most {missing.HeldMinor} can be withdrawn, not {request.AmountMinor}: what was paid in by card within "
                    + $"{DepositRules.Refundable.TotalDays:0} days goes back to the card only"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
