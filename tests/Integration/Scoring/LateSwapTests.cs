using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Swaps into games that had begun when nobody here knew it.</summary>
public sealed class LateSwapTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_swap_is_refused_from_the_scheduled_start_on_though_the_feed_still_says_scheduled()
    {
        const string Id = "scheduled-start";
        var create = Slate.Create(Id, lateSwap: true);
        await rig.Command(
            create with { Definition =
                create.Definition with { GameStarts =
                    new Dictionary<string, DateTimeOffset> { [$"{Id}-g1"] = Slate.Lock.AddHours(1),
                        [$"{Id}-g2"] = Slate.Lock.AddHours(3) } } },
            Slate.Submit(Id, 1, 0, 1, 2, 3));
        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.Scheduled, Slate.Published));

        rig.Clock.Now = Slate.Lock.AddHours(2);
        await rig.Command(
            new SwapAthleteV1("late", Id, "e1", "p1", 0, "a4"), new SwapAthleteV1("in-time", Id, "e1", "p1", 1, "a5"));

        Assert.Equal(Reasons.AthleteStarted, Assert.Single(await rig.Sent<CommandRejectedV1>(Id)).ReasonCode);
        Assert.Equal(["a0", "a5", "a2", "a3"], Assert.Single(await rig.Sent<EntryChangedV1>(Id)).AthleteIds);
    }

    [Fact]
    public async Task Entries_and_swaps_are_refused_once_a_play_was_counted_or_the_providers_start_has_come()
    {
        const string Id = "played";
        await rig.Command(Slate.Create(Id, lateSwap: true), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock.AddMinutes(-10);
        await rig.Lines(
            Slate.Game($"{Id}-g1", 1, GameStatus.Scheduled, rig.Clock.Now) with { StartedAt = rig.Clock.Now },
            Slate.Game($"{Id}-g2", 1, GameStatus.Scheduled, rig.Clock.Now) with { StartsAt = Slate.Lock.AddMinutes(-5) });
        await rig.Command(Slate.Submit(Id, 2, 0, 1, 2, 3), new SwapAthleteV1("t1", Id, "e1", "p1", 0, "a4"),
            new SwapAthleteV1("t2", Id, "e1", "p1", 1, "a5"));
        rig.Clock.Now = Slate.Lock.AddMinutes(-5);
        await rig.Command(new SwapAthleteV1("t3", Id, "e1", "p1", 1, "a7"));

        Assert.Equal([Reasons.ContestLocked, Reasons.AthleteStarted, Reasons.AthleteStarted],
            (await rig.Sent<CommandRejectedV1>(Id)).Select(r => r.ReasonCode));
        Assert.Equal("t2", Assert.Single(await rig.Sent<EntryChangedV1>(Id)).CommandId);
    }

    [Fact]
    public async Task A_swap_of_an_athlete_who_turns_out_to_have_played_is_taken_back_and_the_one_who_played_for_the_entry_wins()
    {
        const string Id = "turned-out";
        await rig.Command(Slate.Create(Id, lateSwap: true), Slate.Submit(Id, 1, 0, 1, 2, 3), Slate.Submit(Id, 2, 0, 1, 4, 5));
        rig.Clock.Now = Slate.Lock.AddHours(2);
        await rig.Command(new SwapAthleteV1("s1", Id, "e1", "p1", 2, "a6"), new SwapAthleteV1("s2", Id, "e1", "p1", 3, "a7"));
        Assert.Equal(2, (await rig.Sent<EntryChangedV1>(Id)).Count);

        // The feed comes two hours late; only the first game had begun by then.
        await rig.Lines(
            Slate.Line(Id, 6, 1, 200, rig.Clock.Now),
            Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, rig.Clock.Now) with { StartedAt = Slate.Lock.AddMinutes(1) },
            Slate.Game($"{Id}-g2", 1, GameStatus.Scheduled, rig.Clock.Now));
        await rig.Tick();

        var back = (await rig.Sent<EntryChangedV1>(Id))[^1];
        Assert.Equal((4, "a0 a1 a2 a7"), (back.Version, string.Join(' ', back.AthleteIds)));
        Assert.Contains($"game {Id}-g1 had begun", back.Reason, StringComparison.Ordinal);
        Assert.Equal("swaps-taken-back", Assert.Single(await rig.Sent<AlertRaisedV1>($"swaps-taken-back/{Id}/e1/2")).Kind);
        await rig.Tick();
        Assert.Equal(3, (await rig.Sent<EntryChangedV1>(Id)).Count);
        Assert.Equal("a0,a1,a2,a7",
            await scope.Scalar<string>(
                "select athlete_ids from scoring.entry where contest_id = @Id and entry_id = 'e1'", new { Id }));
    }

    [Fact]
    public async Task A_start_that_was_taken_back_lets_players_swap_again()
    {
        const string Id = "not-yet";
        await rig.Command(Slate.Create(Id, lateSwap: true), Slate.Submit(Id, 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock.AddMinutes(5);
        await rig.Lines(Slate.Game($"{Id}-g1", 1, GameStatus.InProgress, rig.Clock.Now) with { StartedAt = rig.Clock.Now });
        await rig.Command(new SwapAthleteV1("n1", Id, "e1", "p1", 0, "a4"));
        await rig.Lines(Slate.Game($"{Id}-g1", 2, GameStatus.Scheduled, rig.Clock.Now));
        await rig.Command(new SwapAthleteV1("n2", Id, "e1", "p1", 0, "a4"));

        Assert.Equal("n1", Assert.Single(await rig.Sent<CommandRejectedV1>(Id)).CommandId);
        Assert.Equal("n2", Assert.Single(await rig.Sent<EntryChangedV1>(Id)).CommandId);
    }
}
