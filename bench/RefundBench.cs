using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout;
using ContestPipeline.Plumbing;
using ContestPipeline.StripeSimulator.Shell;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;
using PayoutService = ContestPipeline.Payout.PayoutService;

namespace ContestPipeline.Bench;

/// <summary>
/// A cancelled contest: every fee goes back exactly once, and how near the refunds come to the rate they are allowed. Simulated Stripe refuses what is a quarter
/// faster than that rate, as Stripe's own limit is above ours; a refusal would be of our own making. PostgreSQL waits for the disk.
/// </summary>
public static class RefundBench
{
    private const int EntriesDefault = 10_000;
    private const int RatePerSecondDefault = 100;
    private const int PayingAtOnce = 16;
    private const long FeeMinor = 1_000;
    private const string ContestId = "cancelled";

    /// <param name="args">Entries and refunds a second, if others than the defaults.</param>
    public static async Task Run(string[] args)
    {
        var entries = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : EntriesDefault;
        var rate = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : RatePerSecondDefault;
        var folder = Directory.CreateTempSubdirectory("refund-bench-").FullName;
        try
        {
            await using var postgres = await PrivatePostgres.Start(Path.Combine(folder, "postgres"), durable: true);
            await new Migrator(postgres.AdminConnectionString, "test").Apply([new WorkerSchema(PayoutService.Name, typeof(PayoutService).Assembly)]);
            await using var simulator = await StripeSimulatorHost.Start(Path.Combine(folder, "stripe"), TimeProvider.System);
            await using var database = new WorkerDatabase(PayoutService.Name, postgres.ConnectionString("postgres", PayoutService.Name), TimeProvider.System);
            await Measure(database, simulator.Url, entries, rate);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Measure(WorkerDatabase database, string url, int entries, int rate)
    {
        using var admin = new HttpClient { BaseAddress = new Uri(url) };
        await Admin(admin, "limits", new { endpoint_per_second_max = 0, global_per_second_max = 0 });
        await Admin(admin, "funds", new { amount_minor = entries * FeeMinor, currency = "usd" });
        var options = new PayoutOptions("sk_test_x", url, PayoutPolicy.Default, rate, Parallel: 16, LeaseSeconds: 60, StripeTimeoutSeconds: 20, TimeSpan.FromSeconds(15));
        await Collect(database, StripeWire.Client(options, new SocketsHttpHandler()), entries);
        await Admin(admin, "limits", new { endpoint_per_second_max = rate + rate / 4, global_per_second_max = 0 });

        using var wire = new CountingWire();
        var client = StripeWire.Client(options, wire);
        var stripe = new StripeGateway(client, options, TimeProvider.System);
        using var runner = new CallRunner(
            database, new CallDispatch(database, stripe, [new RefundKind()], options, TimeProvider.System), stripe, options, TimeProvider.System,
            NullLogger<CallRunner>.Instance);
        var watch = Stopwatch.StartNew();
        await database.Run(tx => tx.CancelCollection(ContestId, "the contest was cancelled: bench"), default);
        await runner.StartAsync(default);
        while (await database.Run(new GiveBackJob().Run, default))
        {
        }

        while (wire.Refunds < entries && watch.Elapsed < TimeSpan.FromSeconds(60 + 3.0 * entries / rate)) await Task.Delay(5);
        watch.Stop();
        await runner.StopAsync(default);
        await Report(client, wire, entries, rate, watch.Elapsed);
    }

    private static async Task Report(IStripeClient client, CountingWire wire, int entries, int rate, TimeSpan took)
    {
        var refunded = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var refund in new RefundService(client).ListAutoPagingAsync(new RefundListOptions { Limit = 100 }))
            refunded[refund.PaymentIntentId] = refunded.GetValueOrDefault(refund.PaymentIntentId) + refund.Amount;
        var once = refunded.Values.Count(minor => minor == FeeMinor);
        var achieved = entries / took.TotalSeconds;
        Console.WriteLine($"refund: a cancelled contest of {entries:N0} paid entries, allowed {rate} refunds/s, Stripe refuses above {rate + rate / 4}/s");
        Console.WriteLine($"  refunded exactly once {once:N0} of {entries:N0}, otherwise {refunded.Count - once:N0}; refused for their rate (429) {wire.TooFast:N0}");
        Console.WriteLine($"  {took.TotalSeconds:N1} s, {achieved:N1}/s; ratio to the allowed rate {achieved / rate:P1} (target 95 %)");
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"  peak memory {process.PeakWorkingSet64 >> 20:N0} MB, Stripe and its load included");
    }

    /// <summary>Entries that were paid and take part, as Payout would have them, without waiting for its own pace.</summary>
    private static async Task Collect(WorkerDatabase database, IStripeClient client, int entries)
    {
        var intents = new PaymentIntentService(client);
        await Parallel.ForEachAsync(Enumerable.Range(0, entries), new ParallelOptions { MaxDegreeOfParallelism = PayingAtOnce }, async (n, ct) =>
        {
            var required = new EntryPaymentRequiredV1(
                $"submit-{n}", ContestId, $"e{n}", $"p{n}", 1, FeeMinor, "usd", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
            var paid = await intents.CreateAsync(
                new PaymentIntentCreateOptions
                {
                    Amount = FeeMinor, Currency = "usd", Confirm = true, PaymentMethod = "pm_card_visa", ReturnUrl = "https://pipeline.example/",
                    AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true },
                    Metadata = new Dictionary<string, string> { ["contest_id"] = ContestId, ["entry_id"] = required.EntryId },
                    Expand = ["latest_charge.balance_transaction"],
                }, cancellationToken: ct);
            await database.Run(
                async tx =>
                {
                    await tx.InsertPayment(required);
                    var payment = await tx.LockPayment(ContestId, required.EntryId);
                    await tx.ApplyReading(payment!, PaymentFacts.Of(paid));
                    await tx.AcceptPaidEntries([new EntryAcceptedV1(required.CommandId, ContestId, required.EntryId, required.PlayerId, [], n + 1, tx.Now)]);
                }, ct);
        });
    }

    private static async Task Admin(HttpClient admin, string path, object body) =>
        (await admin.PostAsJsonAsync($"/_admin/{path}", body)).EnsureSuccessStatusCode();

    /// <summary>Counts what Stripe answers to refunds.</summary>
    private sealed class CountingWire() : DelegatingHandler(new SocketsHttpHandler { MaxConnectionsPerServer = 256 })
    {
        private int refunds;
        private int tooFast;

        public int Refunds => Volatile.Read(ref refunds);

        public int TooFast => Volatile.Read(ref tooFast);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Post) return response;
            if (response.StatusCode == HttpStatusCode.TooManyRequests) Interlocked.Increment(ref tooFast);
            if (response.IsSuccessStatusCode) Interlocked.Increment(ref refunds);
            return response;
        }
    }
}
