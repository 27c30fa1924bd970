using ContestPipeline.Contracts;
using ContestPipeline.Replay.Effect;

namespace ContestPipeline.Unit.Replaying;

/// <summary>When a plan no longer holds for a contest, and when what came of it is not what was planned.</summary>
public sealed class CheckStatesTests
{
    [Theory]
    [InlineData(ContestStates.Scheduled, ContestStates.Scheduled, true)]
    [InlineData(ContestStates.Scheduled, ContestStates.Locked, false)]
    [InlineData(ContestStates.Locked, ContestStates.Live, false)]
    [InlineData(ContestStates.Complete, ContestStates.Settled, false)]
    [InlineData(ContestStates.Settled, ContestStates.Paid, true)]
    [InlineData(ContestStates.Scheduled, ContestStates.Cancelled, false)]
    public void A_plan_holds_for_a_contest_in_the_state_it_was_made_for_or_one_whose_payouts_went_on(
        string before, string now, bool holds) =>
        Assert.Equal(holds, !CheckStates.Moved(Effect(State(before), State(before)), State(now)).Any());

    [Theory]
    [InlineData(ContestStates.Complete, ContestStates.Complete, true)]
    [InlineData(ContestStates.Complete, ContestStates.Settled, true)]
    [InlineData(ContestStates.Complete, ContestStates.Live, false)]
    [InlineData(ContestStates.Complete, ContestStates.Cancelled, false)]
    [InlineData(ContestStates.Cancelled, ContestStates.Cancelled, true)]
    [InlineData(ContestStates.Cancelled, ContestStates.Paid, false)]
    public void A_contest_has_come_to_what_was_planned_in_the_planned_state_or_a_later_one(
        string planned, string now, bool came) =>
        Assert.Equal(came, !CheckStates.Missed(Effect(State(ContestStates.Scheduled), State(planned)), State(now)).Any());

    [Fact]
    public void Entries_that_were_refused_because_the_contest_had_locked_are_not_what_was_planned_and_words_say_it()
    {
        var planned = Effect(State(ContestStates.Scheduled, ("e1", "accepted")),
            State(ContestStates.Scheduled, ("e1", "accepted"), ("e2", "reserved"), ("e3", "reserved")));
        var locked = State(ContestStates.Locked, ("e1", "accepted"));

        Assert.Equal(["contest c1 is LOCKED, and SCHEDULED when the plan was made"], CheckStates.Moved(planned, locked));
        Assert.Equal(
            ["contest c1 has reservations: 1 accepted, and 1 accepted, 2 reserved by the plan",
                "contest c1 did not come to what was planned"], CheckStates.Missed(planned, locked));
        Assert.True(planned.IsChange);
    }

    [Fact]
    public void Another_reservation_in_the_same_state_is_another_contest() => Assert.Equal(
        ["contest c1 has changed since the plan was made"],
        CheckStates.Moved(Effect(State(ContestStates.Scheduled, ("e1", "reserved")), State(ContestStates.Locked)),
            State(ContestStates.Scheduled, ("e2", "reserved"))));

    [Fact]
    public void A_contest_that_the_replay_publishes_is_not_there_before_and_is_there_afterwards()
    {
        var planned = CompareStates.Compare(before: null, State(ContestStates.Scheduled), rescored: 0);

        Assert.Empty(CheckStates.Moved(planned, now: null));
        Assert.Equal(["contest c1 is not there, and SCHEDULED by the plan", "contest c1 did not come to what was planned"],
            CheckStates.Missed(planned, now: null));
        Assert.NotEmpty(CheckStates.Moved(planned, State(ContestStates.Scheduled)));
    }

    private static ContestEffect Effect(ContestState before, ContestState after) =>
        CompareStates.Compare(before, after, rescored: 0);

    private static ContestState State(string state, params (string EntryId, string State)[] reservations) => new(
        "c1", state, null, 0, null, new Dictionary<string, EntryStanding>(), new Dictionary<string, PrizeRow>(),
        new Dictionary<string, PayoutRow>(), reservations.ToDictionary(r => r.EntryId, r => r.State));
}
