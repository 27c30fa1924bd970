using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ContestPipeline.Harness;

/// <summary>
/// One worker made of its real handlers, jobs, batch processor and outbox relay, without the loops that drive them: whoever holds
/// it says what happens next, step by step. What it sends comes back as records; nothing of it speaks to a broker.
/// </summary>
public sealed class WorkerHarness : IAsyncDisposable
{
    private const int JobTurnsMax = 100_000;
    private static readonly string[] s_housekeeping = ["maintenance"];

    private readonly IHost host;
    private readonly WorkerDatabase database;
    private readonly NpgsqlConnection lasting;
    private readonly WorkerParts parts;
    private readonly List<string> failures = [];

    private WorkerHarness(IHost host, WorkerDatabase database, NpgsqlConnection lasting, TimeProvider clock)
    {
        (this.host, this.database, this.lasting) = (host, database, lasting);
        parts = new WorkerParts([.. host.Services.GetServices<IHostedService>()], database, lasting, clock);
    }

    public string Name => database.Worker;

    public IReadOnlyList<string> Topics => parts.Plans.Keys;

    /// <summary>Jobs that failed, in words; a running worker would raise an alert for each.</summary>
    public IReadOnlyList<string> Failures => failures;

    /// <summary>Takes over every partition of the worker's topics and every slice of its outbox.</summary>
    /// <param name="host">With this one worker added, not started; disposed of with the driven worker.</param>
    public static async Task<WorkerHarness> Open(IHost host, string name, TimeProvider clock, CancellationToken ct)
    {
        var database = host.Services.GetRequiredKeyedService<WorkerDatabase>(name);
        var worker = new WorkerHarness(host, database, await database.OpenLasting(ct), clock);
        foreach (var topic in worker.Topics)
        {
            for (var p = 0; p < Contracts.Topics.Find(topic).Partitions; p++) worker.parts.Ownership.Assigned(topic, p);
        }

        await worker.parts.Ownership.ClaimNew(ct);
        await worker.parts.Slices.Balance(ct);
        return worker;
    }

    /// <summary>What the worker would make of each of these, as its inbox stands.</summary>
    public async Task<IReadOnlyList<Standing>> Judge(IReadOnlyList<HarnessRecord> records, CancellationToken ct)
    {
        var items = records.Select(parts.Item).ToArray();
        var asked = items.Where(i => i.Plan.Dedupe == Dedupe.ByInbox && i.Result is DecodeResult.Decoded u
            && i.Plan.Wants(u.Message)).ToArray();
        var known = (await database.Run(tx => tx.Query<Guid>(
            $"""
            select distinct i.message_id
            from unnest(@ids::uuid[], @days::date[]) as asked (message_id, day)
            join {Name}.inbox i on i.message_id = asked.message_id and i.day = asked.day
            order by i.message_id
            """,
            new
            {
                ids = asked.Select(i => i.Envelope.MessageId).ToArray(),
                days = asked.Select(i => DateOnly.FromDateTime(i.Envelope.Time.UtcDateTime)).ToArray(),
            }), ct)).ToHashSet();
        return
        [
            .. items.Select(i => i.Result switch
            {
                DecodeResult.Malformed => Standing.Malformed,
                DecodeResult.Decoded u when i.Plan.Wants(u.Message) =>
                    known.Contains(i.Envelope.MessageId) ? Standing.Known : Standing.New,
                _ => Standing.PassedOver,
            }),
        ];
    }

    /// <summary>Handles records as a batch read from the broker is handled: those that fail for good park their keys.</summary>
    /// <exception cref="InvariantException">The database does not let it be done.</exception>
    public async Task Handle(IReadOnlyList<HarnessRecord> records, CancellationToken ct)
    {
        var end = await parts.Processor.Process([.. records.Select(parts.Item)], ct);
        ct.ThrowIfCancellationRequested();
        Invariant.Holds(end.Handled == records.Count,
            $"{Name} handled {end.Handled} of {records.Count} records{(end.Fenced ? " and lost a partition" : "")}");
    }

    /// <summary>Empties the outbox.</summary>
    /// <returns>What was in it, in order.</returns>
    public async Task<IReadOnlyList<HarnessRecord>> Relay(CancellationToken ct)
    {
        var sent = new Taken(Name);
        while (await parts.Relay.SendWindow(parts.Slices, sent, ct) is null) ct.ThrowIfCancellationRequested();
        return sent.Records;
    }

    /// <summary>
    /// Runs every job until it says that nothing is left at this time. One that fails is told in <see cref="Failures"/> and left.
    /// </summary>
    public async Task RunJobs(CancellationToken ct)
    {
        foreach (var (name, job) in parts.Jobs.Where(j => !s_housekeeping.Contains(j.Name)))
        {
            var more = true;
            for (var turn = 0; more && turn < JobTurnsMax; turn++)
            {
                more = false;
                var outcome = await Worker.Attempt(async () => more = await database.Run(job.Run, ct), ct);
                ct.ThrowIfCancellationRequested();
                if (outcome is Outcome.Poison poison)
                    failures.Add($"{Name} job {name}: {poison.Error.GetType().Name}: {poison.Error.Message}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await lasting.DisposeAsync();
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }

    /// <summary>Keeps what a relay sends.</summary>
    private sealed class Taken(string worker) : IRelayTarget
    {
        internal List<HarnessRecord> Records { get; } = [];

        public void Send(OutboxRow row) => Records.Add(HarnessRecord.Of(row, worker));

        public Task<IReadOnlyDictionary<short, string>> AllAcknowledged(CancellationToken ct) =>
            Task.FromResult<IReadOnlyDictionary<short, string>>(new Dictionary<short, string>());

        public Task Tell(OutboxRow row, CancellationToken ct)
        {
            Send(row);
            return Task.CompletedTask;
        }
    }
}
