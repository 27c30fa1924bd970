using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>A contest waits for a game of which the feed says nothing.</summary>
public sealed class UnnamedGameTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_locked_contest_with_a_game_that_the_feed_never_names_is_told_of_and_goes_on_once_it_is_named()
    {
        const string Id = "unnamed";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock + HoldPatience.Default.FirstGame - TimeSpan.FromSeconds(1);
        await rig.Tick();
        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.Scheduled, rig.Clock.Now));
        await rig.Tick();
        Assert.Null((await rig.Sent<LifecycleV1>(Id))[^1].Hold);

        rig.Clock.Now = Slate.Lock + HoldPatience.Default.FirstGame;
        await rig.Tick();
        await rig.Tick();
        var told = Assert.Single(await rig.Sent<AlertRaisedV1>($"contest-held/{Id}/3"));
        Assert.Equal(("contest-held", $"nothing is known of game {Id}-g2"), (told.Kind, told.Cause));

        await rig.Lines(Slate.Game($"{Id}-g2", 1, GameStatus.Scheduled, rig.Clock.Now));
        await rig.Tick();
        Assert.Equal((ContestStates.Locked, null),
            ((await rig.Sent<LifecycleV1>(Id))[^1].State, (await rig.Sent<LifecycleV1>(Id))[^1].Hold));
    }
}
