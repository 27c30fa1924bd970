namespace ContestPipeline.Plumbing;

/// <summary>
/// Traces that go on later, in a job or another process: what a message was about keeps the trace it came with, and whoever works
/// on the same subject takes it up. Only while spans are wanted; otherwise nothing is written and nothing read.
/// </summary>
public static class RememberedTraces
{
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(40);

    /// <param name="cause">The message that brought the subject on.</param>
    public static async Task RememberTrace(this Tx tx, string subject, Envelope cause)
    {
        if (!Telemetry.IsTraced || cause.TraceParent is not { } trace) return;
        await tx.Execute(
            $"""
            insert into {tx.Schema}.trace_of as t (subject, trace_parent, at) values (@subject, @trace, @at)
            on conflict (subject) do update set trace_parent = excluded.trace_parent, at = excluded.at
            """,
            new { subject, trace, at = tx.Now });
    }

    /// <returns>The trace that came last to any of the subjects; null when there is none, or spans are not wanted.</returns>
    public static async Task<string?> TraceOf(
        this Tx tx, params IReadOnlyCollection<string> subjects) => !Telemetry.IsTraced ? null
        : await tx.QueryOne<string>(
            $"select trace_parent from {tx.Schema}.trace_of where subject = any(@subjects) order by at desc, subject limit 1",
            new { subjects = subjects.ToArray() });

    /// <summary>What nobody has come back to for longer than any message is kept.</summary>
    internal static Task ForgetTraces(this Tx tx) =>
        tx.Execute($"delete from {tx.Schema}.trace_of where at < @before", new { before = tx.Now - s_kept });
}
