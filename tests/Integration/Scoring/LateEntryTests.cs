using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Entries into contests whose first game had begun when nobody here knew it.</summary>
public sealed class LateEntryTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task Entries_accepted_after_a_start_that_the_feed_tells_later_play_on_and_a_person_is_told_once()
    {
        const string Id = "late-entries";
        var start = Slate.Lock.AddMinutes(-30);
        rig.Clock.Now = Slate.Published;
        await rig.Command(Slate.Create(Id));
        await Enter(Id, 1, start.AddSeconds(90));
        await Enter(Id, 2, start.AddMinutes(20));
        await Enter(Id, 3, start.AddMinutes(21));

        rig.Clock.Now = start.AddMinutes(25);
        await Tell(Id, start);
        await Tell(Id, start);

        Assert.Equal(("LIVE", 3),
            (await rig.State(Id),
                await scope.Scalar<int>("select entry_count from scoring.contest where contest_id = @Id", new { Id })));
        Assert.Empty(await rig.Sent<EntryWithdrawnV1>(Id));
        var alert = Assert.Single(await rig.Sent<AlertRaisedV1>($"late-entries/{Id}/{Id}-g1"));
        Assert.Contains("2 of its entries were accepted, e2 at", alert.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_entries_that_came_in_time_nobody_is_told()
    {
        const string Id = "no-late-entries";
        rig.Clock.Now = Slate.Published;
        await rig.Command(Slate.Create(Id));
        await Enter(Id, 1, Slate.Lock.AddMinutes(-30));

        rig.Clock.Now = Slate.Lock.AddMinutes(1);
        await Tell(Id, Slate.Lock);

        Assert.Equal("LIVE", await rig.State(Id));
        Assert.Empty(await rig.Sent<AlertRaisedV1>($"late-entries/{Id}/{Id}-g1"));
    }

    private async Task Enter(string id, int n, DateTimeOffset at)
    {
        rig.Clock.Now = at;
        await rig.Command(Slate.Submit(id, n, 0, 1, 2, 3));
    }

    private async Task Tell(string id, DateTimeOffset start)
    {
        await rig.Lines(Slate.Game($"{id}-g1", 1, GameStatus.InProgress, rig.Clock.Now) with { StartedAt = start });
        await rig.Tick();
    }
}
