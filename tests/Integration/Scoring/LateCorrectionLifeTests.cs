using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Corrections that come after the result, over the real tables.</summary>
public sealed class LateCorrectionLifeTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_correction_a_week_later_makes_one_further_revision_after_its_window_and_its_replay_none()
    {
        const string Id = "credit";
        await Paid(Id, LateCorrectionPolicies.CreditOnly);
        rig.Clock.Now = rig.Clock.Now.AddDays(7);
        var life = (await rig.Sent<LifecycleV1>(Id)).Count;
        await Correct(Id, 10, 30);
        rig.Clock.Now = rig.Clock.Now.AddSeconds(40);
        await Correct(Id, 11, 70);
        rig.Clock.Now = rig.Clock.Now.AddSeconds(59);
        await rig.Tick();
        Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));

        rig.Clock.Now = rig.Clock.Now.AddSeconds(1);
        await rig.Tick();
        await Correct(Id, 11, 70);
        rig.Clock.Now = rig.Clock.Now.AddDays(31);
        await Correct(Id, 10, 30);
        await rig.Tick();

        var final = await rig.Sent<ContestFinalizedV1>(Id);
        Assert.Equal([1, 2], final.Select(f => f.Revision));
        Assert.Equal(11, final[1].Games[0].LineVersions["a0"]);
        var ranking = Assert.Single(await rig.Sent<RankingChunkV1>(Id), c => c.Revision == 2);
        Assert.Equal(Slate.Points(0, new Dictionary<int, long> { [0] = 70 }, 0), ranking.Groups[0].Points);
        // Nothing but that revision 2 has not been settled for a month.
        Assert.Contains("revision 2 was handed to Settlement", (await rig.Sent<LifecycleV1>(Id)).Skip(life).Single().Hold,
            StringComparison.Ordinal);
        Assert.Equal("PAID", await rig.State(Id));
        Assert.Equal(1,
            await scope.Scalar<long>(
                "select count(*) from scoring.alert_raised where dedup_key = 'late-correction/credit/credit-g1/2'"));
    }

    [Fact]
    public async Task A_second_correction_waits_until_the_first_is_settled_and_its_settlement_lets_it_go_on()
    {
        const string Id = "twice";
        await Paid(Id, LateCorrectionPolicies.CreditOnly);
        await Correct(Id, 10, 30);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        await Correct(Id, 11, 70);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        Assert.Equal([1, 2], (await rig.Sent<ContestFinalizedV1>(Id)).Select(f => f.Revision));

        await rig.Settled(Settled(Id, 2));
        await rig.Settled(Settled(Id, 1));
        await rig.Paid(new ContestPaidV1(Id, 1, 1, 1, 0, 0, rig.Clock.Now));
        await rig.Tick();

        Assert.Equal([1, 2, 3], (await rig.Sent<ContestFinalizedV1>(Id)).Select(f => f.Revision));
        Assert.Equal(
            0, await scope.Scalar<long>("select count(*) from scoring.alert_raised where dedup_key like '%not-final/twice%'"));
    }

    [Fact]
    public async Task A_correction_that_is_taken_back_within_the_window_makes_no_revision()
    {
        const string Id = "back";
        await Paid(Id, LateCorrectionPolicies.CreditOnly);
        await Correct(Id, 10, 30);
        await Correct(Id, 11, 50);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        Assert.Single(await rig.Sent<ContestFinalizedV1>(Id));

        await Correct(Id, 12, 51);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        Assert.Equal([1, 2], (await rig.Sent<ContestFinalizedV1>(Id)).Select(f => f.Revision));
    }

    /// <summary>A contest of two entries, a0 with 50 yards, settled and paid.</summary>
    private async Task Paid(string id, string policy)
    {
        var create = Slate.Create(id);
        await rig.Command(
            create with { Definition = create.Definition with { LateCorrectionPolicy = policy } },
            Slate.Submit(id, 1, 0, 1, 2, 3), Slate.Submit(id, 2, 4, 5, 6, 7));
        rig.Clock.Now = Slate.Lock;
        await rig.Start(id);
        await rig.Lines(Slate.Line(id, 0, 1, 50, rig.Clock.Now));
        await rig.Close(id, new() { ["a0"] = 1 });
        rig.Clock.Now = rig.Clock.Now.AddMinutes(2);
        await rig.Tick();
        await rig.Settled(Settled(id, 1));
        await rig.Paid(new ContestPaidV1(id, 1, 1, 1, 0, 0, rig.Clock.Now));
        await rig.Tick();
        Assert.Equal("PAID", await rig.State(id));
    }

    private ContestSettledV1 Settled(string id, int revision) =>
        new(id, revision, "", "usd", 2, 0, 0, 100_000, 100_000, 0, 100_000, 0, 100_000, 0, 1, 1, "", rig.Clock.Now);

    private async Task Correct(string id, long version, long yards)
    {
        await rig.Lines(
            Slate.Line(id, 0, version, yards, rig.Clock.Now),
            Slate.Game($"{id}-g1", version, GameStatus.Closed, rig.Clock.Now, new Dictionary<string, long> { ["a0"] = version }));
        await rig.Tick();
    }
}
