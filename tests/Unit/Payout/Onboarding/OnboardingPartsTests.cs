using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Payout;

/// <summary>Links that cannot be forged, reminders in time, and what is next for a winner who cannot be paid.</summary>
public sealed class OnboardingPartsTests
{
    private static readonly byte[] s_key = Encoding.UTF8.GetBytes("a key of at least thirty-two bytes");
    private static readonly DateTimeOffset s_now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OnboardingFacts s_fresh = new("p", 1, OnboardingReasons.NoAccount, 1, null, 0, s_now, null, s_now);
    private static readonly PayoutAccount s_inactive = new("acct_1", "p", "inactive", false, s_now, 1);
    private static readonly WaitingPrizes s_one = new(1, 970, "usd", "c");
    private static readonly WaitingPrizes s_none = new(0, 0, null, null);

    [Theory]
    [InlineData("p-1")]
    [InlineData("a.b.c")]
    [InlineData("Ünïcödé/…")]
    public void A_link_names_its_player_until_it_expires(string player)
    {
        var token = OnboardingToken.Make(s_key, player, s_now.AddDays(1));

        Assert.Equal(new LinkAnswer.Valid(player), OnboardingToken.Check(s_key, token, s_now.AddDays(1).AddSeconds(-1)));
        Assert.Equal(new LinkAnswer.Expired(player), OnboardingToken.Check(s_key, token, s_now.AddDays(1)));
    }

    [Fact]
    public void A_link_altered_in_any_one_character_is_forged()
    {
        var token = OnboardingToken.Make(s_key, "p-1", s_now.AddDays(1));

        for (var i = 0; i < token.Length; i++)
        {
            var altered = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.IsType<LinkAnswer.Forged>(OnboardingToken.Check(s_key, altered, s_now));
        }
    }

    [Fact]
    public void Whatever_comes_instead_of_a_link_is_forged() =>
        Prop.ForAll<string?>(garbage => OnboardingToken.Check(s_key, garbage ?? "", s_now) is LinkAnswer.Forged)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_link_made_with_another_key_or_for_another_player_is_forged()
    {
        var token = OnboardingToken.Make(s_key, "p-1", s_now.AddDays(1));
        var other = OnboardingToken.Make(s_key, "p-2", s_now.AddDays(1));

        Assert.IsType<LinkAnswer.Forged>(
            OnboardingToken.Check(Encoding.UTF8.GetBytes("another key of thirty-two bytes.."), token, s_now));
        Assert.IsType<LinkAnswer.Forged>(OnboardingToken.Check(s_key, $"{other.Split('.')[0]}.{token.Split('.')[1]}", s_now));
    }

    [Fact]
    public void Reminders_come_after_1_3_and_7_days_and_then_every_week()
    {
        var days = new List<double>();
        for (var at = s_now; days.Count < 6;)
        {
            at = ReminderSchedule.Default.NextAfter(s_now, at);
            days.Add((at - s_now).TotalDays);
        }

        Assert.Equal([1, 3, 7, 14, 21, 28], days);
    }

    [Fact]
    public void After_thirty_days_a_person_is_told_once_and_reminders_go_on()
    {
        var told = s_fresh with { FirstNoticeAt = s_now, NoticesSent = 7, NextAt = s_now.AddDays(30) };

        var at28 = Decide(told, s_inactive, s_one, s_now.AddDays(28));
        var at30 = Decide(told, s_inactive, s_one, s_now.AddDays(30));
        var later = Decide(told with { AlertedAt = s_now.AddDays(30) }, s_inactive, s_one, s_now.AddDays(35));

        Assert.Equal(new OnboardingStep.Tell(NotificationKinds.OnboardingReminder, s_now.AddDays(30), false), at28);
        Assert.Equal(new OnboardingStep.Tell(NotificationKinds.OnboardingReminder, s_now.AddDays(35), true), at30);
        Assert.Equal(new OnboardingStep.Tell(NotificationKinds.OnboardingReminder, s_now.AddDays(42), false), later);
    }

    [Fact]
    public void A_winner_without_an_account_gets_one_before_being_told()
    {
        Assert.Equal(
            new OnboardingStep.MakeAccount(1, "account/p"), Decide(s_fresh with { AccountsAsked = 0 }, null, s_one, s_now));
        Assert.Equal(new OnboardingStep.MakeAccount(2, "account/p#2"), Decide(s_fresh, null, s_one, s_now));
        Assert.Equal(new OnboardingStep.Tell(NotificationKinds.OnboardingNeeded, s_now.AddDays(1), false),
            Decide(s_fresh, s_inactive, s_one, s_now));
    }

    [Fact]
    public void A_player_whose_account_is_ready_or_for_whom_nothing_waits_is_left_alone()
    {
        Assert.IsType<OnboardingStep.Close>(Decide(s_fresh, s_inactive with { Transfers = "active" }, s_one, s_now));
        Assert.IsType<OnboardingStep.Close>(Decide(s_fresh, s_inactive, s_none, s_now));
    }

    [Fact]
    public void A_player_whose_account_was_disabled_is_told_once_even_if_nothing_waits()
    {
        var disabled = s_fresh with { Reason = OnboardingReasons.Disabled };

        Assert.Equal(NotificationKinds.AccountDisabled,
            Assert.IsType<OnboardingStep.Tell>(Decide(disabled, s_inactive, s_none, s_now)).Kind);
        Assert.IsType<OnboardingStep.Quiet>(
            Decide(disabled with { FirstNoticeAt = s_now, NoticesSent = 1 }, s_inactive, s_none, s_now.AddDays(1)));
    }

    [Theory]
    [InlineData("PAYOUT_PUBLIC_URL", "payout.example.com")]
    [InlineData("PAYOUT_LINK_KEY", "too short")]
    [InlineData("PAYOUT_LINK_KEY", null)]
    [InlineData("PAYOUT_ACCOUNT_COUNTRY", "usa")]
    [InlineData("PAYOUT_REMINDER_DAYS", "3,1")]
    [InlineData("PAYOUT_REMINDER_DAYS", "0")]
    [InlineData("PAYOUT_REMINDER_DAYS", "2147483647")]
    public void A_wrong_setting_is_refused_by_its_name(string name, string? value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["PAYOUT_PUBLIC_URL"] = "https://pay.example.com/",
            ["PAYOUT_LINK_KEY"] = Encoding.UTF8.GetString(s_key),
        };
        settings[name] = value;

        var refused =
            Assert.Throws<SettingException>(() =>
                OnboardingOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));

        Assert.Equal(name, refused.Setting);
    }

    [Theory]
    [InlineData("test", true)]
    [InlineData("live", false)]
    public void Accounts_can_be_forgotten_in_the_test_environment_only(string environment, bool mayReset)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = environment }).Build();

        Assert.Equal(mayReset, OnboardingOptions.From(settings).MayReset);
        Assert.Null(OnboardingOptions.From(settings).LinkFor("p", s_now));
    }

    [Fact]
    public void No_players_later_request_has_the_key_of_anothers_first_and_former_keys_are_known()
    {
        Assert.NotEqual(NextOnboardingStep.KeyOf("a/2", 1), NextOnboardingStep.KeyOf("a", 2));
        Assert.Equal(2, NextOnboardingStep.NumberOf("a", NextOnboardingStep.KeyOf("a", 2)));
        Assert.Equal(3, NextOnboardingStep.NumberOf("a", "account/a/3"));
        Assert.Equal(1, NextOnboardingStep.NumberOf("a/2", "account/a/2"));
        Assert.Null(NextOnboardingStep.NumberOf("b", "account/a#2"));
    }

    private static OnboardingStep Decide(
        OnboardingFacts facts, PayoutAccount? account, WaitingPrizes waiting, DateTimeOffset now) =>
        NextOnboardingStep.Decide(facts, account, waiting, now, ReminderSchedule.Default);
}
