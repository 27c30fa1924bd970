using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Scoring;
using Npgsql;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Commands over the real tables.</summary>
public sealed class CommandTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task The_same_command_gets_the_same_answer_to_the_byte_and_of_the_same_time_whenever_it_comes_again()
    {
        IMessage[] commands = [Slate.Create("again"), Slate.Submit("again", 1, 0, 1, 2, 3), Slate.Submit("again", 2, 0, 0, 1, 2),
            new WithdrawEntryV1("w1", "again", "e1", "p1")];
        await rig.Command(commands);
        var first = await Answers("again");

        rig.Clock.Now = Slate.Lock.AddDays(400);
        await rig.Command(commands);

        var both = await Answers("again");
        Assert.Equal(4, first.Count);
        Assert.Equal([.. first, .. first], both);
        Assert.Equal(1, await scope.Scalar<long>("select count(*) from scoring.entry where contest_id = 'again'"));
    }

    [Fact]
    public async Task Another_body_under_a_used_command_id_is_refused_and_changes_nothing()
    {
        await rig.Command(Slate.Create("reused"), Slate.Submit("reused", 1, 0, 1, 2, 3));
        await rig.Command(Slate.Submit("reused", 1, 3, 2, 1, 0));
        await rig.Command(Slate.Submit("reused", 1, 3, 2, 1, 0));

        Assert.Equal(["a0", "a1", "a2", "a3"], Assert.Single(await rig.Sent<EntryAcceptedV1>("reused")).AthleteIds);
        var refused = await rig.Sent<CommandRejectedV1>("reused");
        Assert.Equal([Reasons.CommandIdReused, Reasons.CommandIdReused], refused.Select(r => r.ReasonCode));
        Assert.Equal(refused[0], refused[1]);
    }

    /// <summary>An input topic takes a message whole; as text among the reason and the headers it is a third larger.</summary>
    [Fact]
    public async Task A_large_command_that_cannot_be_read_is_rejected_with_every_byte_and_stops_nothing()
    {
        var command = new CancelContestV1("no id", "large", new string('x', 990_000), "ops");

        await rig.Command(command);
        await rig.Command(Slate.Create("large"), new CancelContestV1("cancel-large", "large", "storm", "ops"));

        Assert.Equal(WireJson.Bytes(command), Assert.Single(await rig.Sent<RejectedV1>("large")).OriginalBytes);
        Assert.Single(await rig.Sent<ContestCancelledV1>("large"));
    }

    [Fact]
    public async Task A_batch_of_five_thousand_entries_is_accepted_in_order()
    {
        await rig.Command(Slate.Create("crowd"));
        await rig.Command([.. Enumerable.Range(1, 5_000)
            .Select(n => Slate.Submit("crowd", n, n % 6, 6 + n % 5, 11 + n % 4, 15 + n % 3))]);

        var accepted = await rig.Sent<EntryAcceptedV1>("crowd");
        Assert.Equal(
            Enumerable.Range(1, 5_000).Select(n => ($"e{n}", (long)n)), accepted.Select(a => (a.EntryId, a.AcceptanceNo)));
        Assert.Equal(5_000, await scope.Scalar<int>("select entry_count from scoring.contest where contest_id = 'crowd'"));
    }

    [Fact]
    public async Task Concurrent_batches_never_overfill_a_contest_or_a_player()
    {
        await rig.Command(Slate.Create("full", maxEntries: 50, perPlayer: 9));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(() =>
            rig.Command([.. Enumerable.Range(0, 25).Select(n => Slate.Submit("full", 100 * w + n, 0, 1, 2, 3))]))));

        var accepted = await rig.Sent<EntryAcceptedV1>("full");
        Assert.Equal(Enumerable.Range(1, 50).Select(n => (long)n), accepted.Select(a => a.AcceptanceNo).Order());
        Assert.All(accepted.GroupBy(a => a.PlayerId), g => Assert.True(g.Count() <= 9));
        Assert.Equal(150, (await rig.Sent<CommandRejectedV1>("full")).Count);
    }

    [Fact]
    public async Task One_command_id_sent_to_two_contests_at_once_is_answered_once()
    {
        await rig.Command(Slate.Create("left"), Slate.Create("right"));
        var left = Slate.Submit("left", 1, 0, 1, 2, 3) with { CommandId = "both" };
        var right = Slate.Submit("right", 1, 0, 1, 2, 3) with { CommandId = "both" };

        await Task.WhenAll(Task.Run(() => UntilDone(left)), Task.Run(() => UntilDone(right)));

        var accepted = (await rig.Sent<EntryAcceptedV1>("left")).Count + (await rig.Sent<EntryAcceptedV1>("right")).Count;
        var refused = (await rig.Sent<CommandRejectedV1>("left")).Concat(await rig.Sent<CommandRejectedV1>("right")).ToArray();
        Assert.Equal(1, accepted);
        Assert.Equal(Reasons.CommandIdReused, Assert.Single(refused).ReasonCode);
    }

    [Fact]
    public async Task Late_swap_ends_for_an_athlete_when_his_game_starts()
    {
        await rig.Command(Slate.Create("swap", lateSwap: true), Slate.Submit("swap", 1, 0, 1, 2, 3));
        rig.Clock.Now = Slate.Lock.AddMinutes(1);
        await rig.Lines(Slate.Game("swap-g1", 1, GameStatus.InProgress, rig.Clock.Now));
        await rig.Tick();

        await rig.Command(
            new SwapAthleteV1("s1", "swap", "e1", "p1", 1, "a5"), new SwapAthleteV1("s2", "swap", "e1", "p1", 0, "a4"),
            new SwapAthleteV1("s3", "swap", "e1", "p1", 3, "a6"), new SwapAthleteV1("s4", "swap", "e1", "p1", 3, "a7"));

        var changed = await rig.Sent<EntryChangedV1>("swap");
        Assert.Equal([(2, "a0,a5,a2,a3"), (3, "a0,a5,a2,a7")], changed.Select(c => (c.Version, string.Join(',', c.AthleteIds))));
        Assert.All(await rig.Sent<CommandRejectedV1>("swap"), r => Assert.Equal(Reasons.AthleteStarted, r.ReasonCode));
        Assert.Equal(
            "a0,a5,a2,a7", await scope.Scalar<string>("select athlete_ids from scoring.entry where contest_id = 'swap'"));
    }

    [Fact]
    public async Task A_cancelled_contest_is_answered_and_takes_nothing_more()
    {
        await rig.Command(
            Slate.Create("off"), Slate.Submit("off", 1, 0, 1, 2, 3), new CancelContestV1("cancel-off", "off", "storm", "ops"),
            Slate.Submit("off", 2, 0, 1, 2, 3), new CancelContestV1("cancel-off-2", "off", "storm", "ops"));

        Assert.Equal("CANCELLED", await rig.State("off"));
        Assert.Equal("cancel-off", Assert.Single(await rig.Sent<ContestCancelledV1>("off")).CommandId);
        Assert.Equal(
            [Reasons.ContestLocked, Reasons.ContestOver], (await rig.Sent<CommandRejectedV1>("off")).Select(r => r.ReasonCode));
        Assert.Equal(["SCHEDULED", "CANCELLED"], (await rig.Sent<LifecycleV1>("off")).Select(l => l.State));
    }

    [Fact]
    public async Task Commands_without_usable_ids_go_back_whole_and_the_others_are_answered()
    {
        var before = await scope.Scalar<long>("select count(*) from scoring.outbox where topic = 'contest.commands.v1.rejected'");
        await rig.Command(
            Slate.Create("ids"), Slate.Submit("ids", 1, 0, 1, 2, 3) with { CommandId = "a\u0000b" },
            Slate.Submit("ids", 2, 0, 1, 2, 3) with { ContestId = "" },
            Slate.Submit("ids", 3, 0, 1, 2, 3) with { PlayerId = "p\u0000" }, Slate.Submit("ids", 4, 0, 1, 2, 3));

        Assert.Equal(before + 2,
            await scope.Scalar<long>("select count(*) from scoring.outbox where topic = 'contest.commands.v1.rejected'"));
        Assert.Equal(Reasons.InvalidId, Assert.Single(await rig.Sent<CommandRejectedV1>("ids")).ReasonCode);
        Assert.Equal("e4", Assert.Single(await rig.Sent<EntryAcceptedV1>("ids")).EntryId);
    }

    /// <summary>That state does not see the contest, so it cannot wake it; the command has to see that state.</summary>
    [Fact]
    public async Task A_contest_over_a_game_whose_start_is_just_being_stored_is_refused_and_takes_no_entry()
    {
        await Race.Between(
            scope.Database(ScoringService.Name, rig.Clock),
            tx => rig.Lines(tx, Slate.Game("crossing-g1", 1, GameStatus.InProgress, Slate.Lock)),
            async () =>
            {
                await rig.Command(Slate.Create("crossing"), Slate.Submit("crossing", 1, 1, 3));
                rig.Clock.Now = Slate.Lock.AddSeconds(1);
                await rig.Tick();
            },
            TestContext.Current.CancellationToken);
        await rig.Tick();
        Assert.Single(await rig.Sent<CommandRejectedV1>("crossing"));
        rig.Clock.Now = rig.Clock.Now.AddMinutes(EarlyLimits.MinutesDefault);
        await rig.JudgeEarly();

        var refused = await rig.Sent<CommandRejectedV1>("crossing");
        Assert.Equal([Reasons.DefinitionInvalid, Reasons.ContestUnknown], refused.Select(r => r.ReasonCode));
        Assert.Contains("game crossing-g1 has begun", refused[0].Message, StringComparison.Ordinal);
    }

    private async Task UntilDone(IMessage command)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                await rig.Command(command);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.SerializationFailure)
            {
                // The consumer loop repeats a batch that has to give way; here the test does.
            }
        }
    }

    private Task<IReadOnlyList<string>> Answers(string contestId) => scope.Query<string>(
        """
        select message_id || ' ' || at || ' ' || convert_from(body, 'UTF8') from scoring.outbox
        where topic = 'contest.events.v1' and partition_key = @contestId order by position
        """,
        new { contestId });
}
