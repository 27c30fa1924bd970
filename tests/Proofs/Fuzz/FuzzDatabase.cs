using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Spoilt records in batches with good ones through the real batch processor, handlers and SQL on a PostgreSQL of its own. Every
/// good record must take effect, every bad one be answered with reason and bytes, none be parked, none stop a batch.
/// </summary>
internal static class FuzzDatabase
{
    private const int BatchMax = 60;
    private static readonly (string Type, string Body)[] s_commands =
    [
        ("contest.submit-entry.v1",
            """{"commandId":"k2","contestId":"c1","entryId":"e1","playerId":"p1","athleteIds":["a1","a2"]}"""),
        ("contest.withdraw-entry.v1", """{"commandId":"k5","contestId":"c1","entryId":"e1","playerId":"p1"}"""),
        ("contest.submit-entry.v1", """{"commandId":"k3","contestId":"c1","entryId":"e2","playerId":"p1","athleteIds":[]}"""),
        ("contest.swap-athlete.v1",
            """{"commandId":"k4","contestId":"c1","entryId":"e1","playerId":"p1","slotIndex":0,"athleteId":"a3"}"""),
    ];

    public static async Task<int> Run(int inputs, ulong seed)
    {
        var folder = Directory.CreateTempSubdirectory("contestpipeline-fuzz-").FullName;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: false);
            await new Migrator(postgres.AdminConnectionString, "test").Apply(
                [new WorkerSchema(IngestionService.Name, typeof(IngestionService).Assembly),
                    new WorkerSchema(ScoringService.Name, typeof(ScoringService).Assembly)]);
            var settings = new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = "test" }).Build();
            var feed = new FeedHandler(new GameCache());
            var commands = new CommandHandler(new ContestDefinitions(), settings);
            // Operators' commands are spoilt as well, on the topic where they once were.
            await using (var admin = new NpgsqlConnection(postgres.AdminConnectionString))
                await admin.ExecuteAsync("insert into scoring.former_command (partition, end_offset) values (0, 1000000000)");
            var faults = await Feed(
                postgres, IngestionService.Name, Plan(Topics.FeedGames, Dedupe.ByInbox, feed.Handle), inputs / 2, seed)
                + await Feed(postgres, ScoringService.Name, Plan(Topics.ContestCommands, Dedupe.ByHandler, commands.Handle),
                    inputs / 2, seed + 1);
            return faults == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TopicPlan Plan(string topic, Dedupe dedupe, Handling handle) =>
        new(topic, Malformed.Reject, dedupe, null, FrozenDictionary<Type, Handling[]>.Empty, [handle]);

    private static async Task<int> Feed(PrivatePostgres postgres, string worker, TopicPlan plan, int inputs, ulong seed)
    {
        var clock = Stopwatch.StartNew();
        var chance = new SeededRandom(seed);
        await using var database = new WorkerDatabase(worker, postgres.ConnectionString("postgres", worker), TimeProvider.System);
        var ownership = new PartitionOwnership(database);
        ownership.Assigned(plan.Topic, 0);
        await ownership.ClaimNew(CancellationToken.None);
        var processor = new BatchProcessor(database, ownership, TimeProvider.System, NullLogger.Instance);
        int offset = 0, good = 0;
        if (plan.Topic == Topics.ContestCommands)
        {
            var create = Records.Of(plan.Topic, "contest.create.v1", "c1", "create",
                WireJson.Bytes(FuzzCommands.Create(TimeProvider.System.GetUtcNow())), offset++);
            await processor.Process([Read(create, plan)], CancellationToken.None);
        }

        while (offset < inputs)
        {
            var batch = new List<ConsumedRecord>();
            for (var more = chance.Next(1, BatchMax); more > 0; more--, offset++)
            {
                var isGood = chance.Chance(25);
                var record = isGood ? Good(plan.Topic, ++good, offset) : Spoilt(plan.Topic, offset, chance);
                batch.Add(Read(record, plan));
            }

            var end = await processor.Process(batch, CancellationToken.None);
            Invariant.Holds(end.Handled == batch.Count && !end.Fenced,
                $"{worker}: a batch stopped at {end.Handled} of {batch.Count} (seed {seed})");
        }

        return await Compare(postgres, worker, plan.Topic, offset, good, clock);
    }

    private static ConsumedRecord Read(ConsumeResult<byte[], byte[]> record, TopicPlan plan)
    {
        var reading = Records.Read(record, out var envelope);
        return new ConsumedRecord(envelope, reading, plan);
    }

    /// <summary>Of a key of its own, so that it shows whether bad neighbours disturb it.</summary>
    private static ConsumeResult<byte[], byte[]> Good(string topic, int number, int offset)
    {
        var (type, body, key) = topic == Topics.FeedGames
            ? ("feed.play.v1",
                string.Create(CultureInfo.InvariantCulture,
                    $$$"""{"gameId":"good","eventId":"p{{{number}}}","sequence":{{{number}}},"revision":1,"op":"upsert","official":true,"athletes":[{"athleteId":"a1","stats":{"good":1}}],"providerTime":"2026-11-20T18:05:30Z"}"""), "good")
            : ("contest.cancel.v1",
                string.Create(CultureInfo.InvariantCulture,
                    $$"""{"commandId":"good{{number}}","contestId":"good","reason":"r","issuedBy":"i"}"""), "good");
        return Records.Of(topic, type, key, string.Create(CultureInfo.InvariantCulture, $"good{number}"),
            System.Text.Encoding.UTF8.GetBytes(body), offset);
    }

    private static ConsumeResult<byte[], byte[]> Spoilt(string topic, int offset, SeededRandom chance)
    {
        var (type, template) = chance.Pick(topic == Topics.FeedGames ? FuzzFeed.Templates : s_commands);
        var key = topic == Topics.FeedGames ? "g1" : "c1";
        return Records.Of(topic, type, key, string.Create(CultureInfo.InvariantCulture, $"bad{offset}"),
            MutateJson.Of(template, chance), offset, chance);
    }

    private static async Task<int> Compare(
        PrivatePostgres postgres, string worker, string topic, int inputs, int good, Stopwatch clock)
    {
        await using var admin = new NpgsqlConnection(postgres.AdminConnectionString);
        var parked =
            (await admin.QueryAsync<string>($"select error from {worker}.parked where error is not null limit 5")).ToList();
        var rejected = await admin.ExecuteScalarAsync<long>(
            $"select count(*) from {worker}.outbox where topic = @topic", new { topic = Topics.Rejected(topic) });
        var took = topic == Topics.FeedGames
            ? await admin.ExecuteScalarAsync<long>("select count(*) from ingestion.play where game_id = 'good'")
            : await admin.ExecuteScalarAsync<long>("select count(*) from scoring.outbox where partition_key = 'good'");
        var answered = await admin.ExecuteScalarAsync<long>(
            $"select count(*) from {worker}.outbox where topic = @topic", new { topic = Topics.ContestEvents });
        var faults = 0;
        var waiting = topic == Topics.ContestCommands
            ? await admin.ExecuteScalarAsync<long>("select count(*) from scoring.early_command") : 0;
        if (topic == Topics.ContestCommands && answered + rejected + waiting < inputs)
            faults += Say(
                $"  FAILED {worker}: {inputs} commands, only {answered} answers and {rejected} rejections, and {waiting} that wait for their contest");
        if (took != good) faults += Say($"  FAILED {worker}: {took} of {good} good records took effect");
        if (parked.Count > 0) faults += Say($"  FAILED {worker}: parked: {string.Join(" | ", parked)}");
        Say($"  {inputs:N0} records through {worker} on PostgreSQL: {good:N0} good ones all took effect, {answered:N0} answered, {waiting:N0} wait for their contest, {rejected:N0} rejected with their bytes, {parked.Count} parked, {clock.Elapsed.TotalSeconds:0.0} s");
        return faults;
    }

    private static int Say(FormattableString what)
    {
        Console.WriteLine(what.ToString(CultureInfo.InvariantCulture));
        return 1;
    }
}
