using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>After the end, everything comes once more: nothing may move.</summary>
public sealed class ReplayInput : IAct
{
    private static readonly string[] s_replayed = [Topics.FeedGames, Topics.Results, Topics.StripeWebhooks];

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        await context.Until("nothing is left to do", () => context.Workers.IsAtRest(ct), ct);
        var before = await Imprint(context, ct);
        var replayed = 0;
        foreach (var topic in s_replayed) replayed += await context.Player.Replay(context.Environment.Kafka, topic, ct);
        await context.Until("the replay is consumed and nothing is left to do", () => context.Workers.IsAtRest(ct), ct);
        var after = await Imprint(context, ct);
        if (before != after) context.Faults.Add($"the replay moved something: before {before}, after {after}");
        context.Say(
            $"{replayed} records replayed after the end, feed, results and Stripe's webhooks: "
                + $"{(before == after ? "nothing moved" : "SOMETHING MOVED")}");
    }

    private static async Task<string> Imprint(DemoContext context, CancellationToken ct) =>
        $"{await context.Environment.Database.LedgerHash(ct)} {(await context.Environment.Stripe.Transfers(ct)).Count} transfers "
        + string.Join(',', context.Told.Contests.Select(c => c.Settled?.Digest));
}
