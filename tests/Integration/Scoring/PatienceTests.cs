using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>A contest that waits too long is told of, once, and the alert ends with the wait.</summary>
public sealed class PatienceTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_game_that_is_over_and_never_confirmed_is_told_of_and_the_alert_ends_when_it_is()
    {
        const string Id = "unconfirmed";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        rig.Clock.Now = Slate.Lock.AddHours(3);
        await rig.Lines(Slate.Game($"{Id}-g1", 2, GameStatus.Complete, rig.Clock.Now),
            Slate.Game($"{Id}-g2", 2, GameStatus.Complete, rig.Clock.Now));
        await rig.Tick();
        Assert.Empty(await Open(Id));

        for (var day = 1; day <= 120; day++)
        {
            rig.Clock.Now = Slate.Lock.AddDays(day).AddHours(4);
            await rig.Tick();
        }

        var told = Assert.Single(await Open(Id));
        Assert.Contains(
            "is over but not confirmed, for 24 hours", (await rig.Sent<LifecycleV1>(Id))[^1].Hold, StringComparison.Ordinal);

        await rig.Lines(
            Slate.Game($"{Id}-g1", 3, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long>()),
            Slate.Game($"{Id}-g2", 3, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long>()));
        await rig.Tick();
        Assert.Empty(await Open(Id));
        Assert.Single(await rig.Sent<AlertResolvedV1>(told));
    }

    [Fact]
    public async Task A_ranking_of_which_Settlement_never_hears_is_told_of_and_the_alert_ends_with_the_result()
    {
        const string Id = "unheard";
        await rig.Command(Slate.Create(Id), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(Id);
        await rig.Close(Id, []);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        var final = Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));

        rig.Clock.Now += HoldPatience.Default.Result;
        await rig.Tick();
        Assert.Contains("was handed to Settlement", (await rig.Sent<LifecycleV1>(Id))[^1].Hold, StringComparison.Ordinal);
        Assert.Single(await Open(Id));

        await rig.Settled(
            new ContestSettledV1(Id, 1, final.DefinitionHash, "usd", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "d", rig.Clock.Now));
        await rig.Tick();
        Assert.Equal(ContestStates.Settled, await rig.State(Id));
        Assert.Empty(await Open(Id));
    }

    private async Task<IReadOnlyList<string>> Open(string id) => [.. await scope.Query<string>(
        "select dedup_key from scoring.alert_raised where resolved_at is null and starts_with(dedup_key, @prefix) order by 1",
        new { prefix = $"contest-held/{id}/" })];
}
