using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>
/// Ids with slashes, which are joined to keys by slashes: none are taken any more, and those that exist cannot be mistaken for
/// one another.
/// </summary>
public sealed class SlashedIdTests
{
    private static readonly DateTimeOffset s_before = Build.Lock.AddHours(-1);

    [Fact]
    public void A_new_contest_entry_or_player_with_a_slash_in_its_id_is_refused_with_the_reason()
    {
        var none = new CommandView(null, null, 0, new HashSet<string>(), null, 0);
        var open = new CommandView(new ContestRules(Build.Contest()), ContestStates.Scheduled, 0, new HashSet<string>(), null, 0);

        Assert.Equal(
            "contestId", Refused(none, new CreateContestV1("k", "nfl/w4", Build.Contest() with { ContestId = "nfl/w4" }, "ops")));
        Assert.Equal("entryId", Refused(open, new SubmitEntryV1("k", "c1", "w4/e1", "p1", ["q0", "r1", "w2"])));
        Assert.Equal("playerId", Refused(open, new SubmitEntryV1("k", "c1", "e1", "p/1", ["q0", "r1", "w2"])));
    }

    [Fact]
    public void An_entry_that_has_a_slash_is_swapped_and_taken_back_as_before()
    {
        var entered = new CommandView(
            new ContestRules(Build.Contest()), ContestStates.Scheduled, 1, new HashSet<string>(),
            new EntryView("w4/e1", "p/1", 1, ["q1", "r1", "w2"], Withdrawn: false), 1);

        Assert.IsType<CommandDecision.Change>(
            DecideCommand.Decide(entered, new SwapAthleteV1("k", "nfl", "w4/e1", "p/1", 1, "r3"), "test", s_before));
        Assert.IsType<CommandDecision.Withdraw>(
            DecideCommand.Decide(entered, new WithdrawEntryV1("k", "nfl", "w4/e1", "p/1"), "test", s_before));
    }

    [Fact]
    public void Messages_of_two_contests_whose_ids_join_to_the_same_words_have_two_ids()
    {
        static IMessage[] All(string contest, string entry) =>
        [
            new EntryAcceptedV1("k", contest, entry, "p", [], 1, s_before),
            new EntryChangedV1("k", contest, entry, 2, [], s_before), new EntryWithdrawnV1("k", contest, entry, "p", s_before),
            new EntryPaymentRequiredV1("k", contest, entry, "p", 1, 500, "usd", s_before, s_before),
            new EntryRefusedV1(contest, entry, "p", "r", "m", s_before),
            new EntryPaymentChangedV1(contest, entry, "p", 1, "paid", 500, "usd", null, null, null, s_before),
        ];

        Assert.All(All("nfl", "w4/e1").Zip(All("nfl/w4", "e1")),
            pair => Assert.NotEqual(pair.First.IdempotencyKey, pair.Second.IdempotencyKey));
        Assert.Equal("entry-changed/nfl-w4/e1/2", All("nfl-w4", "e1")[1].IdempotencyKey);
    }

    private static string? Refused(CommandView view, IContestCommand command)
    {
        var refusal = Assert.IsType<CommandDecision.Refuse>(DecideCommand.Decide(view, command, "test", s_before)).Refusal;
        Assert.Equal(Reasons.InvalidId, refusal.ReasonCode);
        Assert.Contains("no slash", refusal.Message, StringComparison.Ordinal);
        return refusal.Field;
    }
}
