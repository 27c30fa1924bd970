using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>What is compared: the platform's own events, or those of one connected account.</summary>
/// <param name="Account">Null for the platform.</param>
/// <param name="SweptUntil">Null when it never was.</param>
public sealed record EventBackfillScope(string Scope, string? Account, DateTimeOffset? SweptUntil)
{
    public const string Platform = "platform";
}

/// <summary>All SQL of the sweep.</summary>
public static class EventBackfillSql
{
    public static async Task<EventBackfillScope> PlatformScope(this Tx tx) =>
        await tx.QueryOne<EventBackfillScope>(
            "select scope, null::text as account, swept_until from payout.stripe_sweep where scope = 'platform'")
            ?? new EventBackfillScope(EventBackfillScope.Platform, null, null);

    /// <summary>Accounts that are still ours, the longest unlooked-at first.</summary>
    public static Task<IReadOnlyList<EventBackfillScope>> AccountScopes(
        this Tx tx, DateTimeOffset sweptBefore, int countMax) => tx.Query<EventBackfillScope>(
        """
        select a.account_id as scope, a.account_id as account, s.swept_until
        from payout.stripe_account a left join payout.stripe_sweep s on s.scope = a.account_id
        where a.gone_at is null and (s.swept_at is null or s.swept_at <= @sweptBefore)
        order by s.swept_at nulls first, a.account_id
        limit @countMax
        """,
        new { sweptBefore, countMax });

    /// <returns>Those of the ids that are recorded.</returns>
    public static Task<IReadOnlyList<string>> KnownEvents(this Tx tx, IReadOnlyList<string> ids) =>
        tx.Query<string>(
            "select event_id from payout.stripe_event where event_id = any(@ids) order by event_id", new { ids = ids.ToArray() });

    /// <summary>The list could not be read to its end.</summary>
    /// <param name="answer">Stripe's.</param>
    /// <returns>Since when that is so.</returns>
    public static Task<DateTimeOffset> SweepFailed(this Tx tx, string scope, string answer) => tx.QueryOne<DateTimeOffset>(
        """
        insert into payout.stripe_sweep as s (scope, found, filled, failing_since, last_answer)
        values (@scope, 0, 0, @now, @answer)
        on conflict (scope) do update set failing_since = coalesce(s.failing_since, @now), last_answer = @answer
        returning failing_since
        """,
        new { scope, answer, now = tx.Now });

    public static async Task SaveSweep(this Tx tx, string scope, DateTimeOffset sweptUntil, int found, int filled)
    {
        var written = await tx.Execute(
            """
            insert into payout.stripe_sweep as s (scope, swept_until, swept_at, found, filled)
            values (@scope, @sweptUntil, @now, @found, @filled)
            on conflict (scope) do update
            set swept_until = greatest(s.swept_until, @sweptUntil), swept_at = @now, found = s.found + @found, filled = s.filled +
                @filled, failing_since = null, last_answer = null
            """,
            new { scope, sweptUntil, now = tx.Now, found, filled });
        Invariant.Holds(written == 1, $"sweep of {scope}: wrote {written} rows");
    }
}
