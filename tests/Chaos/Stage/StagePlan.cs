using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>Which port everybody keeps, and which link leads where.</summary>
internal sealed class StagePlan
{
    private const string Controller = "CONTROLLER";
    private readonly int first;
    private readonly bool isDirect;

    /// <param name="isDirect">True: no proxies, everybody connects to where the links would lead.</param>
    internal StagePlan(bool isDirect = false) => (first, this.isDirect) = (FreePorts.InARow(40), isDirect);

    internal int Toxiproxy => first;

    /// <summary>Its controller has the next one.</summary>
    internal int Broker => first + 1;

    internal int Database => first + 3;

    internal int Stripe => first + 4;

    internal int IngestionHttp => first + 5;

    /// <summary>Name, where the worker connects to, where the link leads.</summary>
    internal IEnumerable<(string Name, int Listen, int Upstream)> Links =>
    [
        .. ChaosStage.WorkerNames.Select((w, i) => ($"{w}-to-database", first + 10 + i, Database)),
        .. ChaosStage.WorkerNames.Select((w, i) => ($"{w}-to-broker", first + 20 + i, Listener(i))),
        ("payout-to-stripe", first + 6, Stripe),
    ];

    /// <summary>
    /// Every worker has a listener of its own at the broker, which names the worker's own link as the way to come back.
    /// </summary>
    internal IReadOnlyList<string> BrokerSettings
    {
        get
        {
            var names = ChaosStage.WorkerNames.Select(w => w.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant())
                .ToArray();
            return
            [
                $"listeners=PLAINTEXT://127.0.0.1:{Broker},{Controller}://127.0.0.1:{Broker + 1},"
                    + string.Join(',', names.Select((n, i) => $"{n}://127.0.0.1:{Listener(i)}")),
                $"advertised.listeners=PLAINTEXT://127.0.0.1:{Broker},"
                    + string.Join(',', names.Select((n, i) => $"{n}://127.0.0.1:{(isDirect ? Listener(i) : first + 20 + i)}")),
                $"listener.security.protocol.map=PLAINTEXT:PLAINTEXT,{Controller}:PLAINTEXT,"
                    + string.Join(',', names.Select(n => n + ":PLAINTEXT")),
                "inter.broker.listener.name=PLAINTEXT", "log.segment.bytes=16777216",
            ];
        }
    }

    /// <summary>Short waits, so that many faults fit into a run; every one of them is a setting of the product.</summary>
    internal static IReadOnlyDictionary<string, string> WorkerSettings { get; } = new Dictionary<string, string>
    {
        ["PAYOUT_RETRY_SECONDS"] = "1,1,2,2,3,3,5,5,5,5,5,5,5,5,5,5", ["PAYOUT_LEASE_SECONDS"] = "4",
        ["PAYOUT_STRIPE_TIMEOUT_SECONDS"] = "2",
        ["PAYOUT_OUTAGE_PAUSE_SECONDS"] = "2", ["PAYOUT_BALANCE_READ_SECONDS"] = "2", ["PAYOUT_PARALLEL"] = "8",
        ["STRIPE_SWEEP_SECONDS"] = "10",
        ["PAYOUT_HTTP_RATE_PER_MINUTE"] = "1000000",
    };

    /// <summary>Where whoever uses a link connects to.</summary>
    internal int Port(string link) => Links.Single(l => l.Name == link) is var found && isDirect ? found.Upstream : found.Listen;

    private int Listener(int worker) => first + 30 + worker;
}
