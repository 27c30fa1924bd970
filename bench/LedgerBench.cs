using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Embedded;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Bench;

/// <summary>
/// Ledger credits per second, posted as Payout posts awards (chains, balances, checks, COPY), by one worker and by two with a
/// contest each, against pgbench writing single rows into a plain ledger table on the same server in the same run. The database
/// is durable: every commit waits for the disk in both.
/// </summary>
public static class LedgerBench
{
    private const int Postings = 10;
    private const int WarmingPostings = 2;
    private const int LinesPerPosting = PostAwardsJob.AwardsPerTransaction;
    private const int PrizesPerPlayer = 4;
    private const int PgbenchClients = 8;
    private const int PgbenchSeconds = 10;

    public static async Task Run(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("ledger-bench-").FullName;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: true);
            await new Migrator(postgres.AdminConnectionString, "test")
                .Apply([new WorkerSchema(PayoutWorker.Name, typeof(PayoutService).Assembly)]);
            await MakeSingleTable(postgres);
            var alone = await Pgbench(postgres, folder, 1);
            var crowd = await Pgbench(postgres, folder, PgbenchClients);
            var (one, two) = await Ledger(postgres);
            using var process = Process.GetCurrentProcess();
            string[] lines =
            [
                $"ledger: {Postings * LinesPerPosting:N0} credits, {LinesPerPosting:N0} a transaction, "
                    + $"{Postings * LinesPerPosting / PrizesPerPlayer:N0} players new to the ledger",
                $"  pgbench single inserts, 1 client {alone:N0}/s, {PgbenchClients} clients {crowd:N0}/s",
                $"  ours, one worker {one:N0} credits/s, two workers {two:N0} credits/s; peak memory "
                    + $"{process.PeakWorkingSet64 >> 20:N0} MB",
                $"  ratio to pgbench with {PgbenchClients} clients {Math.Max(one, two) / crowd:N1}x (target 10x), with 1 "
                    + $"client {Math.Max(one, two) / alone:N1}x",
            ];
            foreach (var line in lines) Console.WriteLine(line);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The first postings are not timed: they are the compiler's.</summary>
    private static async Task<(double One, double Two)> Ledger(PrivatePostgres postgres)
    {
        var connectionString = postgres.ConnectionString("postgres", PayoutWorker.Name);
        await using var database = new WorkerDatabase(PayoutWorker.Name, connectionString, TimeProvider.System);
        await Post(database, "warming", WarmingPostings);

        var watch = Stopwatch.StartNew();
        await Post(database, "alone", Postings);
        var one = Postings * LinesPerPosting / watch.Elapsed.TotalSeconds;

        watch.Restart();
        await Task.WhenAll(
            Task.Run(() => Post(database, "left", Postings / 2)), Task.Run(() => Post(database, "right", Postings / 2)));
        var two = Postings * LinesPerPosting / watch.Elapsed.TotalSeconds;

        await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.OpenAsync();
        var report = await LedgerVerify.Run(connection, CancellationToken.None);
        if (!report.Clean)
            throw new InvariantException($"the ledger is not clean: {report.Faults[0].Where}: {report.Faults[0].What}");
        return (one, two);
    }

    private static async Task Post(WorkerDatabase database, string contestId, int postings)
    {
        var pool = LedgerAccounts.PrizePool(contestId);
        await database.Run(
            tx =>
                tx.Post([Line($"overlay/{contestId}/1", LedgerAccounts.HouseOverlay, pool, 1_000_000_000, "overlay", contestId)]),
                CancellationToken.None);
        for (var posting = 0; posting < postings; posting++)
        {
            var lines = Enumerable.Range(posting * LinesPerPosting, LinesPerPosting)
                .Select(i =>
                    Line($"award/{contestId}/1/entry-{i}", pool,
                        LedgerAccounts.PlayerPayable($"{contestId}-{i / PrizesPerPlayer}"), 100, "award", contestId)).ToArray();
            await database.Run(tx => tx.Post(lines), CancellationToken.None);
        }
    }

    private static LedgerLine Line(string words, string debit, string credit, long amountMinor, string code, string contestId) =>
        new(words, debit, credit, "usd", amountMinor, code, words, contestId, 1);

    private static async Task MakeSingleTable(PrivatePostgres postgres)
    {
        await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.ExecuteAsync(
            """
            create table single (
                transfer_id uuid primary key default gen_random_uuid(), debit_account text not null, credit_account text not null,
                currency text not null, amount_minor bigint not null, code text not null, reference text not null, posted_at timestamptz not null)
            """);
    }

    private static async Task<double> Pgbench(PrivatePostgres postgres, string folder, int clients)
    {
        var script = Path.Combine(folder, "single.sql");
        await File.WriteAllTextAsync(script,
            """
            \set number random(1, 50000)
            insert into single (debit_account, credit_account, currency, amount_minor, code, reference, posted_at)
            values ('prize_pool:bench', 'player_payable:player-' || :number::text, 'usd', 100, 'award', 'award/bench/1/entry-' ||
                :number::text, now());
            """);
        var at = new NpgsqlConnectionStringBuilder(postgres.AdminConnectionString);
        var start = new ProcessStartInfo(Path.Combine(PostgresBinaries.Find(), "pgbench"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            ArgumentList =
            {
                "-h", at.Host!, "-p", at.Port.ToString(CultureInfo.InvariantCulture), "-U", at.Username!, "-n", "-M", "simple",
                "-c", $"{clients}", "-j", $"{Math.Min(clients, 2)}", "-T", $"{PgbenchSeconds}", "-f", script, at.Database!,
            },
        };
        using var pgbench = Process.Start(start)!;
        var output = await pgbench.StandardOutput.ReadToEndAsync();
        await pgbench.WaitForExitAsync();
        var tps = output.Split('\n').FirstOrDefault(l => l.StartsWith("tps = ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"pgbench said: {output}{await pgbench.StandardError.ReadToEndAsync()}");
        return double.Parse(tps.Split(' ')[2], CultureInfo.InvariantCulture);
    }
}
