using ContestPipeline.Payout.Notifications;

namespace ContestPipeline.Payout.Payouts;

/// <summary>What a payout is of: a contest that was won, or a withdrawal, which stands in a contest's place.</summary>
public static class PayoutSource
{
    /// <inheritdoc cref="NoticeText.WithdrawalPrefix"/>
    public const string WithdrawalPrefix = NoticeText.WithdrawalPrefix;

    /// <param name="contestId">As the payout names it.</param>
    public static bool IsWithdrawal(string? contestId) =>
        contestId is not null && contestId.StartsWith(WithdrawalPrefix, StringComparison.Ordinal);
}
