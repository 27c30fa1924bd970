using System.Collections.Frozen;
using ContestPipeline.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>
/// One worker made of its real handlers, jobs, batch processor and outbox relay, without the loops that drive them: whoever holds it says what happens next,
/// step by step. What it sends comes back as records; nothing of it speaks to a broker.
/// </summary>
public sealed class DrivenWorker : IAsyncDisposable
{
    private const int JobTurnsMax = 100_000;
    private static readonly string[] s_housekeeping = ["maintenance"];

    private readonly IHost host;
    private readonly WorkerDatabase database;
    private readonly FrozenDictionary<string, TopicPlan> plans;
    private readonly BatchProcessor processor;
    private readonly OutboxRelay relay;
    private readonly IReadOnlyList<(string Name, IJob Job)> jobs;
    private readonly NpgsqlConnection lasting;
    private readonly RelaySlices slices;
    private readonly List<string> failures = [];

    private DrivenWorker(IHost host, string name, IReadOnlyList<IHostedService> services, PartitionOwnership ownership, NpgsqlConnection lasting, TimeProvider clock)
    {
        (this.host, Name, this.lasting) = (host, name, lasting);
        database = host.Services.GetRequiredKeyedService<WorkerDatabase>(name);
        plans = services.OfType<KafkaConsumerLoop>().Single().Declared();
        relay = services.OfType<OutboxRelay>().Single();
        jobs = [.. services.OfType<JobLoop>().Where(j => !s_housekeeping.Contains(j.Name)).Select(j => (j.Name, j.Make()))];
        processor = new BatchProcessor(database, ownership, clock, NullLogger.Instance);
        slices = new RelaySlices(lasting, name);
    }

    public string Name { get; }

    public IReadOnlyList<string> Topics => plans.Keys;

    /// <summary>Jobs that failed, in words; a running worker would raise an alert for each.</summary>
    public IReadOnlyList<string> Failures => failures;

    /// <summary>Takes over every partition of the worker's topics and every slice of its outbox.</summary>
    /// <param name="host">With this one worker added, not started; disposed of with the driven worker.</param>
    public static async Task<DrivenWorker> Open(IHost host, string name, TimeProvider clock, CancellationToken ct)
    {
        var database = host.Services.GetRequiredKeyedService<WorkerDatabase>(name);
        var ownership = new PartitionOwnership(database);
        var worker = new DrivenWorker(host, name, [.. host.Services.GetServices<IHostedService>()], ownership, await database.OpenLasting(ct), clock);
        foreach (var topic in worker.Topics)
        {
            for (var p = 0; p < Contracts.Topics.Find(topic).Partitions; p++) ownership.Assigned(topic, p);
        }

        await ownership.ClaimNew(ct);
        await worker.slices.Balance(ct);
        return worker;
    }

    /// <summary>What the worker would make of each of these, as its inbox stands.</summary>
    public async Task<IReadOnlyList<Standing>> Judge(IReadOnlyList<DrivenRecord> records, CancellationToken ct)
    {
        var items = records.Select(Item).ToArray();
        var asked = items.Where(i => i.Plan.Dedupe == Dedupe.ByInbox && i.Reading is Reading.Understood u && i.Plan.Wants(u.Message)).ToArray();
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
            .. items.Select(i => i.Reading switch
            {
                Reading.Malformed => Standing.Malformed,
                Reading.Understood u when i.Plan.Wants(u.Message) => known.Contains(i.Envelope.MessageId) ? Standing.Known : Standing.Fresh,
                _ => Standing.PassedOver,
            }),
        ];
    }

    /// <summary>Handles records as a batch read from the broker is handled: those that fail for good park their keys.</summary>
    /// <exception cref="InvariantException">The database does not let it be done.</exception>
    public async Task Handle(IReadOnlyList<DrivenRecord> records, CancellationToken ct)
    {
        var end = await processor.Process([.. records.Select(Item)], ct);
        ct.ThrowIfCancellationRequested();
        Invariant.Holds(end.Handled == records.Count, $"{Name} handled {end.Handled} of {records.Count} records{(end.Fenced ? " and lost a partition" : "")}");
    }

    /// <summary>Empties the outbox.</summary>
    /// <returns>What was in it, in order.</returns>
    public async Task<IReadOnlyList<DrivenRecord>> Relay(CancellationToken ct)
    {
        var sent = new Taken(Name);
        while (await relay.SendWindow(slices, sent, ct) is null) ct.ThrowIfCancellationRequested();
        return sent.Records;
    }

    /// <summary>Runs every job until it says that nothing is left at this time. One that fails is told in <see cref="Failures"/> and left.</summary>
    public async Task RunJobs(CancellationToken ct)
    {
        foreach (var (name, job) in jobs)
        {
            var more = true;
            for (var turn = 0; more && turn < JobTurnsMax; turn++)
            {
                more = false;
                var outcome = await Worker.Attempt(async () => more = await database.Run(job.Run, ct), ct);
                ct.ThrowIfCancellationRequested();
                if (outcome is Outcome.Poison poison) failures.Add($"{Name} job {name}: {poison.Error.GetType().Name}: {poison.Error.Message}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await lasting.DisposeAsync();
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }

    private Item Item(DrivenRecord record)
    {
        var plan = plans[record.Topic];
        var envelope = record.Envelope();
        return new Item(envelope, EnvelopeReader.Read(envelope, plan.Reader), plan);
    }

    /// <summary>Keeps what a relay sends.</summary>
    private sealed class Taken(string worker) : IRelayTarget
    {
        internal List<DrivenRecord> Records { get; } = [];

        public void Send(OutboxRow row) => Records.Add(DrivenRecord.Of(row, worker));

        public Task AllAcknowledged(CancellationToken ct) => Task.CompletedTask;
    }
}
