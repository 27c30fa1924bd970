using ContestPipeline.Contracts;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>After the end, everything comes once more: nothing may move.</summary>
public sealed class ReplayInput : IAct
{
    private static readonly string[] s_replayed = [Topics.FeedGames, Topics.Results, Topics.StripeWebhooks];

    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        await scene.Until("nothing is left to do", () => scene.Crew.IsAtRest(ct), ct);
        var before = await Imprint(scene, ct);
        var replayed = 0;
        foreach (var topic in s_replayed) replayed += await scene.Player.Replay(scene.Stage.Kafka, topic, ct);
        await scene.Until("the replay is consumed and nothing is left to do", () => scene.Crew.IsAtRest(ct), ct);
        var after = await Imprint(scene, ct);
        if (before != after) scene.Faults.Add($"the replay moved something: before {before}, after {after}");
        scene.Say($"{replayed} records replayed after the end, feed, results and Stripe's webhooks: {(before == after ? "nothing moved" : "SOMETHING MOVED")}");
    }

    private static async Task<string> Imprint(DemoScene scene, CancellationToken ct) =>
        $"{await scene.Stage.Database.LedgerHash(ct)} {(await scene.Stage.Stripe.Transfers(ct)).Count} transfers "
        + string.Join(',', scene.Told.Contests.Select(c => c.Settled?.Digest));
}
