using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Effect;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Replay;

/// <summary>How far the making of a plan has come.</summary>
/// <param name="Expected">0: nobody knows.</param>
public sealed record PlanProgress(string Step, long Done, long Expected);

/// <summary>A record to try out, with the time at which it was written.</summary>
public sealed record PlannedRecord(HarnessRecord Record, DateTimeOffset WrittenAt);

/// <summary>
/// Tries messages out on a shadow of the four workers and says what they would do. The live database is read, the live topics are
/// read, and nothing else is touched: no row is written, no record produced, no group joined, Stripe not asked.
/// </summary>
/// <param name="reprocess">The records are handled anew also where an inbox remembers them.</param>
public sealed class MakePlan(IConfiguration settings, TimeProvider clock, Action<PlanProgress> tell, bool reprocess = false)
{
    private const int BatchCountMax = 4_000;
    private const int AlertsShownMax = 50;
    private static readonly TimeSpan s_afterwards = TimeSpan.FromSeconds(1);

    /// <param name="records">Those that are selected, each partition's in their order; read once.</param>
    /// <param name="count">Counts them as they are read.</param>
    public async Task<(ReplayEffect Effect, string Migrations)> Run(
        IEnumerable<PlannedRecord> records, SelectionCount count, long expected, CancellationToken ct)
    {
        var environment = settings.PipelineEnvironment();
        var admin = settings.AdminDatabase();
        var label = DeterministicId.From($"shadow/{Environment.ProcessId}/{clock.GetUtcNow().UtcTicks}").ToString("N")[..12];
        tell(new PlanProgress("making the shadow", 0, 0));
        await using var shadow = await ShadowDatabase.Make(
            admin, environment, DeclaredWorkers.Schemas, label,
            copy => tell(new PlanProgress("copying " + copy.Table, copy.Bytes, copy.BytesExpected)), ct);
        var time = new ShadowClock(clock);
        await using var pipeline = new ShadowPipeline(await ShadowWorkers.Open(shadow, settings, time, ct), time);
        tell(new PlanProgress("coming to rest", 0, 0));
        await pipeline.Rest(ct);
        pipeline.Forget();
        await using var writing = new WorkerDatabase(ScoringService.Name, shadow.ConnectionString, time);
        await using var looking = new WorkerDatabase(ScoringService.Name, EffectSql.ReadOnly(shadow.ConnectionString), time);
        var moment = await writing.Run(tx => tx.Now(), ct);
        var effect = await looking.Run(
            async before =>
            {
                await before.HoldStill();
                var totals = await before.Totals();
                var judged = await Feed(pipeline, writing, records, count, expected, ct);
                var touched = await looking.Run(after => Touched(after, judged, moment), ct);
                var waits = await WaitForRevisions(pipeline, looking, touched, time, ct);
                tell(new PlanProgress("comparing", 0, 0));
                return await looking.Run(after => Compare(before, after, totals, judged, touched, waits, pipeline, moment), ct);
            }, ct);
        return (effect, shadow.Migrations);
    }

    private async Task<JudgeMessages> Feed(
        ShadowPipeline pipeline, WorkerDatabase database, IEnumerable<PlannedRecord> records, SelectionCount count, long expected,
        CancellationToken ct)
    {
        var judge = new JudgeMessages(pipeline.Workers, database);
        var forgotten = new HashSet<Guid>();
        var done = 0L;
        using var batches = records.Chunk(BatchCountMax).GetEnumerator();
        var next = await Read();
        while (next.Length > 0)
        {
            var batch = next;
            var reading = Task.Run(Read, ct);
            await Task.WhenAll(reading, Handle(batch));
            next = await reading;
            done += batch.Length;
            tell(new PlanProgress("handling", done, Math.Max(expected, done)));
        }

        tell(new PlanProgress("coming to rest again", 0, 0));
        await pipeline.Rest(ct);
        return judge;

        async Task<HarnessRecord[]> Read()
        {
            if (!batches.MoveNext()) return [];
            foreach (var (record, writtenAt) in batches.Current) count.Add(record.Envelope(), writtenAt);
            HarnessRecord[] batch = [.. batches.Current.Select(t => t.Record)];
            if (ComeFromOutside(batch)) await Judge(batch);
            return batch;
        }

        async Task Judge(HarnessRecord[] batch)
        {
            if (reprocess)
                await Forget(pipeline, database, [.. batch.Select(r => r.Envelope()).Where(e => forgotten.Add(e.MessageId))], ct);
            await judge.Judge(batch, ct);
        }

        // What workers send as well is judged when all that came before has come about: it may have been sent by then.
        async Task Handle(HarnessRecord[] batch)
        {
            var areSentByWorkers = !ComeFromOutside(batch);
            if (areSentByWorkers) await Judge(batch);
            await pipeline.Feed(batch, ct);
            if (areSentByWorkers) await pipeline.Flow(ct);
        }
    }

    /// <summary>As in a run, each message's claim is forgotten once: a second record of it in the selection is known.</summary>
    private static async Task Forget(
        ShadowPipeline pipeline, WorkerDatabase database, IReadOnlyList<Envelope> messages, CancellationToken ct)
    {
        foreach (var topic in messages.GroupBy(m => m.Topic, StringComparer.Ordinal))
        {
            foreach (var worker in pipeline.Workers.Where(w => w.Topics.Contains(topic.Key)))
                await database.Run(tx => Reprocess.Forget(tx, worker.Name, [.. topic]), ct);
        }
    }

    /// <summary>
    /// No worker sends to such a topic, so what is known of its messages does not depend on what is being handled.
    /// </summary>
    private static bool ComeFromOutside(HarnessRecord[] batch) =>
        batch.All(record => Topics.All.Any(t => t.Name == Topics.Rejected(record.Topic)));

    /// <summary>Contests that the messages are about or of which anything was written.</summary>
    private static async Task<IReadOnlyList<string>> Touched(Tx after, JudgeMessages judge, string moment) =>
        [.. (await after.ContestsWrittenSince(moment)).Union(judge.Contests).Union(await after.ContestsOf(judge.Games))
            .Order(StringComparer.Ordinal)];

    /// <summary>
    /// A correction of a contest that has its result makes a further one when its correction window is over: the shadow lets that
    /// time pass. What it does to contests that the messages are not about is left out.
    /// </summary>
    /// <returns>Seconds.</returns>
    private async Task<long> WaitForRevisions(
        ShadowPipeline pipeline, WorkerDatabase looking, IReadOnlyList<string> contests, ShadowClock time, CancellationToken ct)
    {
        var began = time.GetUtcNow();
        for (var last = began; await looking.Run(tx => tx.RevisedAt(contests), ct) is { } next && next > last; last = next)
        {
            tell(new PlanProgress("waiting for correction windows", 0, 0));
            if (next > time.GetUtcNow()) time.Forward(next - time.GetUtcNow() + s_afterwards);
            await pipeline.Rest(ct);
        }

        return (long)Math.Ceiling((time.GetUtcNow() - began).TotalSeconds);
    }

    private static async Task<ReplayEffect> Compare(
        Tx before, Tx after, (long ParkedMessages, long LedgerLines, long StripeCalls) totals, JudgeMessages judge,
        IReadOnlyList<string> touched, long waitsSeconds, ShadowPipeline pipeline, string moment)
    {
        var lines = (await after.LinesWrittenSince(moment)).Select(l => l.AthleteId).ToHashSet(StringComparer.Ordinal);
        var contests = new List<ContestEffect>();
        foreach (var contestId in touched)
        {
            if (await ContestState.Read(after, contestId) is not { } now) continue;
            contests.Add(
                CompareStates.Compare(await ContestState.Read(before, contestId), now, await Rescored(after, contestId, lines)));
        }

        var later = await after.Totals();
        var rejected = pipeline.Sent.Where(s => s.Key.EndsWith(".rejected", StringComparison.Ordinal)).Sum(s => s.Value);
        var parked = later.ParkedMessages - totals.ParkedMessages;
        var judged = judge.Counts;
        var read = judged.Values.Sum();
        var known = judged.GetValueOrDefault(JudgeMessages.Known);
        var passedOver = judged.GetValueOrDefault(JudgeMessages.PassedOver);
        return new ReplayEffect(
            new MessageEffect(
                read, known, Math.Max(0, read - known - passedOver - rejected - parked), rejected, parked, passedOver),
            CompareStates.Total(contests), contests, waitsSeconds, later.LedgerLines - totals.LedgerLines,
            later.StripeCalls - totals.StripeCalls, new SortedDictionary<string, long>(pipeline.Sent, StringComparer.Ordinal),
            [.. pipeline.Alerts.Select(a => $"{a.Severity} {a.Kind} {a.Subject}: {a.Cause}").Distinct()
                .Order(StringComparer.Ordinal).Take(AlertsShownMax)],
            [.. pipeline.Workers.SelectMany(w => w.Failures).Distinct().Order(StringComparer.Ordinal).Take(AlertsShownMax)]);
    }

    private static async Task<int> Rescored(Tx tx, string contestId, HashSet<string> athletes)
    {
        if (athletes.Count == 0) return 0;
        return (await tx.Entries(contestId)).Count(e => e.AthleteIds.Split(',').Any(athletes.Contains));
    }
}
