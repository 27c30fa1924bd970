using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Wallet;

namespace ContestPipeline.Payout.Api.Answers;

/// <summary>A player's wallet.</summary>
/// <param name="Balances">By currency; empty: nothing was ever in it.</param>
/// <param name="Lots">What is left and where it came from, the oldest first; a page of them.</param>
/// <param name="IsFrozen">Nothing is withdrawn or refunded now.</param>
/// <param name="FrozenBy">Of <see cref="WalletFrozen"/>, why; empty: it is not frozen.</param>
/// <param name="Next">What to ask for as <c>after</c> to see more lots; null: these are the last.</param>
public sealed record WalletAnswer(
    string PlayerId, IReadOnlyList<WalletBalance> Balances, IReadOnlyList<WalletLotView> Lots, bool IsFrozen,
    IReadOnlyList<string> FrozenBy, string? Next);

/// <summary>Movements of a wallet, the latest first.</summary>
/// <param name="Next">What to ask for as <c>after</c>; null on the last page.</param>
public sealed record WalletHistory(string PlayerId, string Currency, IReadOnlyList<WalletMovement> Movements, string? Next);

/// <summary>What moved a wallet in one year, UTC, by the booking; amounts in minor units.</summary>
/// <param name="DepositFeesMinor">What the platform kept of deposits.</param>
/// <param name="RefundedMinor">Back to cards, less what came back from there.</param>
/// <param name="StakesReturnedMinor">Own stakes of challenges passed, left or cancelled.</param>
/// <param name="WonMinor">Credited beyond the own stakes.</param>
/// <param name="WithdrawnMinor">To the bank, less what came back from there.</param>
/// <param name="ForfeitedMinor">Taken for lost disputes of deposits.</param>
/// <param name="OtherMinor">Whatever else moved it: positive what came in.</param>
/// <param name="BalanceMinor">What lay in it when the year ended, or now.</param>
public sealed record WalletYear(
    int Year, string Currency, long DepositedMinor, long DepositFeesMinor, long RefundedMinor, long StakedMinor,
    long StakesReturnedMinor, long WonMinor, long WithdrawnMinor, long ForfeitedMinor, long OtherMinor, long BalanceMinor);

/// <summary>A wallet year by year, the latest first.</summary>
public sealed record WalletYears(string PlayerId, IReadOnlyList<WalletYear> Years);

/// <summary>How a deposit stands.</summary>
/// <param name="State">One of <see cref="DepositState"/>.</param>
/// <param name="Reason">Why it was cancelled; null: it was not.</param>
/// <param name="FeeMinor">What the platform keeps of the amount, in minor units.</param>
/// <param name="CreditMinor">What the wallet is credited with.</param>
/// <param name="ClientSecret">For the player who pays, while there is something to pay.</param>
public sealed record DepositView(
    string RequestId, string State, string? Reason, long AmountMinor, long FeeMinor, long CreditMinor, string Currency,
    DateTimeOffset CreatedAt, string? ClientSecret)
{
    public static DepositView Of(Deposit deposit, string? clientSecret) => new(
        deposit.RequestId, deposit.State, deposit.Reason, deposit.AmountMinor, deposit.FeeMinor, deposit.CreditMinor,
        deposit.Currency, deposit.CreatedAt, clientSecret);

    /// <summary>Without the secret that lets a browser pay.</summary>
    public override string ToString() =>
        $"{nameof(DepositView)} {{ RequestId = {RequestId}, State = {State}, AmountMinor = {AmountMinor} }}";
}

/// <summary>What of a refund went back to one deposit's card.</summary>
/// <param name="State">One of <see cref="DepositRefundState"/>.</param>
/// <param name="Reason">Why it did not go back; null: it did, or is to.</param>
public sealed record WalletRefundPart(string DepositId, long AmountMinor, string State, string? Reason);

/// <summary>How a refund of deposits stands.</summary>
public sealed record WalletRefundView(
    string RequestId, long AmountMinor, string Currency, DateTimeOffset CreatedAt, IReadOnlyList<WalletRefundPart> Parts)
{
    public static WalletRefundView Of(WalletRefund refund, IReadOnlyList<DepositRefund> parts) => new(
        refund.RequestId, refund.AmountMinor, refund.Currency, refund.CreatedAt,
        [.. parts.Select(p => new WalletRefundPart(p.DepositId, p.AmountMinor, p.State, p.Reason))]);
}
