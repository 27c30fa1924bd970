using System.Globalization;
using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>The players' accounts at the simulated Stripe, and the webhook events that tell the pipeline about them.</summary>
/// <param name="players">How many there are, from number 1.</param>
public sealed class PlayerAccounts(SimulatorAdmin stripe, MessageProducer producer, int players = DemoEntries.Players)
{
    private const int Parallel = 4;

    /// <summary>Stripe's own limits; only making the accounts, which really happens over months, is exempt.</summary>
    private const int RatePerEndpoint = 25;
    private const int RateInAll = 100;

    private readonly Dictionary<string, string> accounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> published = new(StringComparer.Ordinal);

    /// <summary>Player id to account id.</summary>
    public IReadOnlyDictionary<string, string> ByPlayer => accounts;

    /// <summary>Makes an account per player; those who are late may not receive transfers yet.</summary>
    public async Task Create(CancellationToken ct)
    {
        var gate = new Lock();
        await stripe.Limit(perEndpoint: 0, inAll: 0, ct);
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(1, players), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (number, token) =>
        {
            var player = DemoEntries.PlayerId(number);
            var account = await stripe.CreateAccount(player, token);
            await stripe.SetTransfers(account, active: !DemoEntries.IsAccountLate(number), token);
            lock (gate) accounts[player] = account;
        });
        await PublishEvents(ct);
        await stripe.Limit(RatePerEndpoint, RateInAll, ct);
    }

    /// <summary>The late accounts may receive transfers from now on.</summary>
    public async Task ActivateLate(CancellationToken ct)
    {
        foreach (var number in Enumerable.Range(1, players).Where(DemoEntries.IsAccountLate))
            await stripe.SetTransfers(accounts[DemoEntries.PlayerId(number)], active: true, ct);
        await PublishEvents(ct);
    }

    /// <summary>Delivers what Stripe's webhook would: the event's raw body, keyed by account.</summary>
    private async Task PublishEvents(CancellationToken ct)
    {
        foreach (var item in (await stripe.AccountEvents(ct)).Reverse())
        {
            var id = item.GetProperty("id").GetString()!;
            if (!published.Add(id)) continue;
            var created = DateTimeOffset.FromUnixTimeSeconds(item.GetProperty("created").GetInt64());
            var headers = new Dictionary<string, string>
            {
                ["ce_specversion"] = "1.0", ["ce_id"] = id, ["ce_type"] = "stripe.event", ["ce_source"] = "stripe",
                ["ce_time"] = created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), ["content-type"] = "application/json",
            };
            var account = item.GetProperty("data").GetProperty("object").GetProperty("id").GetString();
            await producer.PublishRaw(Topics.StripeWebhooks, account, headers, Encoding.UTF8.GetBytes(item.GetRawText()));
        }
    }
}
