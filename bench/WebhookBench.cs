using System.Diagnostics;
using System.Globalization;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Bench;

/// <summary>
/// Signed deliveries over HTTP until the answer that follows the broker's acknowledgement: at rates that rise until the level's
/// p99 is missed, latencies counted from the moment each was due; beside them a bare producer that waits for the same
/// acknowledgements. Load generator, endpoint and broker share the machine.
/// </summary>
internal static class WebhookBench
{
    private const string Secret = "whsec_bench";
    private const int SecondsDefault = 15;
    private const int Clients = 32;
    private const int BareCount = 30_000;
    private const int Objects = 500;
    private const int WarmUpSeconds = 10;
    private const int LevelPerSecond = 1_000;
    private const double LevelMs = 50;
    private static readonly int[] s_rates = [LevelPerSecond, 1_200, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000];

    /// <param name="args">Seconds at each rate, if others than the default.</param>
    public static async Task Run(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : SecondsDefault;
        if (PrivateKafka.FindHome(AppContext.BaseDirectory) is not { } home)
        {
            Console.WriteLine("webhook: no Kafka distribution (KAFKA_HOME) and Java here: nothing to measure on");
            return;
        }

        var folder = Path.Combine(Path.GetTempPath(), $"contestpipeline-bench-{Environment.ProcessId}");
        await using (var broker = await PrivateKafka.Start(home, Path.Combine(folder, "kafka")))
        {
            var kafka = KafkaSettings.At(broker.BootstrapServers);
            using (var topics = new TopicAdmin(kafka)) await topics.Provision();
            await Measure(kafka, seconds);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task Measure(KafkaSettings kafka, int seconds)
    {
        var options = new WebhookOptions(
            "http://127.0.0.1:0", [Secret, "whsec_before"], ["whsec_connect"], IsLive: false, RatePerSecond: 100_000);
        using var producer = new IngressProducer(kafka, TimeProvider.System);
        var server = new WebhookServer(
            options, new WebhookReceiver(options, producer, TimeProvider.System, NullLogger<WebhookReceiver>.Instance),
            NullLogger<WebhookServer>.Instance);
        await server.StartAsync(default);
        var bodies = Enumerable.Range(0, Objects).Select(Event).ToArray();
        using var load = new WebhookLoad(new Uri(server.Address!), bodies, Secret);

        await load.Run(WarmUpSeconds * LevelPerSecond, LevelPerSecond);
        Console.WriteLine(
            $"webhook: events of {bodies[0].Length} bytes, {Objects} objects, two secrets tried, acknowledged by the broker "
                + $"before the answer; {seconds} s each");
        var sustained = 0;
        foreach (var rate in s_rates)
        {
            var figures = await AtRate(load, seconds, rate);
            if (figures.P99Ms >= LevelMs && sustained > 0) break;
            if (figures.P99Ms < LevelMs) sustained = rate;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  highest rate with a p99 below {LevelMs} ms: {sustained:N0}/s (level: {LevelPerSecond:N0}/s)"));
        var headers =
            new Dictionary<string, string> { [StripeWebhookHeaders.SignatureHeader] = StripeSignature.Header(
                bodies[0], TimeProvider.System.GetUtcNow(), Secret) };
        var raw = await Bare(BareCount, n => Produce(producer, headers, n, bodies[n % Objects]));
        Print($"{Clients} waiting producers, no HTTP, no signature", raw, "");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  peak memory of this process, with the load generator, {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} "
                + $"MB"));
        await server.StopAsync(default);
    }

    private static async Task<Figures> AtRate(WebhookLoad load, int seconds, int rate)
    {
        var before = Environment.CpuUsage.TotalTime;
        var (latenciesMs, took) = await load.Run(seconds * rate, rate);
        var cpu = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / latenciesMs.Length;
        var figures = Figures.Of(latenciesMs, took);
        Print(
            string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s, from when each was due"), figures,
            string.Create(CultureInfo.InvariantCulture, $", {cpu:0} µs of processor time each, the load generator's included"));
        return figures;
    }

    private static async Task Produce(IngressProducer producer, Dictionary<string, string> headers, int n, byte[] body)
    {
        if (await producer.TryPublish(Topics.StripeWebhooks, $"pi_{n % Objects}", headers, body) is { } why)
            throw new InvariantException($"webhook: {why}");
    }

    private static async Task<Figures> Bare(int count, Func<int, Task> send)
    {
        var latenciesMs = new double[count];
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (var n = Interlocked.Increment(ref next); n < count; n = Interlocked.Increment(ref next))
            {
                var began = clock.Elapsed;
                await send(n);
                latenciesMs[n] = (clock.Elapsed - began).TotalMilliseconds;
            }
        })));
        return Figures.Of(latenciesMs, clock.Elapsed.TotalSeconds);
    }

    private static void Print(string what, Figures figures, string more) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what}: {figures.Rate:N0}/s, p50 {figures.P50Ms:0.0} ms, p99 {figures.P99Ms:0.0} ms, max {figures.MaxMs:0.0} "
            + $"ms{more}"));

    /// <summary>As large as Stripe's own of this type.</summary>
    private static byte[] Event(int n) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""
        {"id":"evt_{{n}}","object":"event","api_version":"2026-10-28.endive","created":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}},
        "data":{"object":{"id":"pi_{{n}}","object":"payment_intent","amount":1000,"currency":"usd","description":"{{new string('d', 2000)}}",
        "metadata":{"contest_id":"c-{{n}}","player_id":"p-{{n}}"} } },"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},
        "type":"payment_intent.succeeded"}
        """));

    /// <summary>Deliveries a second, and how long they took.</summary>
    private sealed record Figures(double Rate, double P50Ms, double P99Ms, double MaxMs)
    {
        internal static Figures Of(double[] latenciesMs, double seconds)
        {
            Array.Sort(latenciesMs);
            return new Figures(latenciesMs.Length / seconds, latenciesMs[latenciesMs.Length / 2],
                latenciesMs[latenciesMs.Length * 99 / 100], latenciesMs[^1]);
        }
    }
}
