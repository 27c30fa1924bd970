
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Unit.Payout;

/// <summary>What is done next with a request to Stripe, from what is stored and what Stripe said.</summary>
public sealed class NextRequestStepTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly PayoutPolicy s_policy = PayoutPolicy.Default;
    private static readonly object s_made = new();

    [Fact]
    public void A_fresh_call_is_sent() => Assert.IsType<RequestStep.Send>(Before(Call(), s_now, s_policy));

    [Fact]
    public void A_call_without_an_answer_is_sent_again_with_its_key_while_the_key_is_young() =>
        Assert.IsType<RequestStep.Send>(Before(
            Call() with { UnknownAnswers = 2, LastAnswer = "no answer in time" }, s_now.AddHours(19.9), s_policy));

    [Theory]
    [InlineData(19.9, false)]
    [InlineData(20, true)]
    public void A_call_that_was_wished_for_20_hours_ago_is_looked_up_before_it_is_sent_for_the_first_time(
        double hours, bool looksFirst)
    {
        var step = Before(Call() with { CreatedAt = s_now.AddHours(-hours) }, s_now, s_policy);

        Assert.Equal(looksFirst ? new RequestStep.LookUp(SendWhenAbsent: true) : new RequestStep.Send(), step);
    }

    [Fact]
    public void A_call_whose_key_Stripe_may_forget_is_looked_up_and_never_sent_again()
    {
        var step = Before(Call(), s_now.AddHours(23), s_policy);

        Assert.False(Assert.IsType<RequestStep.LookUp>(step).SendWhenAbsent);
        Assert.IsType<StripeCallAnswer.Gone>(Assert.IsType<RequestStep.Close>(
            AfterLookUp(Call(), TestLists.FoundNone, sendWhenAbsent: false, s_policy)).Answer);
    }

    [Fact]
    public void A_stored_server_error_is_looked_up_first_and_the_key_sent_again_only_when_Stripe_has_nothing()
    {
        var step = Before(Call() with { UnknownAnswers = 1, LastAnswer = "http 500 api_error: x" }, s_now, s_policy);

        Assert.True(Assert.IsType<RequestStep.LookUp>(step).SendWhenAbsent);
        Assert.IsType<RequestStep.Send>(AfterLookUp(Call(), TestLists.FoundNone, sendWhenAbsent: true, s_policy));
    }

    [Fact]
    public void What_was_once_looked_up_without_an_answer_is_not_sent_before_there_is_one() =>
        Assert.True(Assert.IsType<RequestStep.LookUp>(Before(
            Call() with { UnknownAnswers = 2, LastAnswer = "http 402 request_blocked: no", LookUpSince = s_now },
            s_now.AddMinutes(2), s_policy)).SendWhenAbsent);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_found_at_Stripe_is_adopted(bool sendWhenAbsent)
    {
        var close = Assert.IsType<RequestStep.Close>(
            AfterLookUp(Call(), new LookUpResult.Found(s_made), sendWhenAbsent, s_policy));

        Assert.Equal(new StripeCallAnswer.Success(s_made, Adopted: true), close.Answer);
    }

    [Fact]
    public void An_answer_closes_the_call()
    {
        var close = Assert.IsType<RequestStep.Close>(AfterSending(Call(), new StripeAnswer.Found(s_made), s_policy));

        Assert.Equal(new StripeCallAnswer.Success(s_made, Adopted: false), close.Answer);
    }

    [Fact]
    public void A_refusal_closes_the_call_and_keeps_its_code()
    {
        var close = Assert.IsType<RequestStep.Close>(
            AfterSending(Call(), new StripeAnswer.Refused("http 400", "charge_already_refunded"), s_policy));

        Assert.Equal(new StripeCallAnswer.Refused("charge_already_refunded", "http 400"), close.Answer);
    }

    [Fact]
    public void A_refusal_to_a_call_that_may_have_been_made_before_is_looked_up_first()
    {
        var again = Call() with { Fence = 2 };

        var later = Assert.IsType<RequestStep.Later>(
            AfterSending(again, new StripeAnswer.Refused("http 402", "request_blocked"), PayoutPolicy.Default));
        var next = Before(
            again with { LastAnswer = later.What, UnknownAnswers = 1 }, again.FirstUsedAt.AddMinutes(5), PayoutPolicy.Default);

        Assert.Equal(new RequestStep.LookUp(SendWhenAbsent: false), next);
    }

    [Fact]
    public void A_refused_look_up_says_nothing_about_the_call() =>
        Assert.True(Assert.IsType<RequestStep.Later>(
            AfterLookUp(Call(), LookUpResult.Of(new StripeAnswer.Refused("http 400")), sendWhenAbsent: false,
                s_policy)) is { Counts: true, IsLookUp: true });

    [Fact]
    public void What_Stripe_did_not_take_up_returns_soon_and_does_not_count()
    {
        var later = Assert.IsType<RequestStep.Later>(
            AfterSending(Call(), new StripeAnswer.RetryLater("http 429"), s_policy));

        Assert.False(later.Counts);
        Assert.True(later.Pause < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void What_the_key_may_not_make_returns_after_minutes_and_does_not_count()
    {
        var later = Assert.IsType<RequestStep.Later>(
            AfterSending(Call(), new StripeAnswer.RetryLater("http 403", KeyFault.NotAllowed), s_policy));

        Assert.False(later.Counts);
        Assert.True(later.Pause >= TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Silence_pauses_longer_each_time_and_alerts_once_after_the_last_pause()
    {
        var laters = Enumerable.Range(0, 6).Select(n => Assert.IsType<RequestStep.Later>(
            AfterSending(
                Call() with { UnknownAnswers = n }, new StripeAnswer.Unknown("no answer in time"), s_policy))).ToArray();

        Assert.True(laters.All(l => l.Counts));
        Assert.True(laters[0].Pause < laters[1].Pause && laters[1].Pause < laters[2].Pause);
        Assert.Equal([false, false, false, true, false, false], laters.Select(l => l.Alerts));
    }

    [Fact]
    public void A_key_that_was_used_for_something_else_is_for_a_person() =>
        Assert.IsType<RequestStep.Hold>(AfterSending(Call(), new StripeAnswer.KeyConflict("http 400"), s_policy));

    [Fact]
    public void Parameters_that_were_changed_in_the_database_are_never_sent() =>
        Assert.IsType<RequestStep.Hold>(Before(Call() with { Body = """{"amountMinor":2}""" }, s_now, s_policy));

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, true, 3)]
    public void What_the_API_key_may_not_pauses_a_transfer_by_its_answers_and_counts_for_no_other_request(
        bool isTransfer, bool lookUpCounts, int pauseNo)
    {
        var key = Key(isTransfer) with { UnknownAnswers = 2 };
        var notAllowed = new StripeAnswer.RetryLater("http 403", KeyFault.NotAllowed);

        var sent = NextRequestStep.AfterSending(key, notAllowed, s_policy);
        var lookedUp = NextRequestStep.AfterLookUp(key, LookUpResult.Of(notAllowed), sendWhenAbsent: true, s_policy);

        var pause = s_policy.Pause(pauseNo, key.Id);
        Assert.Equal(new RequestStep.Later("http 403", Counts: false, pause, Alerts: false), sent);
        Assert.Equal(new RequestStep.Later("http 403", lookUpCounts, pause, Alerts: false, IsLookUp: true), lookedUp);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Otherwise_a_transfer_is_decided_as_any_request(int unknownAnswers)
    {
        StripeAnswer[] answers =
        [
            new StripeAnswer.Found(s_made), new StripeAnswer.Refused("http 400"),
            new StripeAnswer.InsufficientFunds("http 400"), new StripeAnswer.AccountNotReady("http 400"),
            new StripeAnswer.Unknown("no answer in time"), new StripeAnswer.RetryLater("http 429"),
            new StripeAnswer.RetryLater("http 401", KeyFault.Refused),
            new StripeAnswer.KeyConflict("http 400"),
        ];

        Assert.All(answers, answer => Assert.Equal(After(isTransfer: false, answer), After(isTransfer: true, answer)));

        (RequestStep Sent, RequestStep LookedUp) After(bool isTransfer, StripeAnswer answer)
        {
            var key = Key(isTransfer) with { UnknownAnswers = unknownAnswers };
            return (NextRequestStep.AfterSending(key, answer, s_policy),
                NextRequestStep.AfterLookUp(key, LookUpResult.Of(answer), sendWhenAbsent: false, s_policy));
        }
    }

    [Fact]
    public void It_is_sent_while_the_key_is_young_and_the_lease_covers_the_answer()
    {
        var options = new PayoutOptions(
            "sk_test_1", null, s_policy, RatePerSecond: 1, Parallel: 1, LeaseSeconds: 120, StripeTimeoutSeconds: 30,
            OutagePause: TimeSpan.Zero);
        var key = Key(isTransfer: true);

        Assert.Equal(s_now.AddSeconds(90), key.SendBefore(s_now.AddSeconds(120), options));
        Assert.Equal(s_now + options.Policy.KeyUsable, key.SendBefore(s_now.AddHours(48), options));
    }

    private static KeyUse Key(bool isTransfer) => new("po-1", s_now, false, 0, null, null, PausesByAnswers: isTransfer);

    private static RequestStep Before(OpenCall call, DateTimeOffset now, PayoutPolicy policy) => NextRequestStep.Before(
        call.Use, NextRequestStep.LooksFirst(call.CreatedAt, call.LooksFirst, now, policy), call.Fault, now, policy);

    private static RequestStep AfterSending(OpenCall call, StripeAnswer answer, PayoutPolicy policy) =>
        NextRequestStep.AfterSending(call.Use, answer, policy);

    private static RequestStep AfterLookUp(OpenCall call, LookUpResult found, bool sendWhenAbsent, PayoutPolicy policy) =>
        NextRequestStep.AfterLookUp(call.Use, found, sendWhenAbsent, policy);

    private static OpenCall Call()
    {
        const string Body = """{"amountMinor":1}""";
        return new OpenCall("test/1", "test", "subject", Body, OpenCall.HashOf(Body), s_now, s_now, 0, null, 1);
    }
}
