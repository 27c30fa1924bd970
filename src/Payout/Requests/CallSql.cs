using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Requests;

/// <summary>How a call is closed.</summary>
/// <param name="ObjectId">Stripe's id of what was made.</param>
public sealed record ClosedCall(OpenCall Call, string State, string What, string? ObjectId);

/// <summary>All SQL of calls to Stripe. Each statement runs inside the caller's transaction.</summary>
public static class CallSql
{
    public const int CallsMax = 20_000;

    private const string OpenColumns =
        "c.key, c.kind, c.subject, c.body, c.body_hash, c.created_at, c.first_used_at, c.unknown_answers, c.last_answer, "
            + "c.fence, c.look_up_since";

    private const string RecoveryColumns =
        $"{RecoverySql.LooksFirst} as looks_first, (select lost_since from payout.recovery where state = 'recovering') as "
            + $"lost_since";

    /// <summary>
    /// Writes the wish down; the runner makes the call after the commit. The same key with the same body is one call, with
    /// another body a bug.
    /// </summary>
    public static Task Call(this Tx tx, StripeCall call, DateTimeOffset? notBefore = null) => tx.Call([call], notBefore);

    /// <param name="notBefore">When the calls are due; null: at once.</param>
    public static async Task Call(this Tx tx, IReadOnlyList<StripeCall> calls, DateTimeOffset? notBefore = null)
    {
        if (calls.Count == 0) return;
        Invariant.Holds(calls.Count <= CallsMax, $"{calls.Count} calls at once; at most {CallsMax}");
        foreach (var call in calls)
            Invariant.Holds(
                call.Key.Length is > 0 and <= StripeCall.KeyCharsMax, $"call key '{call.Key}' has {call.Key.Length} characters");
        var bodies = calls.Select(c => c.Body).ToArray();
        var rows = new
        {
            keys = calls.Select(c => c.Key).ToArray(),
            kinds = calls.Select(c => c.Kind).ToArray(),
            subjects = calls.Select(c => c.Subject).ToArray(),
            bodies,
            hashes = bodies.Select(OpenCall.HashOf).ToArray(),
            now = tx.Now,
            due = notBefore ?? tx.Now,
        };
        var written = await tx.Execute(
            """
            insert into payout.stripe_call (key, kind, subject, body, body_hash, state, created_at, due_at)
            select n.key, n.kind, n.subject, n.body, n.hash, 'open', @now, @due
            from unnest(@keys::text[], @kinds::text[], @subjects::text[], @bodies::text[], @hashes::text[]) n(key, kind, subject,
                body, hash)
            order by n.key
            on conflict (key) do nothing
            """,
            rows);
        if (written == calls.Count) return;
        var same = await tx.QueryOne<long>(
            """
            select count(*)
            from unnest(@keys::text[], @kinds::text[], @hashes::text[]) n(key, kind, hash)
                join payout.stripe_call c on c.key = n.key and c.kind = n.kind and c.body_hash = n.hash
            """,
            rows);
        Invariant.Holds(
            same == calls.Count, $"{calls.Count - same} of {calls.Count} calls ({calls[0].Key} …) exist with other parameters");
    }

    /// <summary>
    /// Takes due calls that nobody holds, oldest first, so many of each kind, and notes the first use of their keys. None while
    /// money is stopped.
    /// </summary>
    public static Task<IReadOnlyList<OpenCall>> ClaimCalls(
        this Tx tx, IReadOnlyList<string> kinds, IReadOnlyList<int> countsMax, DateTimeOffset leaseUntil) => tx.Query<OpenCall>(
        $"""
        with due as materialized (
            select d.key
            from unnest(@kinds::text[], @counts::integer[]) k(kind, count_max)
                cross join lateral (
                    select s.key from payout.stripe_call s
                    where s.kind = k.kind and s.due_at <= @now and (s.lease_until is null or s.lease_until <= @now)
                        and {RecoverySql.MoneyMayMove}
                    order by s.due_at, s.key
                    limit k.count_max
                    for update skip locked) d),
        claimed as (
            update payout.stripe_call c
            set fence = c.fence + 1, lease_until = @leaseUntil, first_used_at = coalesce(c.first_used_at, @now)
            from due
            where c.key = due.key
            returning c.due_at, {OpenColumns})
        select {OpenColumns}, {RecoveryColumns} from claimed c order by c.due_at, c.key
        """,
        new { kinds = kinds.ToArray(), counts = countsMax.ToArray(), now = tx.Now, leaseUntil });

    /// <returns>False when the lease went to somebody else: what was found out is theirs to find out again.</returns>
    public static async Task<bool> LockCall(this Tx tx, OpenCall call) => (await tx.LockCalls([call])).Count == 1;

    /// <returns>The keys of those whose lease is still the same.</returns>
    public static Task<IReadOnlyList<string>> LockCalls(this Tx tx, IReadOnlyList<OpenCall> calls) => tx.Query<string>(
        """
        select c.key
        from payout.stripe_call c join unnest(@keys::text[], @fences::bigint[]) n(key, fence) on c.key = n.key and c.fence =
            n.fence
        where c.state = 'open'
        order by c.key
        for update of c
        """,
        new { keys = calls.Select(c => c.Key).ToArray(), fences = calls.Select(c => c.Fence).ToArray() });

    /// <summary>The calls are locked by the caller.</summary>
    public static async Task CloseCalls(this Tx tx, params IReadOnlyList<ClosedCall> calls)
    {
        var written = await tx.Execute(
            """
            update payout.stripe_call c
            set state = n.state, last_answer = n.what, object_id = n.object_id, due_at = null, lease_until = null, closed_at =
                @now
            from unnest(@keys::text[], @fences::bigint[], @states::text[], @whats::text[], @objects::text[]) n(key, fence, state,
                what, object_id)
            where c.key = n.key and c.fence = n.fence and c.state = 'open'
            """,
            new
            {
                keys = calls.Select(c => c.Call.Key).ToArray(), fences = calls.Select(c => c.Call.Fence).ToArray(),
                states = calls.Select(c => c.State).ToArray(),
                whats = calls.Select(c => c.What).ToArray(), objects = calls.Select(c => c.ObjectId).ToArray(), now = tx.Now,
            });
        Invariant.Holds(written == calls.Count, $"calls {calls[0].Call.Key} …: closed {written} of {calls.Count} rows");
        foreach (var looked in calls.Where(c => c.Call.LookUpSince is not null))
            tx.ResolveAlert(UnansweredLookUp.AlertKey(looked.Call.Key), "It is known what became of the request.");
    }

    /// <param name="lookUpSince">When it was first looked up without an answer; null: it was not, or the look-up was
    /// answered.</param>
    public static async Task PostponeCall(
        this Tx tx, OpenCall call, string what, bool counts, DateTimeOffset dueAt, DateTimeOffset? lookUpSince)
    {
        var written = await tx.Execute(
            """
            update payout.stripe_call
            set last_answer = @what, unknown_answers = unknown_answers + @counted, due_at = @dueAt, lease_until = null,
                look_up_since = @lookUpSince
            where key = @Key and fence = @Fence and state = 'open'
            """,
            new { what, counted = counts ? 1 : 0, dueAt, lookUpSince, call.Key, call.Fence });
        Invariant.Holds(written == 1, $"call {call.Key}: postponed {written} rows");
    }
}
