using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Withdrawals;

/// <summary>A withdrawal that was told of and that the books may lack.</summary>
/// <param name="ToldAt">When it was asked for, UTC.</param>
public sealed record LostWithdrawal(
    string WithdrawalId, string PlayerId, string RequestId, long AmountMinor, string Currency, DateTimeOffset ToldAt)
{
    public WithdrawalRequest Request => new(RequestId, AmountMinor, Currency);
}

/// <summary>
/// Prizes come again with the results that are read again; a withdrawal was asked for over HTTP, and nothing would say again
/// that its money has left the wallet. So what Payout itself has told of withdrawals is read back.
/// </summary>
public static class LostWithdrawals
{
    /// <param name="told">Of any payouts, in any order, however often.</param>
    /// <returns>Withdrawals whose money left the wallet and did not come back into it, each once.</returns>
    public static IReadOnlyList<LostWithdrawal> Of(IEnumerable<PayoutChangedV1> told) =>
    [
        .. told.Where(t => PayoutSource.IsWithdrawal(t.ContestId)).GroupBy(t => t.ContestId, StringComparer.Ordinal)
            .Where(t => t.MaxBy(change => change.ChangeNo)!.State is not (PayoutStates.Failed or PayoutStates.Rejected))
            .Select(t => Of(t.MinBy(change => change.ChangeNo)!)).OfType<LostWithdrawal>()
            .OrderBy(l => l.ToldAt).ThenBy(l => l.WithdrawalId, StringComparer.Ordinal),
    ];

    private static LostWithdrawal? Of(PayoutChangedV1 first)
    {
        var requestId = Uri.UnescapeDataString(first.ContestId[(first.ContestId.LastIndexOf('/') + 1)..]);
        return WithdrawalTransitions.IdOf(first.PlayerId, requestId) == first.ContestId
            ? new LostWithdrawal(
                first.ContestId, first.PlayerId, requestId, first.AmountMinor, first.Currency, first.At)
            : null;
    }
}

/// <summary>
/// Makes lost withdrawals again, with their ids: Stripe is asked for their transfers before anything is sent. One whose lots are
/// not there yet waits for them.
/// </summary>
public sealed class RemakeWithdrawalsJob : IJob
{
    private const int AtOnce = 50;

    public async Task<bool> Run(Tx tx)
    {
        var lost = await tx.LockLost(AtOnce);
        var made = 0;
        foreach (var withdrawal in lost)
        {
            if (!await tx.WithdrawAgain(withdrawal)) continue;
            await tx.LostIsMade(withdrawal.WithdrawalId);
            made++;
        }

        return made == AtOnce;
    }
}
