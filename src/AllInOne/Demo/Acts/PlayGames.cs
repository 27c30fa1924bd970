using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>Plays both games, with a feed that repeats itself, comes out of order and corrects itself, until every contest is settled.</summary>
public sealed class PlayGames : IAct
{
    private static readonly FeedFaults s_disorder = new(DuplicatesPercent: 20, Window: 8, LateEditsPercent: 5, WithdrawalsPercent: 2);

    public async Task Play(DemoScene scene, CancellationToken ct)
    {
        scene.Say($"kick-off: two games, {s_disorder.DuplicatesPercent} % of the feed delivered twice, out of order, {s_disorder.LateEditsPercent} % of the plays wrong at first");
        await scene.Player.Run(FeedDisorder.Apply(scene.Slate.Feed, s_disorder, scene.Options.Seed), scene.Options.Speed, ct);
        await scene.Until("every contest is settled", told => told.Contests.All(c => c.Settled is not null), ct);
        scene.Say("both games are over and confirmed, every contest is settled");
    }
}
