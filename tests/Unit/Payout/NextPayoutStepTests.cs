using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Payout;

/// <summary>The decision table of a payout, by hand where it matters and by the thousand for what must never happen.</summary>
public sealed class NextPayoutStepTests
{
    private const string Destination = "acct_1";
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly PayoutPolicy s_policy = PayoutPolicy.Default;
    private static readonly PayoutRecord s_payout = new(
        "po-1", "c-1", 1, "player-1", 9_700, "usd", PayoutState.Pending, null, 1, 1, null);
    private static readonly PayoutAccount s_ready = new(Destination, "player-1", "active", false, s_now, 1);

    [Fact]
    public void A_new_payout_with_a_ready_account_begins_its_first_attempt_with_a_key_of_its_own()
    {
        var begin = Assert.IsType<PayoutStep.Begin>(Decide([], s_ready));

        Assert.Equal((1, "payout/po-1/a1", Destination),
            (begin.Attempt.AttemptNo, begin.Attempt.IdempotencyKey, begin.Attempt.Destination));
    }

    [Theory]
    [InlineData(19.9, false)]
    [InlineData(20, true)]
    [InlineData(24 * 30, true)]
    public void What_is_owed_for_20_hours_is_looked_up_before_its_first_sending_and_before_each_other(
        double hours, bool looksFirst)
    {
        var owedSince = s_now.AddHours(-hours);
        var first = Assert.IsType<PayoutStep.Begin>(NextPayoutStep.Decide(s_payout, [], s_ready, s_now, s_policy, owedSince));
        var open = Open(s_now);

        Assert.Equal(looksFirst ? owedSince - FindTransfer.ClocksDiffer : null, first.LooksSince);
        Assert.Equal(
            looksFirst ? new PayoutStep.LookUp(open, SendWhenAbsent: true, owedSince - FindTransfer.ClocksDiffer)
                : new PayoutStep.Send(open),
            NextPayoutStep.Decide(s_payout, [open], s_ready, s_now, s_policy, owedSince));
    }

    [Fact]
    public void Without_an_account_it_waits() => Assert.IsType<PayoutStep.AwaitAccount>(Decide([], null));

    [Fact]
    public void An_account_that_an_event_hinted_at_is_read_before_anything_is_sent() =>
        Assert.Equal(new PayoutStep.ReadAccount(Destination, 3), Decide([], s_ready with { Stale = true, Hints = 3 }));

    [Theory]
    [InlineData("inactive")]
    [InlineData("pending")]
    [InlineData("unreadable")]
    public void An_account_without_transfers_waits_and_is_read_again_after_an_hour(string transfers)
    {
        var account = s_ready with { Transfers = transfers };

        Assert.IsType<PayoutStep.AwaitAccount>(Decide([], account));
        Assert.IsType<PayoutStep.ReadAccount>(Decide([], account with { ReadAt = s_now.AddHours(-1) }));
    }

    [Fact]
    public void An_open_attempt_is_sent_again_with_its_key_whatever_the_account_says()
    {
        var open = Open(s_now.AddHours(-22));

        Assert.Equal(new PayoutStep.Send(open), Decide([open], s_ready with { Transfers = "inactive" }));
        Assert.Equal(new PayoutStep.Send(open), Decide([open], null));
    }

    [Fact]
    public void From_23_hours_on_the_key_is_never_used_again_and_the_transfer_is_looked_up()
    {
        var open = Open(s_now.AddHours(-23));

        Assert.Equal(new PayoutStep.LookUp(open, SendWhenAbsent: false, open.FirstUsedAt - FindTransfer.ClocksDiffer),
            Decide([open], s_ready));
    }

    /// <summary>Found by simulated seed 5032: the first answer was lost, the second was a refusal, and a new key paid once
    /// more.</summary>
    [Fact]
    public void A_key_that_is_refused_when_it_is_sent_again_is_looked_up_and_not_sent_any_more()
    {
        var open = Open(s_now.AddMinutes(-5)) with { UnknownAnswers = 2,
            LastAnswer = $"{LastAnswers.RefusedAgainPrefix}http 400" };

        var step = Assert.IsType<PayoutStep.LookUp>(Decide([open], s_ready));

        Assert.False(step.SendWhenAbsent);
    }

    [Fact]
    public void After_a_server_error_Stripe_is_asked_before_the_key_is_repeated()
    {
        var open = Open(s_now.AddMinutes(-5)) with { UnknownAnswers = 1, LastAnswer = "http 500 api_error: oops" };

        Assert.Equal(new PayoutStep.LookUp(open, SendWhenAbsent: true, open.FirstUsedAt - FindTransfer.ClocksDiffer),
            Decide([open], s_ready));
    }

    [Fact]
    public void What_was_once_looked_up_without_an_answer_is_not_sent_before_there_is_one()
    {
        var open = Open(s_now.AddMinutes(-5)) with { UnknownAnswers = 2, LastAnswer = "http 400 request_blocked: no",
            LookUpSince = s_now.AddMinutes(-2) };

        Assert.Equal(new PayoutStep.LookUp(open, SendWhenAbsent: true, open.FirstUsedAt - FindTransfer.ClocksDiffer),
            Decide([open], s_ready));
    }

    [Fact]
    public void An_open_attempt_whose_parameters_changed_is_held() =>
        Assert.IsType<PayoutStep.Hold>(Decide([Open(s_now)], s_ready, s_payout with { AmountMinor = 9_701 }));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    public void Refusals_are_tried_again_after_5_10_and_20_minutes_and_a_bit(int refusals, int minutes)
    {
        var attempts = Refused(refusals, s_now);

        var wait = Assert.IsType<PayoutStep.Wait>(Decide(attempts, s_ready));
        var begin = NextPayoutStep.Decide(s_payout, attempts, s_ready with { ReadAt = wait.Until }, wait.Until, s_policy, s_now);

        Assert.InRange(wait.Until - s_now, TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(minutes * 1.1));
        Assert.Equal($"payout/po-1/a{refusals + 1}", Assert.IsType<PayoutStep.Begin>(begin).Attempt.IdempotencyKey);
    }

    [Fact]
    public void A_pause_ends_when_its_row_comes_due_whose_time_has_whole_microseconds()
    {
        var inAPayout = Enumerable.Range(0, 500)
            .SelectMany(po => Enumerable.Range(1, 3).Select(n => s_policy.Pause(n, $"po-{po}").Ticks));

        Assert.All(inAPayout, ticks => Assert.Equal(0, ticks % TimeSpan.TicksPerMicrosecond));
    }

    [Fact]
    public void The_fourth_refusal_is_the_last() =>
        Assert.Equal(new PayoutStep.Fail("no"), Decide(Refused(4, s_now.AddDays(-1)), s_ready));

    [Fact]
    public void An_account_that_is_refused_four_times_and_shows_itself_ready_is_as_many_refusals()
    {
        var attempts = Enumerable.Range(1, 4).Select(n => Closed(n, AttemptOutcome.Account, s_now.AddDays(-1))).ToArray();

        Assert.IsType<PayoutStep.Begin>(Decide(attempts[..3], s_ready));
        Assert.Equal(new PayoutStep.Fail("no"), Decide(attempts, s_ready));
        Assert.Equal(new PayoutStep.Fail("no"), Decide([.. Refused(2, s_now.AddDays(-1)), .. attempts[2..]], s_ready));
        Assert.IsType<PayoutStep.Begin>(
            NextPayoutStep.Decide(s_payout, attempts, s_ready, s_now, s_policy, s_now, forgivenUpTo: 4));
    }

    [Fact]
    public void An_account_that_is_refused_is_waited_for_while_it_is_not_ready_or_not_read_again_or_another()
    {
        var attempts = Enumerable.Range(1, 4).Select(n => Closed(n, AttemptOutcome.Account, s_now.AddDays(-1))).ToArray();

        Assert.IsType<PayoutStep.ReadAccount>(Decide(attempts, s_ready with { Stale = true }));
        Assert.IsType<PayoutStep.AwaitAccount>(Decide(attempts, s_ready with { Transfers = "inactive" }));
        Assert.Equal("acct_2",
            Assert.IsType<PayoutStep.Begin>(Decide(attempts, s_ready with { AccountId = "acct_2" })).Attempt.Destination);
    }

    [Fact]
    public void Missing_funds_are_never_a_failure()
    {
        PayoutAttempt[] attempts =
            [.. Enumerable.Range(1, 50).Select(n => Closed(n, AttemptOutcome.Unfunded, s_now.AddHours(-1)))];

        Assert.IsType<PayoutStep.Begin>(Decide(attempts, s_ready));
    }

    [Fact]
    public void An_attempt_Stripe_knows_nothing_of_is_followed_at_once_by_one_with_a_new_key()
    {
        var begin = Assert.IsType<PayoutStep.Begin>(Decide([Closed(1, AttemptOutcome.Absent, s_now)], s_ready));

        Assert.Equal("payout/po-1/a2", begin.Attempt.IdempotencyKey);
    }

    [Fact]
    public void In_forty_thousand_made_up_situations_money_is_never_asked_for_twice()
    {
        var random = new SeededRandom(20261121);
        PayoutState[] states = [.. Enum.GetValues<PayoutState>().Where(s => s != PayoutState.Reversed)];
        AttemptOutcome[] outcomes = [.. Enum.GetValues<AttemptOutcome>().Where(o => o != AttemptOutcome.Open)];
        for (var i = 0; i < 40_000; i++)
        {
            var attempts = Enumerable.Range(1, random.Next(6))
                .Select(n => Closed(n, outcomes[random.Next(outcomes.Length)], s_now.AddMinutes(-random.Next(3000)))).ToList();
            if (random.Chance(40))
                attempts.Add(Open(s_now.AddMinutes(-random.Next(3000))) with { AttemptNo = attempts.Count + 1,
                    IdempotencyKey = $"payout/po-1/a{attempts.Count + 1}" });
            var account = random.Chance(20)
                ? null : s_ready with { Stale = random.Chance(20), Transfers = random.Chance(30) ? "pending" : "active" };
            var payout = s_payout with { State = states[random.Next(states.Length)] };

            var step = NextPayoutStep.Decide(payout, attempts, account, s_now, s_policy, s_now);

            Check(payout, attempts, account, step);
        }
    }

    private static void Check(PayoutRecord payout, List<PayoutAttempt> attempts, PayoutAccount? account, PayoutStep step)
    {
        var sends = step is PayoutStep.Begin or PayoutStep.Send or PayoutStep.LookUp { SendWhenAbsent: true };
        if (payout.State is PayoutState.Held || payout.State.IsTerminal()) Assert.IsType<PayoutStep.Rest>(step);
        if (sends) Assert.DoesNotContain(attempts, a => a.Outcome == AttemptOutcome.Paid);
        switch (step)
        {
            case PayoutStep.Begin begin:
                Assert.DoesNotContain(
                    attempts, a => a.Outcome == AttemptOutcome.Open || a.IdempotencyKey == begin.Attempt.IdempotencyKey);
                Assert.True(account is { Stale: false, IsReady: true });
                Assert.True(
                    attempts.Count(a => a.Outcome is AttemptOutcome.Refused or AttemptOutcome.Account) <= s_policy.Retries.Count);
                break;
            case PayoutStep.Send send:
                Assert.Equal(attempts[^1], send.Attempt);
                Assert.True(s_now - send.Attempt.FirstUsedAt < TimeSpan.FromHours(23));
                break;
            case PayoutStep.Wait wait:
                Assert.True(wait.Until > s_now);
                break;
        }
    }

    private static PayoutStep Decide(
        IReadOnlyList<PayoutAttempt> attempts, PayoutAccount? account, PayoutRecord? payout = null) =>
        NextPayoutStep.Decide(payout ?? s_payout, attempts, account, s_now, s_policy, s_now);

    private static PayoutAttempt Open(DateTimeOffset firstUsedAt) => new(
        "po-1", 1, "payout/po-1/a1", s_payout.ParameterHash(Destination), Destination, firstUsedAt, AttemptOutcome.Open, 0, null,
        null);

    private static PayoutAttempt Closed(int no, AttemptOutcome outcome, DateTimeOffset at) =>
        Open(at.AddSeconds(-1)) with { AttemptNo = no, IdempotencyKey = $"payout/po-1/a{no}", Outcome = outcome,
            LastAnswer = "no", ClosedAt = at };

    private static PayoutAttempt[] Refused(int count, DateTimeOffset at) =>
        [.. Enumerable.Range(1, count).Select(n => Closed(n, AttemptOutcome.Refused, at))];
}
