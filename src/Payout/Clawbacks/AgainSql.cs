using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>A call for a reversal that Stripe did not make, to be asked for again.</summary>
/// <param name="Body">Its parameters as JSON.</param>
/// <param name="Why">Stripe's words.</param>
public sealed record ReversalAgain(string CallKey, string Kind, string Body, string Why)
{
    /// <exception cref="InvariantException">The call takes nothing back.</exception>
    public IWantedReversal Wanted()
    {
        var body = Encoding.UTF8.GetBytes(Body);
        if (Kind == ReversalToMake.KindName) return WireJson.Read<ReversalToMake>(body);
        if (Kind == CorrectionToTakeBack.KindName) return WireJson.Read<CorrectionToTakeBack>(body);
        throw new InvariantException($"call {CallKey} is of kind {Kind}, which takes nothing back");
    }
}

/// <summary>All SQL of reversals that are asked for again. Each statement runs inside the caller's transaction.</summary>
public static class AgainSql
{
    /// <summary>When a reversal is asked for again for which Stripe did not say what the account holds.</summary>
    public static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    /// <summary>In the transaction that stores Stripe's answer.</summary>
    public static async Task AskAgain(this Tx tx, string callKey, string why)
    {
        var written = await tx.Execute(
            "insert into payout.reversal_again (call_key, why, due_at) values (@callKey, @why, @now)",
            new { callKey, why, now = tx.Now });
        Invariant.Holds(written == 1, $"reversal {callKey}: wrote {written} rows");
    }

    public static Task<IReadOnlyList<ReversalAgain>> DueAgain(this Tx tx, int countMax) => tx.Query<ReversalAgain>(
        """
        select a.call_key, c.kind, c.body, a.why
        from payout.reversal_again a join payout.stripe_call c on c.key = a.call_key
        where a.due_at <= @now
        order by a.due_at, a.call_key
        limit @countMax
        """,
        new { now = tx.Now, countMax });

    /// <param name="askedKey">Of the new call; null: nothing is left to ask for.</param>
    /// <returns>False when somebody else has done it.</returns>
    public static async Task<bool> TakeAgain(this Tx tx, string callKey, string? askedKey) => await tx.Execute(
        "update payout.reversal_again set due_at = null, asked_key = @askedKey where call_key = @callKey and due_at is not null",
        new { callKey, askedKey }) == 1;

    public static Task AgainAt(this Tx tx, string callKey, DateTimeOffset at) => tx.Execute(
        "update payout.reversal_again set due_at = @at where call_key = @callKey and due_at is not null", new { callKey, at });
}
