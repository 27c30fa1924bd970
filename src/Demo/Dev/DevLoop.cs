using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo.Dev;

/// <summary>Plays slate after slate: contests, entries, fees, games, an incident now and then.</summary>
public sealed class DevLoop(
    DemoEnvironment environment, DevOptions options, MessageProducer producer, TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(10);

    /// <summary>What somebody holds back, or an incident does, does not stop the next slate.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly DevIncidents incidents = new(environment, producer, clock, say);
    private readonly PlayFeed feed = new(producer, clock);
    private readonly Await wait = new(clock, s_patience, s_look);

    /// <summary>Until cancelled, or as many slates as were asked for.</summary>
    public async Task Run(Slate games, CancellationToken ct)
    {
        for (var number = 1; number <= (options.Rounds ?? int.MaxValue); number++)
        {
            if (number > 1) await Task.Delay(s_between, clock, ct);
            await Play(DevRound.Of(games, number, options.Seed), ct);
        }
    }

    private async Task Play(DevRound round, CancellationToken ct)
    {
        var incident = DevIncidents.Of(round.Number);
        string[] contests = [.. round.Contests.Select(c => c.ContestId)];
        await incidents.Fund(incident, ct);
        foreach (var contest in round.Contests)
            await producer.Publish(
                new CreateContestV1($"create/{contest.ContestId}", contest.ContestId, contest, IssuedBy: "dev"));
        await Task.WhenAll(round.Entries.Select(e => producer.Publish(e)));
        say($"slate {round.Number}: {string.Join(" and ", contests)}, {round.Entries.Count} entries");
        var begun = new HashSet<string>(StringComparer.Ordinal);
        await Until($"every entry of {round.FeeContest} is paid", async () =>
        {
            await PayFees(round.FeeContest, begun, ct);
            return await environment.Database.ContestsAt(contests, ct);
        }, at => at.Count == contests.Length && at.Sum(c => c.EntryCount) == round.Entries.Count, ct);

        var (sent, missing) = DevIncidents.Gap(incident, round);
        var speed = options.Speed == 0 ? "as fast as it goes" : $"{options.Speed} times as fast as it was";
        say($"slate {round.Number}: kick-off, {speed}");
        await Task.WhenAll(feed.Run(sent, options.Speed, ct), incidents.During(incident, round, ct));
        await incidents.After(incident, missing, ct);
        await Until("both contests are settled", () => environment.Database.ContestsAt(contests, ct),
            at => at.All(c => c.State is "SETTLED" or "PAID" or "CANCELLED"), ct);
        say($"slate {round.Number}: the games are over; the first prize of {round.FreeContest} waits for an approver "
            + "(console: queue)");
    }

    /// <summary>What the players' browsers do.</summary>
    /// <param name="begun">Entries whose players have paid; the pipeline may not have heard of it.</param>
    private async Task PayFees(string contest, HashSet<string> begun, CancellationToken ct)
    {
        foreach (var due in (await environment.Database.PaymentsDue(contest, ct)).Where(d => !begun.Contains(d.EntryId)))
        {
            var shown = await environment.Payout.Get(
                $"/v1/entries/{due.ContestId}/{due.EntryId}/payment", due.PlayerId, ApiRole.Player, ct);
            if (shown.Status == HttpStatusCode.OK && shown.Body.TryGetProperty("clientSecret", out var secret)
                && secret.GetString() is { } text && await environment.Stripe.Pay(text, ct, PaidContest.CardGood))
                begun.Add(due.EntryId);
        }
    }

    /// <summary>Waits, and goes on with a word about what stands where it does not happen.</summary>
    private async Task Until(
        string what, Func<Task<IReadOnlyList<ContestAt>>> look, Func<IReadOnlyList<ContestAt>, bool> holds, CancellationToken ct)
    {
        IReadOnlyList<ContestAt> at = [];
        try
        {
            await wait.Until(what, async () => holds(at = await look()), () => string.Join('\n', at), ct);
        }
        catch (TimeoutException late)
        {
            say(late.Message);
        }
    }
}
