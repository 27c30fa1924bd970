using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Bench;

/// <summary>
/// Signed deliveries over HTTP until the answer that follows the broker's acknowledgement: at a fixed rate, latencies counted from the moment each was due, and
/// as fast as some clients that each wait for their answer can go; beside them a bare producer that waits for the same acknowledgements. Load generator, endpoint
/// and broker share the machine.
/// </summary>
internal static class WebhookBench
{
    private const string Secret = "whsec_bench";
    private const int RatePerSecond = 1_200;
    private const int PacedSecondsDefault = 20;
    private const int Clients = 32;
    private const int BurstCount = 30_000;
    private const int Objects = 500;
    private const int WarmUp = 3_000;
    private const double LevelMs = 50;

    /// <param name="args">Seconds at the fixed rate, if others than the default.</param>
    public static async Task Run(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : PacedSecondsDefault;
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
        var options = new WebhookOptions("http://127.0.0.1:0", [Secret, "whsec_before"], ["whsec_connect"], IsLive: false, RatePerSecond: 100_000);
        using var producer = new IngressProducer(kafka, TimeProvider.System);
        var server = new WebhookServer(
            options, new WebhookDesk(options, producer, TimeProvider.System, NullLogger<WebhookDesk>.Instance), NullLogger<WebhookServer>.Instance);
        await server.StartAsync(default);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = new Uri(server.Address!) };
        var bodies = Enumerable.Range(0, Objects).Select(Event).ToArray();

        await Closed(WarmUp, n => Deliver(http, bodies[n % Objects]));
        Console.WriteLine($"webhook: events of {bodies[0].Length} bytes, {Objects} objects, two secrets tried, acknowledged by the broker before the answer");
        var paced = await Paced(seconds * RatePerSecond, n => Deliver(http, bodies[n % Objects]));
        Print(string.Create(CultureInfo.InvariantCulture, $"at {RatePerSecond:N0}/s for {seconds} s, from when each was due"), paced, $" (level: 1,000/s, p99 {LevelMs} ms)");
        var burst = await Closed(BurstCount, n => Deliver(http, bodies[n % Objects]));
        Print($"{Clients} clients, each waits for its answer", burst, "");

        var headers = new Dictionary<string, string> { [StripeWebhookHeaders.SignatureHeader] = StripeSignature.Header(bodies[0], TimeProvider.System.GetUtcNow(), Secret) };
        var raw = await Closed(BurstCount, n => Produce(producer, headers, n, bodies[n % Objects]));
        Print($"{Clients} waiting producers, no HTTP, no signature", raw, "");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  ratio to the bare producer {burst.Rate / raw.Rate:P0}; peak memory of this process, with the load generator, {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MB"));
        await server.StopAsync(default);
    }

    private static async Task Deliver(HttpClient http, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, StripeEndpoints.PlatformPath) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", StripeSignature.Header(body, TimeProvider.System.GetUtcNow(), Secret));
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode) throw new InvariantException($"webhook: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private static async Task Produce(IngressProducer producer, Dictionary<string, string> headers, int n, byte[] body)
    {
        if (await producer.TryPublish(Topics.StripeWebhooks, $"pi_{n % Objects}", headers, body) is { } why) throw new InvariantException($"webhook: {why}");
    }

    /// <summary>Sends each when it is due, whether earlier ones are answered or not.</summary>
    private static async Task<Figures> Paced(int count, Func<int, Task> send)
    {
        var latenciesMs = new double[count];
        var open = new Task[count];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var clock = Stopwatch.StartNew();
        for (var n = 0; n < count;)
        {
            for (; n < count && n <= clock.Elapsed.TotalSeconds * RatePerSecond; n++) open[n] = One(n);
            await timer.WaitForNextTickAsync();
        }

        await Task.WhenAll(open);
        return new Figures(count / clock.Elapsed.TotalSeconds, latenciesMs);

        async Task One(int n)
        {
            await send(n);
            latenciesMs[n] = clock.Elapsed.TotalMilliseconds - n * 1000.0 / RatePerSecond;
        }
    }

    private static async Task<Figures> Closed(int count, Func<int, Task> send)
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
        return new Figures(count / clock.Elapsed.TotalSeconds, latenciesMs);
    }

    private static void Print(string what, Figures figures, string level)
    {
        Array.Sort(figures.LatenciesMs);
        var p50 = figures.LatenciesMs[figures.LatenciesMs.Length / 2];
        var p99 = figures.LatenciesMs[figures.LatenciesMs.Length * 99 / 100];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: {figures.Rate:N0}/s, p50 {p50:0.0} ms, p99 {p99:0.0} ms{level}"));
    }

    /// <summary>As large as Stripe's own of this type.</summary>
    private static byte[] Event(int n) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""
        {"id":"evt_{{n}}","object":"event","api_version":"2026-10-28.endive","created":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}},
        "data":{"object":{"id":"pi_{{n}}","object":"payment_intent","amount":1000,"currency":"usd","description":"{{new string('d', 2000)}}",
        "metadata":{"contest_id":"c-{{n}}","player_id":"p-{{n}}"} } },"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},
        "type":"payment_intent.succeeded"}
        """));

    /// <summary>Deliveries a second, and how long each took.</summary>
    private sealed record Figures(double Rate, double[] LatenciesMs);
}
