
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Unit.Payout;

/// <summary>The five states of an account, from what Stripe says alone, and what follows when they change.</summary>
public sealed class OnboardingStatusTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("inactive", false, false, "requirements.past_due", true, OnboardingStatus.Incomplete)]
    [InlineData("inactive", false, false, null, false, OnboardingStatus.Incomplete)]
    [InlineData("pending", true, false, "requirements.pending_verification", false, OnboardingStatus.Incomplete)]
    [InlineData("pending", true, false, null, false, OnboardingStatus.Incomplete)]
    [InlineData("active", true, true, null, false, OnboardingStatus.Complete)]
    [InlineData("active", false, false, null, false, OnboardingStatus.Complete)]
    [InlineData("active", true, true, "requirements.pending_verification", false, OnboardingStatus.Complete)]
    [InlineData("active", true, false, null, false, OnboardingStatus.Restricted)]
    [InlineData("active", true, true, null, true, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "requirements.past_due", true, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "action_required.requested_capabilities", false, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "listed", false, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "under_review", false, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "platform_paused", false, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "other", false, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "a_reason_of_next_year", false, OnboardingStatus.Restricted)]
    [InlineData("inactive", true, false, "rejected.fraud", false, OnboardingStatus.Rejected)]
    [InlineData("inactive", true, false, "rejected.listed", false, OnboardingStatus.Rejected)]
    [InlineData("inactive", true, false, "rejected.terms_of_service", false, OnboardingStatus.Rejected)]
    [InlineData("inactive", false, false, "rejected.incomplete_verification", true, OnboardingStatus.Rejected)]
    [InlineData(AccountReading.Unreadable, false, false, null, false, OnboardingStatus.NotStarted)]
    public void A_state_follows_from_capability_requirements_and_reason(
        string transfers, bool detailsSubmitted, bool payoutsEnabled, string? disabledReason, bool pastDue, string expected) =>
        Assert.Equal(
            expected, OnboardingStatus.Of(Reading(transfers, detailsSubmitted, payoutsEnabled, disabledReason, pastDue)));

    [Theory]
    [InlineData("unread", "active", null, AccountChangeKind.BecameReady)]
    [InlineData("inactive", "active", null, AccountChangeKind.BecameReady)]
    [InlineData("active", "active", null, AccountChangeKind.Nothing)]
    [InlineData("active", "inactive", "requirements.past_due", AccountChangeKind.BecameDisabled)]
    [InlineData("active", "inactive", "rejected.fraud", AccountChangeKind.BecameRejected)]
    [InlineData("active", AccountReading.Unreadable, null, AccountChangeKind.BecameDisabled)]
    [InlineData("pending", "inactive", "under_review", AccountChangeKind.Nothing)]
    public void A_new_reading_means_one_thing(string before, string after, string? disabledReason, AccountChangeKind expected) =>
        Assert.Equal(expected,
            AccountChange.Of(Known(before), Reading(after, true, after == "active", disabledReason, false), s_now).Kind);

    [Fact]
    public void A_rejected_account_whose_transfers_are_switched_off_later_is_not_one_that_a_link_would_help()
    {
        var rejected = Known("active") with { Status = OnboardingStatus.Rejected };

        Assert.Equal(AccountChangeKind.Nothing,
            AccountChange.Of(rejected, Reading("inactive", true, false, "rejected.fraud", false), s_now).Kind);
    }

    [Fact]
    public void An_account_is_lost_only_when_an_event_said_so_and_Stripe_does_not_show_it()
    {
        var told = Known("active") with { DeauthorizedAt = s_now };

        var lost = AccountChange.Of(told, AccountReading.OfUnreadable("acct_1", s_now), s_now);
        var stillThere = AccountChange.Of(told, Reading("active", true, true, null, false), s_now);

        Assert.Equal((AccountChangeKind.WasLost, s_now), (lost.Kind, lost.GoneAt));
        Assert.Equal((AccountChangeKind.Nothing, (DateTimeOffset?)null), (stillThere.Kind, stillThere.GoneAt));
    }

    [Fact]
    public void An_account_that_is_gone_stays_gone_whatever_is_read_of_it()
    {
        var gone = Known(AccountReading.Unreadable) with { GoneAt = s_now };

        var change = AccountChange.Of(gone, Reading("active", true, true, null, false), s_now.AddDays(1));

        Assert.Equal((AccountChangeKind.Nothing, s_now), (change.Kind, change.GoneAt));
    }

    [Theory]
    [InlineData("active", OnboardingStatus.Complete, "active", false, false, true)]
    [InlineData("active", OnboardingStatus.Complete, "active", true, true, true)]
    [InlineData("inactive", OnboardingStatus.Restricted, "active", false, false, true)]
    [InlineData("unread", OnboardingStatus.Incomplete, "active", false, false, true)]
    [InlineData("active", OnboardingStatus.Restricted, "active", false, false, false)]
    [InlineData("active", OnboardingStatus.Complete, "active", true, false, false)]
    [InlineData("active", OnboardingStatus.Complete, "inactive", false, false, false)]
    public void A_bank_that_gets_nothing_while_transfers_go_on_is_told_once(
        string before, string status, string after, bool payoutsEnabled, bool pastDue, bool isTold)
    {
        var known = Known(before) with { Status = status };

        var change = AccountChange.Of(known, Reading(after, true, payoutsEnabled, null, pastDue), s_now);

        Assert.Equal(isTold, change.BankStopped);
        if (isTold) Assert.Equal(known.StatusNo + 1, change.StatusNo);
    }

    [Fact]
    public void Of_an_account_that_is_gone_nobody_is_told()
    {
        var gone = Known("active") with { GoneAt = s_now };

        Assert.False(AccountChange.Of(gone, Reading("active", true, false, null, true), s_now).BankStopped);
    }

    [Theory]
    [InlineData(false, "requirements.past_due", "", "a,b",
        "payouts to the bank are switched off (requirements.past_due); past due: a, b")]
    [InlineData(false, null, "a", "", "payouts to the bank are switched off; due: a")]
    [InlineData(true, "under_review", "", "", "Stripe names under_review")]
    [InlineData(true, null, "a,b", "b", "past due: b")]
    public void Why_money_stays_in_the_account_is_said_in_Stripes_words(
        bool payoutsEnabled, string? reason, string due, string pastDue, string expected) =>
        Assert.Equal(expected, BankStopWords.Of(new AccountStanding(
            true, payoutsEnabled, reason, due.Split(',', StringSplitOptions.RemoveEmptyEntries),
            pastDue.Split(',', StringSplitOptions.RemoveEmptyEntries))));

    private static KnownAccount Known(string transfers) =>
        new("acct_1", "p", transfers, transfers == "active" ? OnboardingStatus.Complete : OnboardingStatus.Incomplete, 3, null,
            null);

    private static AccountReading Reading(
        string transfers, bool detailsSubmitted, bool payoutsEnabled, string? disabledReason, bool pastDue) => new(
        "acct_1", "p", transfers,
        new AccountStanding(detailsSubmitted, payoutsEnabled, disabledReason, [], pastDue ? ["individual.dob.day"] : []), s_now);
}
