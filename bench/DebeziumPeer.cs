using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Bench;

/// <summary>
/// Debezium's PostgreSQL connector with its outbox router, on the same server, fed with the same rows; and nothing else of ours
/// running.
/// </summary>
internal sealed class DebeziumPeer : IAsyncDisposable
{
    internal const string Topic = "outbox.event.line";
    private const string Table = "peer.outbox_event";
    private const int StartPollsMax = 600;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);
    private readonly ChildProcess process;
    private readonly NpgsqlDataSource admin;
    private readonly string rows;

    private DebeziumPeer(ChildProcess process, NpgsqlDataSource admin, string rows) =>
        (this.process, this.admin, this.rows) = (process, admin, rows);

    /// <param name="rows">The outbox whose rows it is given.</param>
    /// <returns>Null where it is not installed.</returns>
    internal static async Task<DebeziumPeer?> Start(
        string kafkaHome, string folder, KafkaSettings kafka, PrivatePostgres postgres, string rows)
    {
        var script = Path.Combine(Path.GetFullPath(kafkaHome), "..", "peers", "debezium", "run.sh");
        if (!File.Exists(script)) return null;
        var admin = NpgsqlDataSource.Create(postgres.AdminConnectionString + ";Command Timeout=0");
        await Execute(admin,
            $"create schema peer; create table {Table} (id uuid primary key, aggregatetype text, aggregateid text, type text, "
                + $"payload bytea)");
        var words = new List<string>();
        var port = FreePorts.One().ToString(CultureInfo.InvariantCulture);
        var process = await ChildProcess.Start(
            script, [Path.Combine(folder, "debezium"), kafka.BootstrapServers,
                postgres.Port.ToString(CultureInfo.InvariantCulture), "postgres", "postgres", Table, port],
            onLine: line => { lock (words) words.Add(line); });
        for (var poll = 0; poll < StartPollsMax && !process.HasExited; poll++)
        {
            await using var command = admin.CreateCommand(
                "select exists (select from pg_replication_slots where slot_name = 'debezium_outbox' and active)");
            if ((bool)(await command.ExecuteScalarAsync())!) return new DebeziumPeer(process, admin, rows);
            await Task.Delay(s_poll);
        }

        await process.DisposeAsync();
        throw new InvariantException($"Debezium does not start: {string.Join(" | ", words.TakeLast(5))}");
    }

    /// <summary>The first rows of the outbox, in one transaction.</summary>
    internal async Task<TimeSpan> Relay(int count, ArrivalWatch topic)
    {
        var before = topic.Records();
        await Execute(admin,
            $"insert into {Table} select gen_random_uuid(), 'line', partition_key, wire_name, body from (select * from {rows} "
                + $"order by position limit {count}) r order by position");
        var committed = Stopwatch.StartNew();
        await topic.Until(before + count);
        return committed.Elapsed;
    }

    internal async Task<long> CommitOne()
    {
        await Execute(admin, $"insert into {Table} values (gen_random_uuid(), 'line', 'idle', 'stat.line.v1', '{{}}')");
        return Stopwatch.GetTimestamp();
    }

    internal long PeakMemoryMb()
    {
        using var java = Process.GetProcessById(process.Pid);
        return java.PeakWorkingSet64 >> 20;
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await admin.DisposeAsync();
    }

    private static async Task Execute(NpgsqlDataSource admin, string sql)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
