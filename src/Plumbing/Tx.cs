using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Globalization;
using ContestPipeline.Contracts;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// One database transaction and everything that must happen with it or not at all: SQL, messages to send, what to do after the
/// commit. Handlers get one and use nothing else.
/// </summary>
public sealed class Tx(
    NpgsqlConnection connection, NpgsqlTransaction transaction, string schema, TimeProvider clock, CancellationToken ct)
{
    /// <summary>
    /// How rows of a statement become what they are read as: a worker has some hundred statements, and each always has the same
    /// columns.
    /// </summary>
    private static readonly ConcurrentDictionary<(string Sql, Type Type), Func<DbDataReader, object>> s_parsers = [];

    private readonly List<Outgoing> outgoing = [];
    private readonly List<Rejected> rejections = [];
    private readonly List<AlertAct> alertActs = [];
    private readonly List<Action> afterCommit = [];

    /// <summary>The schema (and worker) this transaction belongs to.</summary>
    public string Schema { get; } = schema;

    public CancellationToken Ct { get; } = ct;

    /// <summary>For COPY and other commands that Dapper does not cover. Already inside the transaction.</summary>
    public NpgsqlConnection Connection { get; } = connection;

    /// <summary>The injected clock's present, UTC.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>
    /// The clock's present as the database stores it, to the microsecond: what is sent or hashed now and what is read back later
    /// are the same.
    /// </summary>
    public DateTimeOffset NowStored() => Stored(Now);

    /// <returns>A time as the database keeps it: UTC, to the microsecond, cut off.</returns>
    public static DateTimeOffset Stored(DateTimeOffset time) =>
        new(time.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    internal IReadOnlyList<Outgoing> Outgoing => outgoing;

    /// <summary>Of <see cref="Outgoing"/>, with the messages that they are about.</summary>
    internal IReadOnlyList<Rejected> Rejections => rejections;

    internal IReadOnlyList<AlertAct> AlertActs => alertActs;

    internal IReadOnlyList<Action> AfterCommitActions => afterCommit;

    /// <summary>Null where nobody keeps a log, such as in the shadow of a replay.</summary>
    internal ILogger? Logger { get; init; }

    /// <summary>Called after each statement: where the simulation lets other processes have their turn.</summary>
    internal Func<Task>? AfterStatement { get; init; }

    /// <returns>The number of rows written.</returns>
    public Task<int> Execute(string sql, object? parameters = null) =>
        Done(Connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: Ct)));

    /// <param name="patiently">For what may walk a whole table: no time-out ends it, only <see cref="Ct"/>.</param>
    public Task<IReadOnlyList<T>> Query<T>(string sql, object? parameters = null, bool patiently = false) =>
        Done(Read<T>(new CommandDefinition(sql, parameters, transaction, patiently ? 0 : null, cancellationToken: Ct)));

    /// <returns>Null (default) when there is no row.</returns>
    /// <exception cref="InvalidOperationException">There is more than one.</exception>
    public async Task<T?> QueryOne<T>(string sql, object? parameters = null) =>
        (await Query<T>(sql, parameters)).SingleOrDefault();

    /// <summary>
    /// Each row is read whole, then taken apart. Dapper's own queries read column by column: what of a long row has not come yet
    /// they wait for with their thread, and where that is the one which hears of the socket's data they wait until the command
    /// times out.
    /// </summary>
    private async Task<IReadOnlyList<T>> Read<T>(CommandDefinition command)
    {
        await using var reader = await Connection.ExecuteReaderAsync(command, CommandBehavior.Default);
        var rows = new List<T>();
        if (reader.FieldCount > 0)
        {
            var parse = s_parsers.GetOrAdd(
                (command.CommandText, typeof(T)), static (key, reader) => reader.GetRowParser(key.Type), reader);
            while (await reader.ReadAsync(Ct)) rows.Add(Value<T>(parse(reader)));
        }

        // What went wrong after the rows is told only here.
        while (await reader.NextResultAsync(Ct))
        {
        }

        return rows;
    }

    private static T Value<T>(object? read) => read switch
    {
        null => default!,
        T right => right,
        _ => (T)Convert.ChangeType(read, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// Publishes with this transaction. Lock the row that owns the partition key before the first send: order per key is commit
    /// order.
    /// </summary>
    /// <param name="cause">The message being handled: its trace goes on in what is sent. Without it the span's in which this is
    /// called does, if there is one.</param>
    /// <param name="time">
    /// When the fact was, UTC: its <c>ce_time</c>, by whose day the inbox remembers it. A message that is sent again must give
    /// the time it gave before; the present otherwise.
    /// </param>
    public void Send(IMessage message, Envelope? cause = null, DateTimeOffset? time = null) =>
        outgoing.Add(
            new Outgoing(message, WireTypes.Of(message.GetType()).Topic, cause?.TraceParent ?? Telemetry.Here, time ?? Now));

    /// <summary>
    /// Answers a message of an input topic that cannot be accepted: it goes to <c>&lt;topic&gt;.rejected</c> with its original
    /// bytes, as many as fit. Its message id stays free for the message as it should have been.
    /// </summary>
    /// <param name="field">The JSON path or header at fault.</param>
    public void Reject(Envelope envelope, string reason, string? field = null, string? expected = null, string? got = null)
    {
        var told = new Outgoing(Rejection.Of(envelope, reason, field, expected, got, Now), Topics.Rejected(envelope.Topic),
            envelope.TraceParent, Now);
        outgoing.Add(told);
        rejections.Add(new Rejected(envelope, told));
    }

    /// <summary>These are not sent after all.</summary>
    internal void TakeBack(IReadOnlyList<Outgoing> told)
    {
        if (told.Count == 0) return;
        var gone = told.ToHashSet<object>(ReferenceEqualityComparer.Instance);
        outgoing.RemoveAll(gone.Contains);
    }

    /// <summary>
    /// Tells a person. A dedup key that is open is told again only in other words, and not within minutes; one that was resolved
    /// is told again at once.
    /// </summary>
    public void Alert(Alert told) => alertActs.Add(new AlertAct.Raise(new AlertRaisedV1(
        told.DedupKey, told.Severity.Word(), told.Kind, told.Subject, told.Cause, told.RecommendedAction, Schema, Now)));

    /// <summary>The fact that ends an alert was seen. Nothing happens when it is not open.</summary>
    /// <param name="because">What ended it, in one sentence for a person.</param>
    public void ResolveAlert(string dedupKey, string because) =>
        alertActs.Add(new AlertAct.Resolve(dedupKey, IsPrefix: false, because));

    /// <summary>
    /// As <see cref="ResolveAlert"/>, for every open alert whose key begins with <paramref name="prefix"/>; end it with a slash.
    /// </summary>
    public void ResolveAlertsUnder(string prefix, string because)
    {
        Invariant.Holds(prefix.EndsWith('/'), $"'{prefix}' could be the beginning of somebody else's key");
        alertActs.Add(new AlertAct.Resolve(prefix, IsPrefix: true, because));
    }

    /// <returns>The keys of open alerts that begin with one of <paramref name="prefixes"/>, in order. What this transaction says
    /// of alerts itself is not in it.</returns>
    public Task<IReadOnlyList<string>> AlertsOpenUnder(params IReadOnlyList<string> prefixes) =>
        AlertEpisodes.OpenUnder(this, prefixes);

    /// <summary>For memory that must follow the database: runs only once the transaction is committed.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    /// <summary>
    /// A line in the worker's log of what this transaction did: written once it is done, and not when it is taken back.
    /// </summary>
    public void Log(Action<ILogger> line)
    {
        if (Logger is { } log) afterCommit.Add(() => line(log));
    }

    /// <summary>A figure of what this transaction did; told when a line of the log would be.</summary>
    public void Measure(Action figure) => Log(_ => figure());

    private Task<T> Done<T>(Task<T> statement) => AfterStatement is { } after ? Then(statement, after) : statement;

    private static async Task<T> Then<T>(Task<T> statement, Func<Task> after)
    {
        var result = await statement;
        await after();
        return result;
    }
}

/// <summary>A message waiting in <see cref="Tx"/> for the set-based write into the outbox.</summary>
internal sealed record Outgoing(IMessage Message, string Topic, string? TraceParent, DateTimeOffset Time);

/// <summary>A message that was refused, and what is told of it.</summary>
internal readonly record struct Rejected(Envelope Refused, Outgoing Told);
