using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Ingestion's database went back, and it used versions of lines again for other statistics.</summary>
public sealed class ReusedVersionTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_version_that_comes_again_with_other_statistics_is_told_of_and_no_contest_is_completed_from_the_stale_line()
    {
        const string Id = "reread";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3), Slate.Submit(Id, 2, 4, 5, 6, 7));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        await rig.Lines(Slate.Line(Id, 0, 5, 10, rig.Clock.Now));
        await rig.Lines(Slate.Line(Id, 0, 5, 90, rig.Clock.Now));
        Assert.Single(await rig.Sent<AlertRaisedV1>($"line-version-reused/{Id}-g1/a0/5"));

        rig.Clock.Now = Slate.Lock.AddHours(3);
        var closed = Slate.Game($"{Id}-g1", 2, GameStatus.Closed, rig.Clock.Now,
            new Dictionary<string, long> { ["a0"] = 5 }) with { LinesHash = Hash(90) };
        await rig.Lines(closed, Slate.Game($"{Id}-g2", 2, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long>()));
        rig.Clock.Now = rig.Clock.Now.AddHours(1);
        await rig.Tick();
        Assert.Contains("a version was used twice", (await rig.Sent<LifecycleV1>(Id))[^1].Hold, StringComparison.Ordinal);
        Assert.Empty(await rig.Sent<ContestFinalizedV1>(Id));

        // The runbook raises the versions; Ingestion tells everything again.
        await rig.Lines(Slate.Line(Id, 0, 1_000_006, 90, rig.Clock.Now),
            closed with { Version = 1_000_003, LineVersions = new Dictionary<string, long> { ["a0"] = 1_000_006 } });
        rig.Clock.Now = rig.Clock.Now.AddHours(1);
        await rig.Tick();
        var final = Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));
        Assert.Equal(Hash(90), final.Games.Single(g => g.GameId == $"{Id}-g1").LinesHash);
    }

    private static string Hash(long yards) => LinesHash.Of([("a0", new Dictionary<string, long> { ["rush_yds"] = yards })]);
}
