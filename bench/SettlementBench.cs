using System.Diagnostics;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;
using Npgsql;
using NpgsqlTypes;

namespace ContestPipeline.Bench;

/// <summary>
/// The largest contest there ever was, 1,436,510 entries of which a quarter win: from its entries in Settlement's copy to awards
/// and ledger rows stored, beside COPY of the very same rows into tables with the same keys, indexes and checks.
/// </summary>
internal static class SettlementBench
{
    private const string ContestId = "bench";
    private const int EntriesDefault = 1_436_510;
    private const int DistinctLineups = 290_000;
    private const int Athletes = 400;
    private const int Slots = 9;
    private const int Players = 250_000;
    private static readonly string[] s_written = ["settlement.award", "payout.award", "payout.ledger_transfer", "payout.payout",
        "payout.payout_change"];

    /// <param name="args">The number of entries, if another than the default.</param>
    public static async Task Run(string[] args)
    {
        var entries = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : EntriesDefault;
        var folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-bench-{Environment.ProcessId}");
        await using (var postgres = await PrivatePostgres.Start(folder, durable: true, ["max_wal_size=8GB"]))
        {
            WorkerSchema[] workers = [new("settlement", typeof(SettlementService).Assembly),
                new("payout", typeof(PayoutService).Assembly)];
            await new Migrator(postgres.AdminConnectionString, "test").Apply(workers);
            await using var admin = NpgsqlDataSource.Create(postgres.AdminConnectionString + ";Command Timeout=0");
            await Prepare(admin, entries);
            await Measure(postgres, admin, entries);
        }

        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static async Task Measure(PrivatePostgres postgres, NpgsqlDataSource admin, int entries)
    {
        await using var settlement = new WorkerDatabase(
            "settlement", postgres.ConnectionString("postgres", "settlement"), TimeProvider.System);
        await using var payout = new WorkerDatabase(
            "payout", postgres.ConnectionString("postgres", "payout"), TimeProvider.System);
        GC.Collect();

        var watch = Stopwatch.StartNew();
        var job = new SettleJob(new SettlementOptions(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)));
        while (await settlement.Run(job.Run, CancellationToken.None)) { }
        var settledMs = watch.ElapsedMilliseconds;

        var results = await Announced(admin);
        watch.Restart();
        foreach (var message in results) await payout.Run(tx => Deliver(message, tx), CancellationToken.None);
        var posting = new PostAwardsJob();
        while (await payout.Run(posting.Run, CancellationToken.None)) { }
        var postedMs = watch.ElapsedMilliseconds;

        Invariant.Holds(await Scalar<long>(admin, "select count(*) from payout.ledger_transfer") > results.Count,
            "Payout did not post the awards");

        var (rows, copiedMs) = await CopySameRows(admin);
        var digest = await Scalar<string>(admin, "select digest from settlement.result");
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"settlement: {entries:N0} entries, digest {digest[..12]}, {results.Count - 1} award messages");
        Console.WriteLine($"  computed, awards and messages stored {settledMs,8:N0} ms");
        Console.WriteLine($"  awards received, ledger posted       {postedMs,8:N0} ms");
        Console.WriteLine($"  COPY of the same {rows,9:N0} rows     {copiedMs,8:N0} ms");
        Console.WriteLine(
            $"  ratio {(double)(settledMs + postedMs) / copiedMs:0.00}x of the time of COPY (settlement alone "
                + $"{(double)settledMs / copiedMs:0.00}x), target <= 3x; peak memory {process.PeakWorkingSet64 >> 20:N0} MB");
    }

    private static Task Deliver(IMessage message, Tx tx)
    {
        var envelope = new Envelope(Topics.Results, 0, 0, ContestId, DeterministicId.From(message.IdempotencyKey), "", "bench",
            tx.Now, null, new Dictionary<string, string>(), default);
        return message is ContestAwardsV1 awards
            ? new ContestAwardsHandler(OverlayLimit.Default).Handle(new Received<ContestAwardsV1>(awards, envelope), tx)
            : new ContestSettledHandler(OverlayLimit.Default)
                .Handle(new Received<ContestSettledV1>((ContestSettledV1)message, envelope), tx);
    }

    private static async Task<List<IMessage>> Announced(NpgsqlDataSource admin)
    {
        var messages = new List<IMessage>();
        await using var command = admin.CreateCommand("select wire_name, body from settlement.outbox order by position");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            messages.Add((IMessage)WireJson.Read(reader.GetFieldValue<byte[]>(1), WireTypes.Find(reader.GetString(0))!));
        return messages;
    }

    /// <summary>The rows are read into memory first; only writing them is timed.</summary>
    private static async Task<(long Rows, long Ms)> CopySameRows(NpgsqlDataSource admin)
    {
        long rows = 0, ms = 0;
        await using var connection = await admin.OpenConnectionAsync();
        foreach (var table in s_written)
        {
            await Execute(admin, $"create table if not exists copied_{table.Replace('.', '_')} (like {table} including all)");
            var bytes = new MemoryStream();
            await using (var source = await connection.BeginRawBinaryCopyAsync($"copy {table} to stdout (format binary)"))
                await source.CopyToAsync(bytes);
            bytes.Position = 0;

            var watch = Stopwatch.StartNew();
            await using (var target = await connection.BeginRawBinaryCopyAsync(
                $"copy copied_{table.Replace('.', '_')} from stdin (format binary)")) await bytes.CopyToAsync(target);
            ms += watch.ElapsedMilliseconds;
            rows += await Scalar<long>(admin, $"select count(*) from copied_{table.Replace('.', '_')}");
        }

        return (rows, ms);
    }

    private static async Task Prepare(NpgsqlDataSource admin, int entries)
    {
        var rules = RuleSets.All.First(r => r.Sport == "nfl");
        var athletes = Enumerable.Range(0, Athletes)
            .Select(a => new PoolAthleteV1($"athlete-{a:000}", "A", ["ANY"], $"t{a % 30}", $"game-{a % 15}", 5_000)).ToArray();
        var definition = new ContestDefinitionV1(
            ContestId, "Bench", "lineup", "usd", 0, 5_000_000, 500, 0, 500_000_000, default,
            [.. Enumerable.Range(0, 15).Select(g => $"game-{g}")], RuleSets.Ref(rules),
            new RosterV1([.. Enumerable.Range(0, Slots).Select(s => new RosterSlotV1($"S{s}", ["ANY"]))], null, 1, 1, null, true),
            athletes, Prizes(entries), 0, 300, 0, "freeze", false, 0, "test");
        var chance = new SeededRandom(2016);
        var lines = athletes.Select(a =>
            new StatLineV1(a.GameId, a.AthleteId, 1,
                new Dictionary<string, long> { ["rush_yds"] = chance.Next(0, 150), ["recs"] = chance.Next(0, 9) }, default))
                .ToArray();

        var book = await CopyEntries(admin, entries, chance);
        var stats = new FinalStats(new HashSet<string>(), lines.ToDictionary(l => (l.GameId, l.AthleteId), l => l.Stats));
        var hash = CanonicalHash.Of(definition);
        var ranking = RankEntries.Of(definition, rules, stats, book);
        var chunks = Enumerable.Range(0, ranking.Groups)
            .Select(g =>
                new ScoreGroupV1(ranking.Points[g], ranking.EntriesOf(g).Length,
                    EntryHash.OfIds(ranking.EntriesOf(g).ToArray().Select(e => book.EntryIds[e]))))
            .Chunk(2_000).Select((groups, i) => (IMessage)new RankingChunkV1(ContestId, 1, i, groups)).ToArray();
        var games = definition.GameIds.Select(g =>
            new FinalGameV1(g, false, lines.Where(l => l.GameId == g).ToDictionary(l => l.AthleteId, l => l.Version))).ToArray();

        await using var settlement = new WorkerDatabase("settlement", admin.ConnectionString, TimeProvider.System);
        IMessage[] events = [new ContestPublishedV1("create", ContestId, definition, hash, default), .. chunks,
            new ContestFinalizedV1(ContestId, 1, hash, entries, book.Hash, games, chunks.Length, default)];
        await settlement.Run(tx => new StatLinesHandler().Handle([.. lines.Select(l => new Received<IMessage>(l, null!))], tx),
            CancellationToken.None);
        await settlement.Run(
            tx => new ContestEventsHandler().Handle([.. events.Select(e => new Received<IMessage>(e, null!))], tx),
            CancellationToken.None);
        await using var payout = new WorkerDatabase("payout", admin.ConnectionString, TimeProvider.System);
        await payout.Run(
            tx => new PublishedContests(OverlayLimit.Default)
                .Handle(new Received<ContestPublishedV1>((ContestPublishedV1)events[0], null!), tx),
            CancellationToken.None);
        await payout.Run(
            tx => new CollectionHandler(OverlayLimit.Default).Handle([new Received<IMessage>(events[^1], null!)], tx),
            CancellationToken.None);
    }

    /// <summary>Top-heavy, about a quarter of the places paid, as the large contests of 2016.</summary>
    private static PrizeStructureV1 Prizes(int entries) => new(PrizeTypes.RankTable, Ranges:
    [
        new(1, 1, 100_000_000), new(2, 2, 25_000_000), new(3, 10, 2_000_000), new(11, 100, 200_000), new(101, 1_000, 20_000),
        new(1_001, 5_000, 4_000), new(5_001, Math.Max(5_001, entries / 4), 600),
    ]);

    private static async Task<EntryBook> CopyEntries(NpgsqlDataSource admin, int entries, SeededRandom chance)
    {
        var lineups = Enumerable.Range(0, DistinctLineups)
            .Select(_ => string.Join(',', Enumerable.Range(0, Slots).Select(_ => $"athlete-{chance.Next(Athletes):000}")))
            .ToArray();
        var book = new EntryBookBuilder(entries);
        await using var connection = await admin.OpenConnectionAsync();
        await using (var copy =
            await connection.BeginBinaryImportAsync(
                "copy settlement.entry (contest_id, entry_id, player_id, acceptance_no, version, lineup, withdrawn) from stdin "
                    + "(format binary)"))
        {
            for (var i = 0; i < entries; i++)
            {
                var (id, player, lineup) = ($"{i:x8}-entry-of-bench", $"player-{chance.Next(Players):000000}",
                    lineups[chance.Next(DistinctLineups)]);
                book.Add(id, player, i + 1, lineup);
                await copy.StartRowAsync();
                await copy.WriteAsync(ContestId, NpgsqlDbType.Text);
                await copy.WriteAsync(id, NpgsqlDbType.Text);
                await copy.WriteAsync(player, NpgsqlDbType.Text);
                await copy.WriteAsync((long)(i + 1), NpgsqlDbType.Bigint);
                await copy.WriteAsync(1, NpgsqlDbType.Integer);
                await copy.WriteAsync(lineup, NpgsqlDbType.Text);
                await copy.WriteAsync(false, NpgsqlDbType.Boolean);
            }

            await copy.CompleteAsync();
        }

        await Execute(admin, "analyze settlement.entry");
        return book.Build();
    }

    private static async Task Execute(NpgsqlDataSource admin, string sql)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> Scalar<T>(NpgsqlDataSource admin, string sql)
    {
        await using var command = admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
