using System.Data;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace ContestPipeline.Plumbing;

/// <summary>
/// A worker's own way into the database: each call of <see cref="Run{T}"/> is one transaction, with everything it sends. For what
/// no message causes and no
/// <see cref="IJob"/> fits, such as a runner that talks to the network between two transactions. Inject it keyed by the worker's
/// name.
/// </summary>
public sealed class WorkerDatabase : IAsyncDisposable
{
    /// <summary>More than a worker has: with fewer, each would push another out and be planned again every time.</summary>
    private const int StatementsMax = 250;

    /// <summary>
    /// What Npgsql, unlike anybody here, waits with: it says so, instead of naming the trouble, when a connection breaks at the
    /// wrong moment.
    /// </summary>
    private static readonly string s_partOfConnection = typeof(ManualResetEventSlim).FullName!;

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlDataSource lasting;
    private readonly TimeProvider clock;
    private readonly ILogger? log;

    static WorkerDatabase()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new UtcTimes());
        SqlMapper.AddTypeHandler(new UtcTimesOrNone());
    }

    public WorkerDatabase(string worker, string connectionString, TimeProvider clock, ILoggerFactory? logging = null)
    {
        Worker = worker;
        this.clock = clock;
        log = logging?.CreateLogger($"ContestPipeline.{worker}");
        source = Source(worker, connectionString, logging);
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 5 };
        lasting = Source($"{worker}-lasting", unpooled.ConnectionString, logging);
    }

    /// <summary>Also the schema.</summary>
    public string Worker { get; }

    /// <summary>
    /// Called just before each commit (false) and just after it (true): where the simulation lets processes die and answers get
    /// lost.
    /// </summary>
    internal Func<Tx, bool, Task>? AtCommit { get; init; }

    /// <summary>
    /// Called after each statement of a transaction that is still open: where the simulation lets other processes have their
    /// turn.
    /// </summary>
    internal Func<Task>? AfterStatement { get; init; }

    /// <summary>
    /// Connections, serialization, deadlocks, a server that goes down or comes up, or takes no writes: the same work succeeds
    /// later.
    /// </summary>
    public static bool IsTransient(Exception trouble) => Plumbing.Worker.IsTransient(trouble);

    /// <summary>
    /// Runs work in one transaction; what it sent is committed with it, what it left for after the commit runs then.
    /// </summary>
    /// <exception cref="NpgsqlException">The database's trouble, which <see cref="IsTransient"/> or not.</exception>
    public async Task<T> Run<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var tx = new Tx(connection, transaction, Worker, clock, ct) { AfterStatement = AfterStatement, Logger = log };
        T result;
        try
        {
            result = await work(tx);
            await OutboxWriter.Flush(tx);
            if (AtCommit is { } before) await before(tx, false);
            await transaction.CommitAsync(ct);
        }
        catch (ObjectDisposedException gone)
            when (gone.ObjectName == s_partOfConnection || !connection.FullState.HasFlag(ConnectionState.Open))
        {
            throw new NpgsqlException("The connection broke while it was used", new IOException(gone.Message, gone));
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            // No connection breaks by it, and one that began read-only may stay so when the server is writable again, or another
            // is the primary.
            source.Clear();
            throw;
        }

        if (AtCommit is { } after) await after(tx, true);
        foreach (var action in tx.AfterCommitActions) action();
        return result;
    }

    public Task Run(Func<Tx, Task> work, CancellationToken ct) => Run(async tx =>
    {
        await work(tx);
        return true;
    }, ct);

    /// <summary>A connection of its own outside any pool, for locks that last as long as it does and for LISTEN.</summary>
    /// <exception cref="StandbyException">The server is a standby; so from <see cref="Run{T}"/> and
    /// <see cref="Open"/>.</exception>
    internal ValueTask<NpgsqlConnection> OpenLasting(CancellationToken ct) => lasting.OpenConnectionAsync(ct);

    internal ValueTask<NpgsqlConnection> Open(CancellationToken ct) => source.OpenConnectionAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await lasting.DisposeAsync();
    }

    /// <summary>
    /// Each connection is asked once, when it is made, whether it reached the primary: a name may lead elsewhere from one
    /// connection to the next. A primary becomes a standby only by a start, which none of its connections survives.
    /// </summary>
    private NpgsqlDataSource Source(string name, string connectionString, ILoggerFactory? logging)
    {
        const string IsStandby = "select pg_is_in_recovery()";
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        builder.ConnectionStringBuilder.ApplicationName = Worker;
        builder.ConnectionStringBuilder.MaxAutoPrepare = StatementsMax;
        builder.ConnectionStringBuilder.Options = SessionLimits.Options(builder.ConnectionStringBuilder.Options);
        if (logging is not null) builder.UseLoggerFactory(logging);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var asked = new NpgsqlCommand(IsStandby, connection);
                StandbyException.ThrowIf(asked.ExecuteScalar());
            },
            async connection =>
            {
                await using var asked = new NpgsqlCommand(IsStandby, connection);
                StandbyException.ThrowIf(await asked.ExecuteScalarAsync());
            });
        return builder.Build();
    }

    /// <summary>timestamptz is UTC both ways; Npgsql refuses any other offset.</summary>
    /// <summary>
    /// Also of no time: a parameter of another type each time would have its statement parsed and planned each time.
    /// </summary>
    private sealed class UtcTimes : SqlMapper.ITypeHandler
    {
        public object Parse(Type destinationType, object value) => value switch
        {
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            DateTimeOffset time => time.ToUniversalTime(),
            _ => throw new InvariantException($"a time came as {value.GetType().Name}"),
        };

        public void SetValue(System.Data.IDbDataParameter parameter, object value)
        {
            parameter.Value = value is DateTimeOffset time ? time.UtcDateTime : DBNull.Value;
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.TimestampTz;
        }
    }

    /// <summary>
    /// Npgsql guesses the type of a list of times from its first: one that begins with none would be of times without a zone, and
    /// refuse the others.
    /// </summary>
    private sealed class UtcTimesOrNone : SqlMapper.TypeHandler<DateTimeOffset?[]>
    {
        public override DateTimeOffset?[] Parse(object value) => throw new InvariantException("lists of times are written only");

        public override void SetValue(System.Data.IDbDataParameter parameter, DateTimeOffset?[]? value)
        {
            parameter.Value = value?.Select(time => time?.UtcDateTime).ToArray();
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;
        }
    }
}

/// <summary>
/// A standby answers every question, late, and shows nobody's locks. It passes by: what leads to the primary may be on its way,
/// as after a failover.
/// </summary>
internal sealed class StandbyException() : NpgsqlException("The server is a standby; a worker needs the primary")
{
    public override bool IsTransient => true;

    internal static void ThrowIf(object? isStandby)
    {
        if (isStandby is true) throw new StandbyException();
    }
}
