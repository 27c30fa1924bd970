
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Recovery;

namespace ContestPipeline.Unit.Payout;

/// <summary>What may be done about books that went back in time.</summary>
public sealed class RecoveryPartsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly RecoveryFacts s_stopped = new(
        1, RecoveryState.Stopped, "went back", s_now.AddHours(-2), s_now, null, null, null);
    private static readonly RecoveryFacts s_recovering = s_stopped with { State = RecoveryState.Recovering, StartedAt = s_now,
        StartedBy = "olga" };
    private static readonly ComparedSince s_clean = new(s_now.AddMinutes(10), s_now.AddHours(-3), 0);

    private static readonly NotMadeAgain s_nothing = new(DepositsSeen: true, ToldSeen: true, 0, 0);

    [Fact]
    public void A_recovery_begins_once_and_only_when_money_is_stopped()
    {
        Assert.Null(DecideRecovery.WhyNotStart(s_stopped));
        Assert.NotNull(DecideRecovery.WhyNotStart(null));
        Assert.NotNull(DecideRecovery.WhyNotStart(s_recovering));
    }

    [Fact]
    public void A_recovery_is_ended_by_another_person_after_a_comparison_of_all_of_it_without_a_difference()
    {
        Assert.Null(DecideRecovery.WhyNotEnd(s_recovering, s_clean, s_nothing, "anna"));
        foreach (var missing in new[] { s_nothing with { DepositsSeen = false }, s_nothing with { ToldSeen = false },
            s_nothing with { Withdrawals = 1 }, s_nothing with { Stakes = 1 } })
            Assert.NotNull(DecideRecovery.WhyNotEnd(s_recovering, s_clean, missing, "anna"));
        Assert.NotNull(DecideRecovery.WhyNotEnd(null, null, s_nothing, "anna"));
        Assert.NotNull(DecideRecovery.WhyNotEnd(s_stopped, s_clean, s_nothing, "anna"));
        Assert.NotNull(DecideRecovery.WhyNotEnd(s_recovering, s_clean, s_nothing, "olga"));
        Assert.NotNull(DecideRecovery.WhyNotEnd(s_recovering, s_clean, s_nothing, " Olga"));
        Assert.NotNull(DecideRecovery.WhyNotEnd(s_recovering, null, s_nothing, "anna"));
        Assert.NotNull(DecideRecovery.WhyNotEnd(s_recovering, s_clean with { Differences = 1 }, s_nothing, "anna"));
        Assert.NotNull(DecideRecovery.WhyNotEnd(s_recovering, s_clean with { From = s_now.AddHours(-1) }, s_nothing, "anna"));
    }

    [Fact]
    public void While_books_are_recovered_they_are_compared_every_ten_minutes_from_before_what_was_lost()
    {
        var options = new ReconcileOptions(TimeSpan.FromHours(6), TimeSpan.FromHours(36), TimeSpan.FromMinutes(15));

        Assert.Null(NextReconcile.Of(s_now.AddHours(-1), s_now, s_now.AddMinutes(9), options, s_recovering));
        var first = NextReconcile.Of(s_now.AddHours(-1), s_now, s_now.AddMinutes(10), options, s_recovering);
        Assert.Equal((s_now.AddHours(-2 - 36), s_now.AddMinutes(10)), (first!.From, first.To));
        Assert.Null(NextReconcile.Of(s_now.AddMinutes(10), s_now, s_now.AddMinutes(19), options, s_recovering));
        Assert.Null(NextReconcile.Of(s_now.AddHours(-1), s_now, s_now.AddMinutes(10), options, s_stopped));
    }
}
