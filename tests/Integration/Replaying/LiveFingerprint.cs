using ContestPipeline.Contracts;
using ContestPipeline.Integration.EndToEnd;
using ContestPipeline.Plumbing;
using Dapper;

namespace ContestPipeline.Integration.Replaying;

/// <summary>
/// Everything a plan must leave as it is: every row of every table, every topic's end, what Stripe was asked, which databases
/// there are.
/// </summary>
internal static class LiveFingerprint
{
    public static async Task<IReadOnlyDictionary<string, string>> Of(SlateRun run, CancellationToken ct)
    {
        var print = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var connection = await run.Stage.Database.OpenConnectionAsync(ct);
        var tables = await connection.QueryAsync<string>(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and c.relkind = 'r' order by 1
            """);
        foreach (var table in tables)
            print[table] =
                (await connection.ExecuteScalarAsync<string>(
                    $"select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t"))!;
        foreach (var (name, last) in await connection.QueryAsync<(string, long?)>(
            "select schemaname || '.' || sequencename, last_value from pg_sequences"))
            print[$"sequence {name}"] = $"{last}";
        print["databases"] = string.Join(' ', await connection.QueryAsync<string>("select datname from pg_database order by 1"));
        var ranges = new TopicRanges(run.Stage.Kafka);
        foreach (var topic in Topics.All)
            print[$"topic {topic.Name}"] = string.Join(' ', ranges.All(topic.Name).Select(r => r.To));
        using var admin = new TopicAdmin(run.Stage.Kafka);
        foreach (var worker in Demo.Workers.All)
            print[$"group {worker.Name}"] = string.Join(' ',
                (await admin.Lag(worker.Name)).Select(l => $"{l.Topic}/{l.Partition}:{l.Committed}")
                    .Order(StringComparer.Ordinal));
        using var http = new HttpClient();
        print["stripe"] = await http.GetStringAsync(run.Stage.Settings["STRIPE_API_BASE"] + "/_admin/requests", ct);
        return print;
    }

    public static void Same(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        Assert.Empty(before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k))
            .Select(k => $"{k}: {before.GetValueOrDefault(k)} became {after.GetValueOrDefault(k)}"));
}
