using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Integration.Scoring;

/// <summary>An entry that comes before its contest waits for it, for a while, and is judged in its turn.</summary>
public sealed class EarlyEntryTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task What_players_sent_before_the_contest_is_judged_in_the_order_in_which_it_came_and_before_what_comes_later()
    {
        await rig.Command(Slate.Submit("early", 1, 0, 1, 2, 3), new SwapAthleteV1("early-s", "early", "e1", "p1", 0, "a4"));
        await rig.Command(Slate.Submit("early", 2, 0, 1, 2, 3), new WithdrawEntryV1("early-w", "early", "e2", "p2"),
            Slate.Submit("early", 3, 0, 1, 2, 3));
        Assert.Equal(0, await Answers("early"));
        Assert.Equal(5, await Waiting("early"));

        rig.Clock.Now = rig.Clock.Now.AddMinutes(9);
        await rig.Command(Slate.Create("early"), Slate.Submit("early", 4, 0, 1, 2, 3));

        Assert.Equal([("e1", 1L), ("e2", 2), ("e3", 3), ("e4", 4)],
            (await rig.Sent<EntryAcceptedV1>("early")).Select(a => (a.EntryId, a.AcceptanceNo)));
        Assert.All(await rig.Sent<EntryAcceptedV1>("early"), a => Assert.Equal(rig.Clock.Now, a.AcceptedAt));
        Assert.Equal(["a4", "a1", "a2", "a3"], Assert.Single(await rig.Sent<EntryChangedV1>("early")).AthleteIds);
        Assert.Equal("e2", Assert.Single(await rig.Sent<EntryWithdrawnV1>("early")).EntryId);
        Assert.Empty(await rig.Sent<CommandRejectedV1>("early"));
        Assert.Equal(0, await Waiting("early"));
        Assert.Equal(3, await scope.Scalar<int>("select entry_count from scoring.contest where contest_id = 'early'"));
    }

    [Fact]
    public async Task An_entry_before_its_contest_in_the_same_batch_is_accepted_first()
    {
        await rig.Command(Slate.Submit("batch", 1, 0, 1, 2, 3), Slate.Create("batch"), Slate.Submit("batch", 2, 0, 1, 2, 3));

        Assert.Equal(["e1", "e2"], (await rig.Sent<EntryAcceptedV1>("batch")).Select(a => a.EntryId));
        Assert.Equal(0, await Waiting("batch"));
    }

    [Fact]
    public async Task A_process_that_dies_while_it_publishes_or_before_loses_none_and_answers_none_twice()
    {
        await rig.Command(Slate.Submit("dies", 1, 0, 1, 2, 3), Slate.Submit("dies", 2, 0, 1, 2, 3));
        await Assert.ThrowsAsync<InvariantException>(() => scope.Database(ScoringService.Name, rig.Clock).Run(
            async tx =>
            {
                await rig.Command(tx, Slate.Create("dies"));
                throw new InvariantException("it dies before the commit");
            },
            default));
        Assert.Equal(2, await Waiting("dies"));
        Assert.Equal(0, await Answers("dies"));

        var next = new ScoringRig(scope, rig.Clock);
        await next.Command(Slate.Create("dies"));
        await next.JudgeEarly();

        Assert.Equal(["e1", "e2"], (await next.Sent<EntryAcceptedV1>("dies")).Select(a => a.EntryId));
        Assert.Equal(3, await Answers("dies"));
        Assert.Equal(0, await Waiting("dies"));
    }

    [Fact]
    public async Task An_entry_whose_contest_another_process_publishes_at_the_same_moment_is_found_and_accepted()
    {
        await Race.Between(
            scope.Database(ScoringService.Name, rig.Clock), tx => rig.Command(tx, Slate.Create("moment")),
            () => rig.Command(Slate.Submit("moment", 1, 0, 1, 2, 3)),
            TestContext.Current.CancellationToken);
        Assert.Equal(1, await Waiting("moment"));

        await rig.JudgeEarly();

        Assert.Equal("e1", Assert.Single(await rig.Sent<EntryAcceptedV1>("moment")).EntryId);
        Assert.Equal(0, await Waiting("moment"));
    }

    [Fact]
    public async Task What_waited_at_that_moment_comes_before_what_comes_next()
    {
        await Race.Between(
            scope.Database(ScoringService.Name, rig.Clock), tx => rig.Command(tx, Slate.Create("next")),
            () => rig.Command(Slate.Submit("next", 1, 0, 1, 2, 3)),
            TestContext.Current.CancellationToken);

        await rig.Command(new SwapAthleteV1("next-s", "next", "e1", "p1", 0, "a4"));

        Assert.Equal("a4", Assert.Single(await rig.Sent<EntryChangedV1>("next")).AthleteIds[0]);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_time_that_is_set()
    {
        var entry = Slate.Submit("never", 1, 0, 1, 2, 3);
        await rig.Command(entry);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(EarlyLimits.MinutesDefault).AddSeconds(-1);
        await rig.JudgeEarly();
        Assert.Equal(0, await Answers("never"));
        await rig.Command(new WithdrawEntryV1("never-w", "never", "e1", "p1"));

        rig.Clock.Now = rig.Clock.Now.AddSeconds(1);
        await rig.JudgeEarly();

        Assert.Equal((entry.CommandId, Reasons.ContestUnknown),
            Assert.Single((await rig.Sent<CommandRejectedV1>("never")).Select(r => (r.CommandId, r.ReasonCode))));
        Assert.Equal(1, await Waiting("never"));

        await rig.Command(Slate.Create("never"), entry, Slate.Submit("never", 2, 0, 1, 2, 3));
        Assert.Equal("e2", Assert.Single(await rig.Sent<EntryAcceptedV1>("never")).EntryId);
        Assert.Equal(
            [(entry.CommandId, Reasons.ContestUnknown), ("never-w", Reasons.EntryUnknown),
                (entry.CommandId, Reasons.ContestUnknown)],
            (await rig.Sent<CommandRejectedV1>("never")).Select(r => (r.CommandId, r.ReasonCode)));
    }

    [Fact]
    public async Task The_same_entry_twice_is_answered_twice_and_another_body_under_its_id_is_refused_once_the_contest_is_there()
    {
        await rig.Command(
            Slate.Submit("twice", 1, 0, 1, 2, 3), Slate.Submit("twice", 1, 0, 1, 2, 3), Slate.Submit("twice", 1, 3, 2, 1, 0));

        await rig.Command(Slate.Create("twice"));

        Assert.Equal(["a0", "a0"], (await rig.Sent<EntryAcceptedV1>("twice")).Select(a => a.AthleteIds[0]));
        Assert.Equal(Reasons.CommandIdReused, Assert.Single(await rig.Sent<CommandRejectedV1>("twice")).ReasonCode);
        Assert.Equal(1, await scope.Scalar<long>("select count(*) from scoring.entry where contest_id = 'twice'"));
    }

    [Fact]
    public async Task What_operators_send_and_what_goes_beyond_a_limit_is_refused_at_once()
    {
        await rig.Command(
            new CancelContestV1("limit-c", "limit", "storm", "ops"), new RetrySettlementV1("limit-r", "limit", "mended", "ops"),
            Slate.Submit("limit", 1) with { AthleteIds = [new string('a', EarlyLimits.BodyBytesMax)] });
        await rig.Command([.. Enumerable.Range(2, EarlyLimits.CommandsOfContestMax + 1)
            .Select(n => Slate.Submit("limit", n, 0, 1, 2, 3))]);
        await new ScoringRig(scope, rig.Clock, earlyMinutes: 0).Command(Slate.Submit("off", 1, 0, 1, 2, 3));

        Assert.Equal(
            ["limit-c", "limit-r", "submit-limit-1", $"submit-limit-{EarlyLimits.CommandsOfContestMax + 2}"],
            (await rig.Sent<CommandRejectedV1>("limit")).Select(r => r.CommandId));
        Assert.All((await rig.Sent<CommandRejectedV1>("limit")).Concat(await rig.Sent<CommandRejectedV1>("off")),
            r => Assert.Equal(Reasons.ContestUnknown, r.ReasonCode));
        Assert.Single(await rig.Sent<CommandRejectedV1>("off"));

        await rig.Command(Slate.Create("limit"));
        Assert.Equal(Enumerable.Range(2, EarlyLimits.CommandsOfContestMax).Select(n => $"e{n}"),
            (await rig.Sent<EntryAcceptedV1>("limit")).Select(a => a.EntryId));
    }

    private Task<long> Waiting(string contestId) =>
        scope.Scalar<long>("select count(*) from scoring.early_command where contest_id = @contestId", new { contestId });

    /// <summary>Of all kinds.</summary>
    private Task<long> Answers(string contestId) => scope.Scalar<long>(
        "select count(*) from scoring.outbox where topic = 'contest.events.v1' and partition_key = @contestId",
        new { contestId });
}
