using ContestPipeline.Contracts;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>After the end, everything comes once more: nothing may move.</summary>
public sealed class ReplayInput : IAct
{
    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        var before = await Imprint(scene, ct);
        var replayed = await scene.Player.Replay(scene.Stage.Kafka, Topics.FeedGames, ct) + await scene.Player.Replay(scene.Stage.Kafka, Topics.Results, ct);
        await scene.Until("the replay is consumed and nothing is left to do", () => scene.Crew.IsAtRest(ct), ct);
        var after = await Imprint(scene, ct);
        if (before != after) scene.Faults.Add($"the replay moved something: before {before}, after {after}");
        scene.Say($"{replayed} records replayed after the end, feed and results: {(before == after ? "nothing moved" : "SOMETHING MOVED")}");
    }

    private static async Task<string> Imprint(DemoScene scene, CancellationToken ct) =>
        $"{await scene.Stage.Database.LedgerHash(ct)} {(await scene.Stage.Stripe.Transfers(ct)).Count} transfers "
        + string.Join(',', scene.Told.Contests.Select(c => c.Settled?.Digest));
}
