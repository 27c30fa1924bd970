using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Accounts;

namespace ContestPipeline.Integration.Payout.Onboarding;

/// <summary>From a prize without an account to a paid prize, and back when the account is lost.</summary>
public sealed class OnboardingTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private static readonly OnboardingOptions s_options = PayoutWorld.Onboarding;

    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_winner_without_an_account_gets_one_and_a_link_and_is_paid_once_it_is_ready()
    {
        await world.GivenSettled(ContestBuilder.Of("c-new", "new"));
        await Settle();

        var account = await AccountOf("new");
        var told = Assert.Single(await Told("new"));
        Assert.Equal((NotificationKinds.OnboardingNeeded, 9_700L), (told.Kind, told.AmountMinor));
        var gone = Assert.IsType<DeskAnswer.GoTo>(await Desk().Visit(Token(told), ct));
        var again = Assert.IsType<DeskAnswer.GoTo>(await Desk().Visit(Token(told), ct));
        Assert.NotEqual(gone.Url, again.Url);

        await world.MakeReady(account!);
        await Desk().ComeBack(Token(told), ct);
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-new");
        Assert.Equal(
            [NotificationKinds.OnboardingNeeded, NotificationKinds.AccountReady], (await Told("new")).Select(n => n.Kind));
        Assert.IsType<DeskAnswer.Say>(await Desk().Visit(Token(told), ct));
    }

    [Theory]
    [InlineData("timeout-before")]
    [InlineData("timeout-after")]
    [InlineData("500-committed")]
    [InlineData("500-rolled-back")]
    public async Task Whatever_Stripe_does_once_there_is_one_account(string fault)
    {
        var player = $"acct-{fault}";
        await world.Admin("faults", new { endpoint = "accounts.create", kind = fault, count = 1 });
        await world.GivenSettled(ContestBuilder.Of($"c-acct-{fault}", player));

        for (var round = 0; round < 40 && await AccountOf(player) is null; round++)
        {
            await Settle();
            world.Clock.Forward(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, (await world.Accounts()).Count(a => a == player));
        await IsPaidWhenReady(player, $"c-acct-{fault}");
    }

    [Fact]
    public async Task Who_does_not_come_is_reminded_and_after_thirty_days_a_person_is_told()
    {
        await world.GivenSettled(ContestBuilder.Of("c-late", "late"));
        await Settle();

        for (var day = 0; day < 31; day++)
        {
            world.Clock.Forward(TimeSpan.FromDays(1));
            await Job();
        }

        var told = await Told("late");
        Assert.Equal([NotificationKinds.OnboardingNeeded, .. Enumerable.Repeat(NotificationKinds.OnboardingReminder, 7)],
            told.Select(n => n.Kind));
        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "prize-unclaimed" && a.Subject == "late");
        Assert.IsType<DeskAnswer.GoTo>(await Desk().Visit(Token(told[^1]), ct));
        Assert.Equal(410, Assert.IsType<DeskAnswer.Say>(await Desk().Visit(Token(told[0]), ct)).Status);
        Assert.Equal(403, Assert.IsType<DeskAnswer.Say>(await Desk().Visit(Token(told[0]) + "A", ct)).Status);
        await IsPaidWhenReady("late", "c-late");
    }

    [Fact]
    public async Task Who_was_told_of_a_disabled_account_when_nothing_waited_is_told_again_when_a_prize_does()
    {
        var account = await world.GivenAccount("quiet");
        await Settle();
        await world.Admin(
            $"accounts/{account}/capabilities", new { transfers = "inactive", disabled_reason = "requirements.past_due" });
        await world.AccountUpdated(account, "quiet");
        await Settle();
        world.Clock.Forward(TimeSpan.FromDays(8));
        await Settle();
        Assert.Equal([NotificationKinds.AccountDisabled], (await Told("quiet")).Select(n => n.Kind));
        Assert.Null(await world.Scalar<DateTime?>("select next_at from payout.onboarding where player_id = 'quiet'"));

        await world.GivenSettled(ContestBuilder.Of("c-quiet", "quiet"));
        await Settle();

        Assert.Equal("awaiting_account", await world.State("c-quiet"));
        Assert.Equal(
            [NotificationKinds.AccountDisabled, NotificationKinds.OnboardingReminder], (await Told("quiet")).Select(n => n.Kind));
        Assert.Single(await world.Accounts(), a => a == "quiet");
        await world.MakeReady(account);
        await world.AccountUpdated(account, "quiet");
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-quiet");
    }

    /// <summary>Two processes of Payout on two machines: the one that is ahead heard of the account, the other pays.</summary>
    [Fact]
    public async Task An_account_is_read_once_also_by_who_has_a_slower_clock_than_who_heard_of_it()
    {
        var ahead = TimeSpan.FromSeconds(90);
        await world.GivenSettled(ContestBuilder.Of("c-ahead", "ahead"));
        world.Clock.Forward(ahead);
        var account = await world.GivenAccount("ahead");
        world.Clock.Forward(-ahead);

        await world.Runner().RunOnce(ct);

        await world.IsPaidOnce("c-ahead");
        Assert.False(await world.Scalar<bool>($"select stale from payout.stripe_account where account_id = '{account}'"));
    }

    [Fact]
    public async Task An_account_disabled_later_makes_payouts_wait_and_the_player_know()
    {
        var account = await world.GivenAccount("disabled");
        await world.Runner().RunOnce(ct);
        await world.Admin(
            $"accounts/{account}/capabilities", new { transfers = "inactive", disabled_reason = "requirements.past_due" });
        await world.AccountUpdated(account, "disabled");
        await world.GivenSettled(ContestBuilder.Of("c-disabled", "disabled"));
        await Settle();

        Assert.Equal("awaiting_account", await world.State("c-disabled"));
        Assert.Equal([NotificationKinds.AccountDisabled], (await Told("disabled")).Select(n => n.Kind));

        await world.MakeReady(account);
        await world.AccountUpdated(account, "disabled");
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-disabled");
    }

    [Fact]
    public async Task A_rejected_account_is_told_to_the_player_and_to_a_person_and_no_link_leads_on()
    {
        var account = await world.GivenAccount("rejected");
        await world.Runner().RunOnce(ct);
        await world.Admin($"accounts/{account}/capabilities", new { transfers = "inactive", disabled_reason = "rejected.fraud" });
        await world.AccountUpdated(account, "rejected");
        await world.Runner().RunOnce(ct);

        Assert.Equal([NotificationKinds.AccountDisabled], (await Told("rejected")).Select(n => n.Kind));
        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "account-rejected" && a.Subject == account);
        var link = OnboardingToken.Make(s_options.LinkKey, "rejected", world.Clock.GetUtcNow().AddDays(1));
        Assert.Equal(200, Assert.IsType<DeskAnswer.Say>(await Desk().Visit(link, ct)).Status);
    }

    [Fact]
    public async Task A_prize_of_a_player_whose_account_is_rejected_is_told_to_a_person_once_and_the_player_is_asked_for_nothing()
    {
        var account = await world.GivenAccount("unwanted");
        await world.Runner().RunOnce(ct);
        await Say("inactive", "rejected.fraud");
        await world.GivenSettled(ContestBuilder.Of("c-unwanted", "unwanted"));
        for (var day = 0; day < 8; day++)
        {
            await Settle();
            world.Clock.Forward(TimeSpan.FromDays(1));
        }

        Assert.Equal("awaiting_account", await world.State("c-unwanted"));
        Assert.Equal([NotificationKinds.AccountDisabled], (await Told("unwanted")).Select(n => n.Kind));
        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "prize-unclaimed" && a.Subject == "unwanted");
        Assert.Contains("9700 usd", alert.Cause, StringComparison.Ordinal);
        Assert.Equal(1, await Rejections());

        await Say("active", null);
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-unwanted");
        await Say("inactive", "rejected.fraud");
        await world.Runner().RunOnce(ct);
        Assert.Equal(2, await Rejections());

        async Task Say(string transfers, string? disabledReason)
        {
            await world.Admin($"accounts/{account}/capabilities", new { transfers, disabled_reason = disabledReason });
            await world.AccountUpdated(account, "unwanted");
        }

        async Task<int> Rejections() =>
            (await world.Sent<AlertRaisedV1>()).Count(a => a.Kind == "account-rejected" && a.Subject == account);
    }

    [Fact]
    public async Task A_player_who_cuts_the_connection_is_asked_for_a_new_account_and_paid_there()
    {
        var lost = await world.GivenAccount("lost");
        await world.Runner().RunOnce(ct);
        await world.Admin($"accounts/{lost}/deauthorize", new { });
        await world.Hint(StripeEventTypes.AccountDeauthorized, "ca_app", lost);
        await world.GivenSettled(ContestBuilder.Of("c-lost", "lost"));
        await Settle();

        var account = await world.Scalar<string>(
            "select account_id from payout.stripe_account where player_id = 'lost' and gone_at is null");
        Assert.NotEqual(lost, account);
        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"account-lost/{lost}");
        await world.MakeReady(account!);
        await world.AccountUpdated(account!, "lost");
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-lost");
        Assert.Equal(account, await world.Scalar<string>(
            "select a.destination from payout.attempt a join payout.payout p using (payout_id) where p.contest_id = 'c-lost' "
                + "and a.outcome = 'paid'"));
    }

    private async Task IsPaidWhenReady(string player, string contestId)
    {
        var account = await AccountOf(player);
        await world.MakeReady(account!);
        await world.AccountUpdated(account!, player);
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce(contestId);
    }

    private async Task Settle()
    {
        var runner = world.Runner();
        var calls = world.Calls(null, new AccountCreation(PayoutWorld.Onboarding));
        for (var round = 0; round < 4; round++)
        {
            await runner.RunOnce(ct);
            await Job();
            await calls.RunOnce(ct);
        }
    }

    private async Task Job()
    {
        while (await world.Database.Run(tx => new OnboardingJob(s_options).Run(tx), ct))
        {
        }
    }

    private OnboardingService Desk() => new(world.Database, world.Gateway().Stripe, s_options, world.Clock);

    private static string Token(NotificationV1 told) => told.Facts["link"].Split('/')[^1];

    private async Task<IReadOnlyList<NotificationV1>> Told(string player) =>
        [.. (await world.Sent<NotificationV1>()).Where(n => n.PlayerId == player)];

    private Task<string?> AccountOf(string player) =>
        world.Scalar<string>($"select account_id from payout.stripe_account where player_id = '{player}'");
}
