using System.Globalization;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo.Dev;

/// <summary>What goes wrong in a round, one thing after the other from round to round.</summary>
public enum Incident
{
    /// <summary>Nothing but the first prize, which is held until somebody approves it.</summary>
    None,

    /// <summary>A record that no worker understands stands in the topic between Scoring and Settlement.</summary>
    PoisonMessage,

    /// <summary>A play of the feed is missing until the provider sends it.</summary>
    FeedGap,

    /// <summary>The platform's balance does not cover the prizes until somebody tops it up.</summary>
    ShortBalance,

    /// <summary>A provider sends a message that is refused.</summary>
    RejectedFeed,
}

/// <summary>Makes incidents of the kind that an operator or a provider meets. Each is told when it begins.</summary>
public sealed class DevIncidents(DemoEnvironment environment, MessageProducer producer, TimeProvider clock, Action<string> say)
{
    /// <summary>After so long without them, funds come from the bank and what was missing in a feed comes.</summary>
    private static readonly TimeSpan s_lasts = TimeSpan.FromSeconds(30);

    private const long FundsMinor = 5_000_00;

    public static Incident Of(int round) => (Incident)((round - 1) % Enum.GetValues<Incident>().Length);

    /// <summary>Money for the rounds that are not to run short.</summary>
    public Task Fund(Incident incident, CancellationToken ct) =>
        incident == Incident.ShortBalance ? Task.CompletedTask : environment.Stripe.TopUp(FundsMinor, ct);

    /// <returns>The feed as it comes at first, and what is missing of it.</returns>
    public static (IReadOnlyList<FeedRecord> Sent, IReadOnlyList<FeedRecord> Missing) Gap(Incident incident, DevRound round)
    {
        if (incident != Incident.FeedGap) return (round.Feed, []);
        var plays = round.Feed.Where(r => r.Message is FeedPlayV1 { Athletes.Count: > 0 }).ToArray();
        var missing = plays[plays.Length / 2];
        return ([.. round.Feed.Where(r => r != missing)], [missing]);
    }

    /// <summary>While the games are played.</summary>
    public async Task During(Incident incident, DevRound round, CancellationToken ct)
    {
        switch (incident)
        {
            case Incident.PoisonMessage: await Poison(round, ct); break;
            case Incident.RejectedFeed: await Reject(round, ct); break;
            case Incident.FeedGap:
                say("incident: one play of the feed is missing; its contests wait (console: contest, game)");
                break;
            case Incident.ShortBalance:
                await environment.Stripe.Fund(0, ct);
                say("incident: the platform's balance at Stripe is zero; prizes will wait for funds (console: overview, alerts)");
                break;
            case Incident.None: break;
            default: throw new ArgumentOutOfRangeException(nameof(incident), incident, "no such incident");
        }
    }

    /// <summary>Once the games are over.</summary>
    public async Task After(Incident incident, IReadOnlyList<FeedRecord> missing, CancellationToken ct)
    {
        if (incident is not (Incident.FeedGap or Incident.ShortBalance)) return;
        await Task.Delay(s_lasts, clock, ct);
        foreach (var record in missing) await producer.Publish(record.Message, record.Id, record.Time);
        if (incident == Incident.FeedGap)
        {
            say("the provider has sent the missing play");
            return;
        }

        await environment.Stripe.TopUp(FundsMinor, ct);
        say($"{Figures.Usd(FundsMinor)} came in from the bank; what waited for funds goes on by itself");
    }

    private async Task Poison(DevRound round, CancellationToken ct)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"poison-{round.Number:D4}");
        await Send(
            Topics.ContestEvents, key, WireTypes.Of(typeof(ContestPublishedV1)).Name, TopicRights.SourceOf(Principals.Scoring),
            """{"contestId":7}""", ct);
        say($"incident: a record that nobody understands under key {key} of {Topics.ContestEvents} (console: failures)");
    }

    private async Task Reject(DevRound round, CancellationToken ct)
    {
        var game = round.Contests[0].GameIds[0];
        await Send(Topics.FeedGames, game, WireTypes.Of(typeof(FeedStatusV1)).Name, "contestpipeline/dev-provider",
            $$"""{"gameId":"{{game}}","sequence":0,"status":"half-time","providerTime":"2026-10-04T17:00:00Z"}""", ct);
        say($"incident: a feed message of game {game} that is refused, with the reason on {Topics.Rejected(Topics.FeedGames)}");
    }

    private Task Send(string topic, string key, string type, string source, string body, CancellationToken ct) =>
        producer.PublishRaw(topic, key, new Dictionary<string, string>
        {
            ["ce_specversion"] = "1.0", ["ce_id"] = $"dev/{key}/{type}", ["ce_type"] = type, ["ce_source"] = source,
            ["ce_time"] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture), ["content-type"] = "application/json",
        }, Encoding.UTF8.GetBytes(body)).WaitAsync(ct);
}
