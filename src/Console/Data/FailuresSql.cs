using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Parking;

namespace ContestPipeline.WebConsole.Data;

/// <summary>Parked messages of a worker and topic that failed in the same way.</summary>
/// <param name="Error">With its figures taken out, by which the group is made.</param>
/// <param name="Keys">Whose first message failed so.</param>
/// <param name="Behind">Messages that queue behind them.</param>
/// <param name="Example">The newest key of the group.</param>
public sealed record FailureGroup(
    string Worker, string Topic, string Error, long Keys, long Behind, DateTimeOffset FirstSeen, DateTimeOffset LastSeen,
    string Example,
    long ExampleOffset, string ExampleError);

/// <summary>All SQL of the failures.</summary>
public static class FailuresSql
{
    private const int GroupsMax = 100;

    public static Task<IReadOnlyList<FailureGroup>> FailureGroups(this Tx tx) => tx.Query<FailureGroup>(
        $"""
        select worker, topic, error, count(*) as keys, sum(behind)::bigint as behind, min(first_seen) as first_seen, max(first_seen) as last_seen,
            (array_agg(key order by first_seen desc, key))[1] as example, (array_agg(record_offset order by first_seen desc, key))[1] as example_offset,
            (array_agg(whole order by first_seen desc, key))[1] as example_error
        from ({string.Join("\nunion all\n", OverviewSql.Workers.Select(Heads))}) heads
        group by worker, topic, error
        order by last_seen desc, worker, topic, error
        limit @GroupsMax
        """,
        new { GroupsMax });

    private static string Heads(string worker) =>
        $"""
        select '{worker}' as worker, k.topic, {ParkedGroup.Class("coalesce(h.last_error, h.error)")} as error,
            left(coalesce(h.last_error, h.error), 500) as whole, left(h.key, 200) as key, h.record_offset, h.first_seen,
            (select count(*) - 1 from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash) as behind
        from {worker}.parked_key k
        join lateral (
            select p.key, p.record_offset, p.error, p.last_error, p.first_seen
            from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash order by p.arrival limit 1) h on true
        """;
}
