using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Scoring;

/// <summary>A feed that names a stat of which the contest's rules say nothing pays nobody.</summary>
public sealed class UnknownStatTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task The_contest_is_held_with_an_alert_and_the_feeds_correction_lets_it_go_on()
    {
        const string Id = "misspelt";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        var line = Slate.Line(Id, 0, 1, 40, rig.Clock.Now);
        await rig.Lines(line with { Stats = new Dictionary<string, long> { ["rush_yrds"] = 40 } });
        await rig.Close(Id, new() { ["a0"] = 1 });
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();

        Assert.Empty(await rig.Sent<ContestFinalizedV1>(Id));
        Assert.Equal(
            "game misspelt-g1, athlete a0: the rule set draftkings-nfl-classic 2015 neither uses nor ignores the stat rush_yrds, "
                + "the nearest that it knows is rush_yds",
            (await rig.Sent<LifecycleV1>(Id))[^1].Hold);
        Assert.Equal(1,
            await scope.Scalar<long>(
                "select count(*) from scoring.outbox where wire_name = 'alert.raised.v1' and convert_from(body, 'UTF8') like "
                    + "'%contest-held%misspelt-g1%rush_yrds%'"));

        await rig.Lines(line with { Version = 2 },
            Slate.Game($"{Id}-g1", 9, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long> { ["a0"] = 2 }));
        await rig.Tick();

        Assert.Null((await rig.Sent<LifecycleV1>(Id))[^1].Hold);
        Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));
    }

    [Fact]
    public async Task A_game_whose_feed_speaks_another_sport_is_refused_when_the_contest_is_created()
    {
        const string Id = "basketball";
        rig.Clock.Now = Slate.Published;
        var rebounds = new Dictionary<string, long> { ["rebounds"] = 9 };
        await rig.Lines(Slate.Line(Id, 0, 1, 40, rig.Clock.Now) with { Stats = rebounds });

        await rig.Command(Slate.Create(Id));

        var refused = Assert.Single(await rig.Sent<CommandRejectedV1>(Id));
        Assert.Equal(("rule-set-of-another-sport", "definition.ruleSet"), (refused.ReasonCode, refused.Field));
        Assert.Contains("basketball-g1", refused.Message, StringComparison.Ordinal);
    }
}
