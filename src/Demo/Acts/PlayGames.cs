using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Demo;

/// <summary>
/// Plays both games, with a feed that repeats itself, comes out of order and corrects itself, until every contest is settled.
/// </summary>
public sealed class PlayGames : IAct
{
    private static readonly FeedFaults s_disorder = new(
        DuplicatesPercent: 20, Window: 8, LateEditsPercent: 5, WithdrawalsPercent: 2);

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        context.Say(
            $"kick-off: two games, {s_disorder.DuplicatesPercent} % of the feed delivered twice, out of order, "
                + $"{s_disorder.LateEditsPercent} % of the plays wrong at first");
        await context.Player.Run(
            FeedDisorder.Apply(context.Slate.Feed, s_disorder, context.Options.Seed), context.Options.Speed, ct);
        await context.Until("every contest is settled", told => told.Contests.All(c => c.Settled is not null), ct);
        context.Say("both games are over and confirmed, every contest is settled");
    }
}
