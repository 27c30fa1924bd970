using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using ContestPipeline.StripeSimulator.Shell;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Stripe;
using PayoutService = ContestPipeline.Payout.PayoutService;

namespace ContestPipeline.Bench;

/// <summary>
/// Two hundred payouts of one player due at once, four runners in parallel, a daily limit that fifty of them reach: how fast they
/// are assessed, and whether a cent too much is paid.
/// </summary>
public static class LimitsBench
{
    private const string Player = "player";
    private const int Payouts = 200;
    private const int Runners = 4;

    /// <summary>All payouts want a connection at once, and there are fewer: most wait for one.</summary>
    private const int ConnectionSecondsMax = 300;

    private const long AmountMinor = 500_00;
    private const long DayMaxMinor = 25_000_00;

    public static async Task Run(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("limits-bench-").FullName;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: true);
            await new Migrator(postgres.AdminConnectionString, "test")
                .Apply([new WorkerSchema(PayoutWorker.Name, typeof(PayoutService).Assembly)]);
            await using var simulator = await StripeSimulatorHost.Start(Path.Combine(folder, "stripe"), TimeProvider.System);
            var patient = new NpgsqlConnectionStringBuilder(
                postgres.ConnectionString("postgres", PayoutWorker.Name)) { Timeout = ConnectionSecondsMax };
            await using var database = new WorkerDatabase(PayoutWorker.Name, patient.ConnectionString, TimeProvider.System);
            await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
            await Prepare(database, connection, simulator.Url);
            using var transport = new SocketsHttpHandler();
            var seconds = await RunAll(database, simulator.Url, transport);
            var sent = await connection.QuerySingleAsync<(long Count, long AmountMinor)>(
                "select count(*), coalesce(sum(p.amount_minor), 0)::bigint from payout.attempt a join payout.payout p using "
                    + "(payout_id)");
            var waiting = await connection.ExecuteScalarAsync<long>(
                "select count(*) from payout.payout where due_at > now() + interval '1 hour'");
            if (sent.AmountMinor > DayMaxMinor || waiting + sent.Count != Payouts)
                throw new InvariantException($"sent {sent.AmountMinor}, waiting {waiting}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"limits: {Payouts} payouts of one player assessed by {Runners} runners in {seconds:N1} s "
                    + $"({Payouts / seconds:N0}/s), {sent.Count} went ({sent.AmountMinor / 100m:N2} of "
                    + $"{DayMaxMinor / 100m:N2}), {waiting} wait, 0 cents too much"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> RunAll(WorkerDatabase database, string stripeUrl, SocketsHttpHandler transport)
    {
        var policy = RiskPolicy.Default with
        {
            NewAccountDays = 0, PayoutsPerDayMax = 10_000, SecondsBetweenPayouts = 0, ReviewFromPayoutsPerDay = 10_000,
            ReviewAboveShareOfWinningsPercent = 100,
        };
        var options = new PayoutOptions(
            "sk_test_bench", stripeUrl, PayoutPolicy.Default, RatePerSecond: 1000, Parallel: 50, LeaseSeconds: 60,
            StripeTimeoutSeconds: 10, TimeSpan.FromSeconds(15), policy);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Runners).Select(async _ =>
        {
            var stripe = new StripeGateway(
                new StripeConnection(options, TimeProvider.System, transport), options, TimeProvider.System);
            var balance = new PlatformBalance(database, stripe, options, TimeProvider.System);
            using var runner = new PayoutRunner(
                database, new PayoutDispatch(database, stripe, balance, options, TimeProvider.System),
                new AccountReader(database, stripe, options), stripe, balance, options, TimeProvider.System,
                NullLogger<PayoutRunner>.Instance);
            while (await runner.RunOnce(CancellationToken.None) > 0)
            {
            }
        }));
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>A player with an account at the simulator, and as many settled contests, each with one prize for them.</summary>
    private static async Task Prepare(WorkerDatabase database, NpgsqlConnection connection, string stripeUrl)
    {
        using var http = new HttpClient { BaseAddress = new Uri(stripeUrl) };
        await Admin(http, "funds", new { amount_minor = 100_000_000, currency = "usd" });
        await Admin(http, "limits", new { endpoint_per_second_max = 100_000, global_per_second_max = 100_000 });
        var accounts = new AccountService(new StripeClient(
            apiKey: "sk_test_bench", httpClient: new SystemNetHttpClient(http, maxNetworkRetries: 0), apiBase: stripeUrl));
        var account = await accounts.CreateAsync(new AccountCreateOptions
        {
            Metadata = new Dictionary<string, string> { ["player_id"] = Player },
            Capabilities =
                new AccountCapabilitiesOptions { Transfers = new AccountCapabilitiesTransfersOptions { Requested = true } },
        });
        await Admin(http, $"accounts/{account.Id}/capabilities", new { transfers = "active" });
        await connection.ExecuteAsync(
            """
            insert into payout.stripe_account (account_id, player_id, transfers, stale, read_at, hinted_at, first_seen_at)
            values (@id, @player, 'active', false, now(), now(), now() - interval '1 year')
            """,
            new { id = account.Id, player = Player });
        await connection.ExecuteAsync(
            """
            insert into payout.published_contest (contest_id, title, kind, currency, distribution, platform_fee_bps,
                definition_hash)
            select 'limits-' || i, 'Bench', 'lineup', 'usd', 'winner_takes_all', 0, 'definition' from generate_series(0, @last) as
                i;
            insert into payout.finalized_contest (contest_id, revision) select 'limits-' || i, 1 from generate_series(0, @last) as
                i;
            """,
            new { last = Payouts - 1 });
        for (var i = 0; i < Payouts; i++)
        {
            var contest = $"limits-{i}";
            await Handle(database, new ContestAwardsHandler(OverlayLimit.Default), new ContestAwardsV1(
                contest, 1, 0, "usd",
                [new PlayerAwardsV1(
                    Player, AmountMinor, 0, AmountMinor, [new PrizeV1($"entry-{i}", 1, 1, AmountMinor, 0, AmountMinor)])]));
            await Handle(database, new ContestSettledHandler(OverlayLimit.Default), new ContestSettledV1(
                contest, 1, "definition", "usd", EntryCount: 1, EntryFeesMinor: 0, RakeMinor: 0, AmountMinor,
                OverlayMinor: AmountMinor, SurplusMinor: 0, AmountMinor, 0, AmountMinor, 0, 1, 1, "digest",
                DateTimeOffset.UnixEpoch));
        }

        var job = new PostAwardsJob();
        while (await database.Run(job.Run, CancellationToken.None))
        {
        }
    }

    private static Task Handle<T>(WorkerDatabase database, IHandler<T> handler, T message) where T : IMessage =>
        database.Run(
            tx => handler.Handle(new Received<T>(message, new Envelope(
                WireTypes.Of(typeof(T)).Topic, 0, 0, message.PartitionKey, DeterministicId.From(message.IdempotencyKey),
                WireTypes.Of(typeof(T)).Name, "bench", TimeProvider.System.GetUtcNow(), null, new Dictionary<string, string>(),
                WireJson.Bytes(message))), tx),
            CancellationToken.None);

    private static async Task Admin(HttpClient http, string path, object body) =>
        (await http.PostAsJsonAsync($"/_admin/{path}", body)).EnsureSuccessStatusCode();
}
