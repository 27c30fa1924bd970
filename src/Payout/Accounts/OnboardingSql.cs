using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Accounts;

/// <summary>Why a player is asked to do something about an account.</summary>
public static class OnboardingReasons
{
    public const string NoAccount = "no-account";
    public const string NotReady = "not-ready";
    public const string Disabled = "disabled";
    public const string Deauthorized = "deauthorized";
}

/// <summary>How far bringing a player to an account has come.</summary>
/// <param name="Round">1, 2, 3 …: it opens again when the account is lost or disabled.</param>
/// <param name="AccountsAsked">How many accounts Stripe was asked to make for the player, ever.</param>
/// <param name="NextAt">When something is to be done; null while an account is being made or nothing waits.</param>
public sealed record OnboardingFacts(
    string PlayerId, int Round, string Reason, int AccountsAsked, DateTimeOffset? FirstNoticeAt, int NoticesSent,
    DateTimeOffset? NextAt, DateTimeOffset? AlertedAt, DateTimeOffset OpenedAt);

/// <summary>A round that has ended.</summary>
/// <param name="OpenedAt">When the player was first asked in it, UTC.</param>
public sealed record ClosedOnboarding(int Round, DateTimeOffset OpenedAt);

/// <summary>What a player is owed that waits for an account.</summary>
public sealed record WaitingPrizes(int Count, long AmountMinor, string? Currency, string? ContestId);

/// <summary>All SQL of winner onboarding. The player is locked by the caller.</summary>
public static class OnboardingSql
{
    /// <summary>
    /// One that is open goes on: from its quiet, if the player was told of an account for which nothing waited then.
    /// </summary>
    public static async Task OpenOnboarding(this Tx tx, string playerId, string reason)
    {
        if (await tx.BeginOnboarding(playerId, reason) > 0)
        {
            tx.Measure(() => PayoutMetrics.OnboardingBegun(reason));
            return;
        }

        await tx.RemindOnboarding(playerId);
    }

    /// <returns>0: one is open.</returns>
    private static Task<int> BeginOnboarding(this Tx tx, string playerId, string reason) => tx.Execute(
        """
        insert into payout.onboarding as o (player_id, round, reason, opened_at, next_at)
        values (@playerId, 1, @reason, @now, @now)
        on conflict (player_id) do update
        set round = o.round + 1, reason = excluded.reason, opened_at = excluded.opened_at, next_at = excluded.next_at,
            first_notice_at = null,
            notices_sent = 0, alerted_at = null, closed_at = null
        where o.closed_at is not null
        """,
        new { playerId, reason, now = tx.Now });

    /// <summary>Who was told and has done nothing since is told again.</summary>
    private static Task RemindOnboarding(this Tx tx, string playerId) => tx.Execute(
        """
        update payout.onboarding
        set next_at = @now
        where player_id = @playerId and closed_at is null and next_at is null and notices_sent > 0
            and exists (select from payout.stripe_account a where a.player_id = @playerId and a.gone_at is null and a.made_by is
                not null)
        """,
        new { playerId, now = tx.Now });

    /// <returns>The round that is over; null when none was open.</returns>
    public static Task<ClosedOnboarding?> CloseOnboarding(this Tx tx, string playerId) => tx.QueryOne<ClosedOnboarding>(
        """
        update payout.onboarding
        set closed_at = @now, next_at = null
        where player_id = @playerId and closed_at is null
        returning round, opened_at
        """,
        new { playerId, now = tx.Now });

    public static Task<IReadOnlyList<string>> DueOnboardings(this Tx tx, int countMax, string[] passedOver) => tx.Query<string>(
        "select player_id from payout.onboarding where next_at <= @now and player_id <> all(@passedOver) order by next_at, "
            + "player_id limit @countMax",
        new { now = tx.Now, countMax, passedOver });

    /// <returns>Null when it is closed.</returns>
    public static Task<OnboardingFacts?> LockOnboarding(this Tx tx, string playerId) => tx.QueryOne<OnboardingFacts>(
        """
        select player_id, round, reason, accounts_asked, first_notice_at, notices_sent, next_at, alerted_at, opened_at
        from payout.onboarding
        where player_id = @playerId and closed_at is null
        for update
        """,
        new { playerId });

    public static async Task SaveOnboarding(this Tx tx, OnboardingFacts facts)
    {
        var written = await tx.Execute(
            """
            update payout.onboarding
            set accounts_asked = @AccountsAsked, first_notice_at = @FirstNoticeAt, notices_sent = @NoticesSent, next_at = @NextAt,
                alerted_at = @AlertedAt
            where player_id = @PlayerId and round = @Round and closed_at is null
            """,
            facts);
        Invariant.Holds(written == 1, $"onboarding of player {facts.PlayerId}: updated {written} rows");
    }

    public static async Task<WaitingPrizes> WaitingPrizes(this Tx tx, string playerId) =>
        await tx.QueryOne<WaitingPrizes>(
            """
            select count(*)::integer as count, coalesce(sum(amount_minor), 0)::bigint as amount_minor, min(currency) as currency,
                min(contest_id) as contest_id
            from payout.payout
            where player_id = @playerId and state = 'awaiting_account'
            """,
            new { playerId }) ?? new WaitingPrizes(0, 0, null, null);

    /// <summary>The player's accounts count no more: the next one is a new one.</summary>
    /// <returns>How many counted.</returns>
    public static Task<int> ForgetAccounts(this Tx tx, string playerId) => tx.Execute(
        "update payout.stripe_account set gone_at = @now where player_id = @playerId and gone_at is null",
        new { playerId, now = tx.Now });

    public static Task<string?> StatusOf(this Tx tx, string accountId) => tx.QueryOne<string>(
        "select status from payout.stripe_account where account_id = @accountId", new { accountId });
}
