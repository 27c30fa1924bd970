using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Payout;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Bench;

/// <summary>
/// Ledger credits per second, posted as Payout posts awards (chains, balances, checks, COPY), against pgbench writing single rows into a
/// plain ledger table of the same width on the same server in the same run. The database is durable: every commit waits for the disk in both.
/// </summary>
public static class LedgerBench
{
    private const int Postings = 10;
    private const int LinesPerPosting = PostAwardsJob.AwardsPerTransaction;
    private const int PgbenchClients = 8;
    private const int PgbenchSeconds = 10;

    public static async Task Run(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("ledger-bench-").FullName;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: true);
            await new Migrator(postgres.AdminConnectionString, "test").Apply([new WorkerSchema(PayoutService.Name, typeof(PayoutService).Assembly)]);
            var singlesPerSecond = await Pgbench(postgres, folder);
            var (creditsPerSecond, peakMb) = await Ledger(postgres);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"ledger: {creditsPerSecond:N0} credits/s v. pgbench single inserts {singlesPerSecond:N0}/s ({PgbenchClients} clients): {creditsPerSecond / singlesPerSecond:N1}x (target 10x), peak {peakMb:N0} MB"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double PerSecond, double PeakMb)> Ledger(PrivatePostgres postgres)
    {
        var connectionString = postgres.ConnectionString("postgres", PayoutService.Name);
        await using var database = new WorkerDatabase(PayoutService.Name, connectionString, TimeProvider.System);
        await database.Run(tx => tx.Post([Line("fund", LedgerAccounts.HouseOverlay, LedgerAccounts.PrizePool("bench"), 1_000_000_000)]), CancellationToken.None);
        var watch = Stopwatch.StartNew();
        for (var posting = 0; posting < Postings; posting++)
        {
            var from = posting * LinesPerPosting;
            var lines = Enumerable.Range(from, LinesPerPosting)
                .Select(i => Line($"award/bench/1/entry-{i}", LedgerAccounts.PrizePool("bench"), LedgerAccounts.PlayerPayable($"player-{i / 4}"), 100)).ToArray();
            await database.Run(tx => tx.Post(lines), CancellationToken.None);
        }

        var perSecond = Postings * LinesPerPosting / watch.Elapsed.TotalSeconds;
        await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.OpenAsync();
        var report = await LedgerVerify.Run(connection, CancellationToken.None);
        if (!report.Clean) throw new InvariantException($"the ledger is not clean: {report.Faults[0].Where}: {report.Faults[0].What}");
        using var process = Process.GetCurrentProcess();
        return (perSecond, process.PeakWorkingSet64 / 1e6);
    }

    private static LedgerLine Line(string words, string debit, string credit, long amountMinor) =>
        new(words, debit, credit, "usd", amountMinor, "award", words, "bench", 1);

    private static async Task<double> Pgbench(PrivatePostgres postgres, string folder)
    {
        await using (var connection = new NpgsqlConnection(postgres.AdminConnectionString))
            await connection.ExecuteAsync(
                """
                create table single (
                    transfer_id uuid primary key default gen_random_uuid(), debit_account text not null, credit_account text not null,
                    currency text not null, amount_minor bigint not null, code text not null, reference text not null, posted_at timestamptz not null)
                """);
        var script = Path.Combine(folder, "single.sql");
        await File.WriteAllTextAsync(script,
            """
            \set number random(1, 50000)
            insert into single (debit_account, credit_account, currency, amount_minor, code, reference, posted_at)
            values ('prize_pool:bench', 'player_payable:player-' || :number::text, 'usd', 100, 'award', 'award/bench/1/entry-' || :number::text, now());
            """);
        var at = new NpgsqlConnectionStringBuilder(postgres.AdminConnectionString);
        var start = new ProcessStartInfo(Path.Combine(PostgresBinaries.Find(), "pgbench"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            ArgumentList =
            {
                "-h", at.Host!, "-p", at.Port.ToString(CultureInfo.InvariantCulture), "-U", at.Username!, "-n", "-M", "simple",
                "-c", $"{PgbenchClients}", "-j", "2", "-T", $"{PgbenchSeconds}", "-f", script, at.Database!,
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
