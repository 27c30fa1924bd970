using ContestPipeline.Contracts;
using ContestPipeline.Scoring;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Scoring;

/// <summary>What a change of the lines does to a contest whose result has been made.</summary>
public sealed class LateCorrectionTests
{
    private static readonly DateTimeOffset s_corrected = Build.Lock.AddDays(7);
    private static readonly IReadOnlyDictionary<string, long> s_before = new Dictionary<string, long> { ["a"] = 1 };
    private static readonly IReadOnlyDictionary<string, long> s_after = new Dictionary<string, long> { ["a"] = 2 };

    [Fact]
    public void The_same_lines_are_no_correction() =>
        Assert.IsType<LateCorrection.None>(
            LateCorrection.Decide(View(LateCorrectionPolicies.CreditOnly, s_before), s_corrected.AddDays(1)));

    [Fact]
    public void Before_the_first_result_a_correction_goes_the_normal_way() =>
        Assert.IsType<LateCorrection.None>(LateCorrection.Decide(
            View(LateCorrectionPolicies.CreditOnly, s_after) with { FinalizedRevision = null, SettledRevision = null,
                Final = null }, s_corrected.AddDays(1)));

    [Fact]
    public void Under_freeze_the_result_stays()
    {
        var view = View(LateCorrectionPolicies.Freeze, s_after);

        Assert.IsType<LateCorrection.Ignore>(LateCorrection.Decide(view, s_corrected.AddDays(1)));
        Assert.Equal(["g1"], LateCorrection.ChangedGames(view));
        Assert.False(At(view, s_corrected.AddDays(1)).Finalize);
    }

    [Fact]
    public void The_correction_window_runs_again_from_the_last_correction()
    {
        var view = View(LateCorrectionPolicies.CreditOnly, s_after);

        Assert.Equal(
            new LateCorrection.Wait(s_corrected.AddSeconds(60)), LateCorrection.Decide(view, s_corrected.AddSeconds(59)));
        Assert.IsType<LateCorrection.Revise>(LateCorrection.Decide(view, s_corrected.AddSeconds(60)));
        Assert.Equal((false, s_corrected.AddSeconds(60)), (At(view, s_corrected).Finalize, At(view, s_corrected).WakeAt!.Value));
        Assert.True(At(view, s_corrected.AddSeconds(60)).Finalize);
    }

    [Fact]
    public void A_correction_that_arrives_while_a_revision_is_being_settled_waits_for_it()
    {
        var finalized = s_corrected.AddDays(1).AddMinutes(-59);
        var view = View(LateCorrectionPolicies.CreditOnly, s_after) with { SettledRevision = null, FinalizedAt = finalized };
        Assert.Equal(new LateCorrection.Wait(finalized.AddHours(1)), LateCorrection.Decide(view, s_corrected.AddDays(1)));

        var second = view with { FinalizedRevision = 2, SettledRevision = 1 };
        Assert.Equal(new LateCorrection.Wait(finalized.AddHours(1)), LateCorrection.Decide(second, s_corrected.AddDays(1)));
        Assert.IsType<LateCorrection.Revise>(LateCorrection.Decide(second with { SettledRevision = 2 }, s_corrected.AddDays(1)));
    }

    [Theory]
    [InlineData(LateCorrectionPolicies.Freeze)]
    [InlineData(LateCorrectionPolicies.Resettle)]
    public void A_ranking_that_is_not_settled_for_an_hour_is_recalled_for_a_correction_whatever_the_policy_and_asked_for_once(
        string policy)
    {
        var view = View(policy, s_after) with { State = ContestStates.Complete, SettledAt = null, PaidAt = null,
            SettledRevision = null, FinalizedAt = s_corrected };

        Assert.False(At(view, s_corrected.AddMinutes(59)).Recall);
        Assert.Equal((true, false), (At(view, s_corrected.AddHours(1)).Recall, At(view, s_corrected.AddHours(1)).Finalize));
        Assert.False(At(view with { RecallAskedAt = s_corrected.AddHours(1) }, s_corrected.AddDays(1)).Recall);
        Assert.True(At(view with { IsRecalled = true }, s_corrected.AddHours(1)).Finalize);
        Assert.False(
            At(View(policy, s_before) with { State = ContestStates.Complete, SettledAt = null, PaidAt = null,
                SettledRevision = null, FinalizedAt = s_corrected }, s_corrected.AddDays(1)).Recall);
    }

    [Fact]
    public void A_contest_whose_ranking_is_handed_over_is_cancelled_only_once_it_is_recalled()
    {
        var view = View(LateCorrectionPolicies.Freeze, s_before) with { State = ContestStates.Complete, SettledAt = null,
            PaidAt = null, SettledRevision = null };
        var cancel = new LifecycleFact.CancelRequested(s_corrected, "storm", "ops");

        Assert.Empty(AdvanceLifecycle.Decide(view, cancel).Steps);
        Assert.Equal(
            ContestStates.Cancelled, Assert.Single(AdvanceLifecycle.Decide(view with { IsRecalled = true }, cancel).Steps).State);
    }

    [Fact]
    public void A_correction_that_is_incomplete_holds_by_name_and_the_result_stays_meanwhile()
    {
        var incomplete = View(LateCorrectionPolicies.CreditOnly, s_after, incomplete: true);
        Assert.Contains("game g1 is incomplete",
            Assert.IsType<LateCorrection.Held>(LateCorrection.Decide(incomplete, s_corrected.AddDays(1))).Hold.Reason);

        var onItsWay = View(LateCorrectionPolicies.CreditOnly, s_after, stored: s_before);
        var waits = Assert.IsType<LateCorrection.Held>(LateCorrection.Decide(onItsWay, s_corrected.AddMinutes(9))).Hold;
        Assert.EndsWith("the rest is on its way", waits.Reason, StringComparison.Ordinal);
        Assert.Equal((false, s_corrected.AddMinutes(10)), (waits.Alerts, At(onItsWay, s_corrected.AddMinutes(9)).WakeAt));
        var late = Assert.IsType<LateCorrection.Held>(LateCorrection.Decide(onItsWay, s_corrected.AddMinutes(10))).Hold;
        Assert.EndsWith("the rest has not come for 10 minutes, is it parked?", late.Reason, StringComparison.Ordinal);
        Assert.Equal((true, null), (late.Alerts, At(onItsWay, s_corrected.AddMinutes(10)).WakeAt));
    }

    [Fact]
    public void A_game_that_was_ruled_out_stays_out_although_it_is_played_later()
    {
        var view = View(LateCorrectionPolicies.CreditOnly, s_after, ruledOut: true);

        Assert.True(AdvanceLifecycle.RuledOut(view, "g1", s_corrected));
        Assert.IsType<LateCorrection.None>(LateCorrection.Decide(view, s_corrected.AddDays(1)));
    }

    [Fact]
    public void A_game_that_is_open_again_changes_nothing_until_it_is_confirmed_again()
    {
        var reopened = View(LateCorrectionPolicies.CreditOnly, null, status: GameStatus.InProgress);

        Assert.IsType<LateCorrection.None>(LateCorrection.Decide(reopened, s_corrected.AddDays(1)));
    }

    [Fact]
    public void Whatever_is_known_a_revision_is_made_only_of_changed_confirmed_lines_after_the_window_and_after_the_one_before() =>
        Prop.ForAll(Views().ToArbitrary(), seen =>
        {
            var (view, now) = seen;

            var decision = At(view, now);

            var expected = view.Definition.LateCorrectionPolicy != LateCorrectionPolicies.Freeze
                && view.SettledRevision == view.FinalizedRevision
                && view.Games["g1"].State is { Status: GameStatus.Closed, Incomplete: false, LineVersions: { } lines }
                && lines["a"] != 1
                && view.Games["g1"].StoredVersions["a"] == lines["a"] && now >= view.Games["g1"].State.At.AddSeconds(60);
            Assert.Equal(expected, decision.Finalize);
            Assert.Empty(decision.Steps);
            Assert.True(decision.WakeAt is null || decision.WakeAt > now);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static Gen<(LifecycleView, DateTimeOffset)> Views() =>
        from policy in Gen.Elements<string>([.. LateCorrectionPolicies.All])
        from state in Gen.Elements(ContestStates.Settled, ContestStates.Paid)
        from status in Gen.Elements(
            GameStatus.Closed, GameStatus.Closed, GameStatus.Complete, GameStatus.InProgress, GameStatus.Cancelled)
        from incomplete in Gen.Elements(false, false, true)
        from version in Gen.Choose(1, 3)
        from stored in Gen.Choose(1, 3)
        from settled in Gen.Elements<int?>(null, 1, 2)
        from seconds in Gen.Choose(0, 120)
        let named = status is GameStatus.Closed or GameStatus.Complete ? new Dictionary<string, long> { ["a"] = version } : null
        select (View(policy, named, new Dictionary<string, long> { ["a"] = stored }, status, incomplete) with
        {
            State = state, PaidAt = state == ContestStates.Paid ? Build.Lock.AddHours(5) : null, FinalizedRevision = 2,
            SettledRevision = settled,
        }, s_corrected.AddSeconds(seconds));

    private static LifecycleDecision At(LifecycleView view, DateTimeOffset now) =>
        AdvanceLifecycle.Decide(view, new LifecycleFact.TimeIs(now));

    /// <summary>A contest settled as revision 1 over two games; g1 is now as the parameters say, as of a week later.</summary>
    private static LifecycleView View(
        string policy, IReadOnlyDictionary<string, long>? lines, IReadOnlyDictionary<string, long>? stored = null,
        string status = GameStatus.Closed, bool incomplete = false, bool ruledOut = false)
    {
        var g1 = Build.Game("g1", status, incomplete, at: s_corrected) with { LineVersions = lines };
        var g2 = Build.Game("g2", GameStatus.Closed, at: Build.Lock.AddHours(3));
        return new LifecycleView(
            Build.Contest() with { LateCorrectionPolicy = policy }, ContestStates.Paid, Build.Lock.AddHours(5), 10,
            new Dictionary<string, GameFacts>
            {
                ["g1"] = new(g1, Build.Lock, Build.Lock.AddHours(3), stored ?? lines ?? s_before),
                ["g2"] = new(g2, Build.Lock, Build.Lock.AddHours(3), new Dictionary<string, long>()),
            },
            FinalizedRevision: 1, SettledAt: Build.Lock.AddHours(4), PaidAt: Build.Lock.AddHours(5), SettledRevision: 1,
            Final: new Dictionary<string, FinalGameRow>
            {
                ["g1"] = new("g1", CanonicalHash.Of(ruledOut ? new Dictionary<string, long>() : s_before), ruledOut, null),
                ["g2"] = new("g2", CanonicalHash.Of(new Dictionary<string, long>()), false, null),
            });
    }
}
