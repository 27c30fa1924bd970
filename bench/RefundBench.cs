using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using ContestPipeline.Embedded;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Requests;
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
/// A cancelled contest: every fee goes back exactly once, and how near the refunds come to the rate they are allowed. Simulated
/// Stripe refuses whatever is more than that in any second; a refusal would be of our own making. PostgreSQL waits for the disk.
/// </summary>
public static class RefundBench
{
    private const int EntriesDefault = 10_000;
    private const int RatePerSecondDefault = 200;
    private const int PayingAtOnce = 16;
    private const long StripeFeeMinor = 59;
    private const int PollsMax = 1_200;
    private const long FeeMinor = 1_000;
    private const string ContestId = "cancelled";

    /// <param name="args">Entries and refunds a second, if others than the defaults.</param>
    public static async Task Run(string[] args)
    {
        var entries = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : EntriesDefault;
        var rate = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : RatePerSecondDefault;
        var folder = Directory.CreateTempSubdirectory("refund-bench-").FullName;

        // Stripe's disk is not ours: simulated Stripe writes to memory where there is such a folder.
        var stripe = Directory.Exists("/dev/shm") ? Path.Combine("/dev/shm", Path.GetFileName(folder)) : folder;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: true);
            await new Migrator(postgres.AdminConnectionString, "test")
                .Apply([new WorkerSchema(PayoutWorker.Name, typeof(PayoutService).Assembly)]);
            await using var simulator = await StripeSimulatorHost.Start(Path.Combine(stripe, "stripe"), TimeProvider.System);
            await using var database = new WorkerDatabase(
                PayoutWorker.Name, postgres.ConnectionString("postgres", PayoutWorker.Name), TimeProvider.System);
            await using var books = new NpgsqlConnection(postgres.AdminConnectionString);
            await Measure(database, books, simulator.Url, entries, rate);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            if (stripe != folder && Directory.Exists(stripe)) Directory.Delete(stripe, recursive: true);
        }
    }

    private static async Task Measure(WorkerDatabase database, NpgsqlConnection books, string url, int entries, int rate)
    {
        using var admin = new HttpClient { BaseAddress = new Uri(url) };
        await Admin(admin, "limits", new { endpoint_per_second_max = 0, global_per_second_max = 0 });
        await Admin(admin, "funds", new { amount_minor = entries * FeeMinor, currency = "usd" });
        var options = new PayoutOptions("sk_test_x", url, PayoutPolicy.Default, rate, Parallel: 16, LeaseSeconds: 60,
            StripeTimeoutSeconds: 20, TimeSpan.FromSeconds(15));
        await Collect(database, books, StripeWire.Client(options, new SocketsHttpHandler()), entries);
        await Admin(admin, "limits", new { endpoint_per_second_max = rate, global_per_second_max = 0 });

        using var wire = new CountingWire();
        var connection = new StripeConnection(options, TimeProvider.System, wire);
        var stripe = new StripeGateway(connection, options, TimeProvider.System);
        using var runner = new CallRunner(
            database, new CallDispatch(database, stripe, [new RefundRequestHandler()], options, TimeProvider.System), stripe,
            options, TimeProvider.System, NullLogger<CallRunner>.Instance);
        var before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await database.Run(tx => tx.CancelCollection(ContestId, "the contest was cancelled: bench"), default);
        await runner.StartAsync(default);
        while (await database.Run(new RefundContestsJob().Run, default))
        {
        }

        while (wire.Refunds < entries && watch.Elapsed < TimeSpan.FromSeconds(60 + 3.0 * entries / rate)) await Task.Delay(5);
        watch.Stop();
        var cpu = Environment.CpuUsage.TotalTime - before;
        for (var poll = 0; poll < PollsMax
            && await books.ExecuteScalarAsync<bool>(
                "select exists (select from payout.stripe_call where state = 'open')"); poll++)
            await Task.Delay(50);
        await runner.StopAsync(default);
        await Report(books, connection.Looking, wire, entries, rate, watch.Elapsed, cpu);
    }

    private static async Task Report(
        NpgsqlConnection books, IStripeClient client, CountingWire wire, int entries, int rate, TimeSpan took, TimeSpan cpu)
    {
        var refunded = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var refund in new RefundService(client).ListAutoPagingAsync(new RefundListOptions { Limit = 100 }))
            refunded[refund.PaymentIntentId] = refunded.GetValueOrDefault(refund.PaymentIntentId) + refund.Amount;
        var once = refunded.Values.Count(minor => minor == FeeMinor);
        var booked = await books.ExecuteScalarAsync<long>(
            """
            select count(*) from payout.entry_payment p
            where p.state = 'refunded' and p.amount_minor = (
                select sum(t.amount_minor) from payout.ledger_transfer t
                where t.code = 'entry-refund' and t.transfer_id = any(@ids[p.player_entry_no:p.player_entry_no]))
            """,
            new { ids = Enumerable.Range(0, entries).Select(n => DeterministicId.From($"refund/{ContestId}/e{n}/1")).ToArray() });
        var lines = await books.ExecuteScalarAsync<long>(
            "select count(*) from payout.ledger_transfer where code = 'entry-refund'");
        var achieved = entries / took.TotalSeconds;
        Console.WriteLine(
            $"refund: a cancelled contest of {entries:N0} paid entries, allowed {rate} refunds/s, Stripe refuses what is more "
                + $"in any second (default: 20; Stripe's own: 25 an endpoint, 100 in all)");
        Console.WriteLine(
            $"  refunded exactly once at Stripe {once:N0} of {entries:N0}, otherwise {refunded.Count - once:N0}; in the ledger "
                + $"{booked:N0}, {lines:N0} lines; refused for their rate (429) {wire.TooFast:N0}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {took.TotalSeconds:N1} s, {achieved:N1}/s; ratio to the allowed rate {achieved / rate:P1} (level: 95 %); "
                + $"Stripe answered in {wire.MillisecondsEach:N1} ms each"));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  peak memory {process.PeakWorkingSet64 >> 20:N0} MB, {cpu.TotalMilliseconds / entries:N2} ms of processor time "
                + $"a refund, Stripe in both"));
        if (once != entries || lines != entries || booked != entries)
            throw new InvariantException("refund: not each fee went back exactly once");
    }

    /// <summary>
    /// Entries that were paid and take part, as Payout would have them: paid at Stripe one by one, written here at once.
    /// </summary>
    private static async Task Collect(WorkerDatabase database, NpgsqlConnection books, IStripeClient client, int entries)
    {
        var intents = new PaymentIntentService(client);
        var paid = new PaymentFacts[entries];
        await Parallel.ForEachAsync(Enumerable.Range(0, entries), new ParallelOptions { MaxDegreeOfParallelism = PayingAtOnce },
            async (n, ct) =>
            paid[n] = PaymentFacts.Of(await intents.CreateAsync(
                new PaymentIntentCreateOptions
                {
                    Amount = FeeMinor, Currency = "usd", Confirm = true, PaymentMethod = "pm_card_visa",
                    ReturnUrl = "https://pipeline.example/",
                    AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true },
                    Metadata = new Dictionary<string, string> { ["contest_id"] = ContestId, ["entry_id"] = $"e{n}" },
                }, cancellationToken: ct)));
        await books.ExecuteAsync(
            """
            insert into payout.entry_payment
                (contest_id, entry_id, player_id, player_entry_no, amount_minor, currency, pay_before, state, entry_state,
                    intent_id, stripe_status, charge_id,
                 stripe_fee_minor, change_no, created_at)
            select @ContestId, 'e' || n - 1, 'p' || n - 1, n, @FeeMinor, 'usd', now(), 'paid', 'accepted', intent_id, 'succeeded',
                charge_id, @StripeFeeMinor, 1, now()
            from unnest(@intents, @charges) with ordinality as paid (intent_id, charge_id, n);
            insert into payout.entry_payment_change (contest_id, entry_id, change_no, state, amount_minor, at)
            select contest_id, entry_id, 1, 'paid', amount_minor, now() from payout.entry_payment;
            analyze
            """,
            new { ContestId, FeeMinor, StripeFeeMinor, intents = paid.Select(p => p.IntentId).ToArray(),
                charges = paid.Select(p => p.ChargeId).ToArray() });
        await database.Run(
            tx => tx.Post([.. Enumerable.Range(0, entries).Select(n => new LedgerLine(
                $"entry-fee/{ContestId}/e{n}", LedgerAccounts.StripeBalance, LedgerAccounts.EntryFees, "usd", FeeMinor,
                "entry-fee", paid[n].ChargeId!, ContestId, 0))]),
            default);
    }

    private static async Task Admin(HttpClient admin, string path, object body) =>
        (await admin.PostAsJsonAsync($"/_admin/{path}", body)).EnsureSuccessStatusCode();

    /// <summary>Counts what Stripe answers to refunds.</summary>
    private sealed class CountingWire() : DelegatingHandler(new SocketsHttpHandler { MaxConnectionsPerServer = 256 })
    {
        private int refunds;
        private int tooFast;
        private long ticks;

        public int Refunds => Volatile.Read(ref refunds);

        public int TooFast => Volatile.Read(ref tooFast);

        public double MillisecondsEach =>
            TimeSpan.FromTicks(Volatile.Read(ref ticks)).TotalMilliseconds / Math.Max(1, Refunds + TooFast);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var began = Stopwatch.GetTimestamp();
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method == HttpMethod.Post) Interlocked.Add(ref ticks, Stopwatch.GetElapsedTime(began).Ticks);
            if (request.Method != HttpMethod.Post) return response;
            if (response.StatusCode == HttpStatusCode.TooManyRequests) Interlocked.Increment(ref tooFast);
            if (response.IsSuccessStatusCode) Interlocked.Increment(ref refunds);
            return response;
        }
    }
}
