using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeEvents;
using Stripe;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// Books that went back in time lack requests for accounts: what those made is found before another account is made, by marks
/// that only our own requests leave.
/// </summary>
public sealed class RestoredAccountsTests(Backbone backbone) : IAsyncLifetime
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task A_player_whose_later_request_for_an_account_was_lost_gets_no_second_account_and_is_paid_once()
    {
        await world.GivenSettled(ContestBuilder.Of("c-later", "later"));
        var earlier = await world.BackUp();
        await world.Admin("faults", new { endpoint = "accounts.create", kind = "400", count = 1 });
        await Onward();
        world.Clock.Forward(TimeSpan.FromDays(1.1));
        await Onward();
        var account = Assert.Single(await Made("later"));
        Assert.Equal(NextOnboardingStep.KeyOf("later", 2), account.Metadata["account_key"]);
        await world.MakeReady(account.Id);
        await world.AccountUpdated(account.Id, "later");
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-later");

        await world.Restore(earlier);
        await BeginRecovery();
        await Onward();
        await world.AccountUpdated(account.Id, "later");
        await world.RunToRest(world.Runner());

        Assert.Equal(account.Id, Assert.Single(await Made("later")).Id);
        Assert.Equal("account/later found at Stripe " + account.Id,
            await world.Scalar<string>(
                "select key || ' ' || last_answer || ' ' || object_id from payout.stripe_call where subject = 'later'"));
        await world.IsPaidOnce("c-later");
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.Kind is "payout-held" or "stripe-call-held");
        Assert.Equal(2, await world.Scalar<int>("select accounts_asked from payout.onboarding where player_id = 'later'"));
    }

    [Fact]
    public async Task What_was_told_of_bank_payouts_before_restored_books_knew_the_account_is_read_when_they_do_and_told_once()
    {
        await world.GivenSettled(ContestBuilder.Of("c-banked", "banked-before"));
        var earlier = await world.BackUp();
        await Onward();
        var account = Assert.Single(await Made("banked-before"));
        await world.MakeReady(account.Id);
        await world.Admin($"accounts/{account.Id}/balance", new { delta_minor = 5_000 });
        await world.Admin($"accounts/{account.Id}/payouts", new { amount_minor = 5_000 });
        var created = (await world.StripeEvents("payout.created", account.Id))[^1];
        var bankPayout = created.Data.Text("id")!;
        await world.Admin($"payouts/{bankPayout}/paid", new { });

        await world.Restore(earlier);
        await BeginRecovery();
        await world.Take(created);
        await world.Take((await world.StripeEvents("payout.paid", account.Id))[^1]);
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.bank_payout"));
        await Onward();
        await new BankPayoutReader(world.Database, world.Gateway().Stripe, world.Clock).ReadStale(ct);

        Assert.Equal(account.Id, Assert.Single(await Made("banked-before")).Id);
        Assert.Equal($"{bankPayout} paid false",
            await world.Scalar<string>("select bank_payout_id || ' ' || status || ' ' || stale from payout.bank_payout"));
        Assert.Equal([NotificationKinds.BankPayoutPaid],
            (await world.Sent<NotificationV1>()).Where(n => n.Subject == bankPayout).Select(n => n.Kind));
    }

    public static TheoryData<string, string, string?> Claims => new()
    {
        { "no-mark", "account/no-mark/2", null },
        { "wrong-mark", "account/wrong-mark/2", "9999" },
        { "earlier-key", "account/earlier-key", PayoutWorld.Onboarding.MarkOf("account/earlier-key") },
        { "elses-key", "account/somebody/2", PayoutWorld.Onboarding.MarkOf("account/somebody/2") },
    };

    /// <summary>
    /// Whoever can write accounts at Stripe can also copy the mark of an account that an earlier, recorded request of ours has
    /// made.
    /// </summary>
    [Theory]
    [MemberData(nameof(Claims))]
    public async Task An_account_that_only_claims_to_be_of_a_lost_request_is_not_taken_over(
        string player, string key, string? mark)
    {
        await BeginRecovery();
        var metadata = new Dictionary<string, string> { ["player_id"] = player, ["account_key"] = key };
        if (mark is not null) metadata["account_mark"] = mark;
        var foreign = await world.ForeignAccount(metadata);
        var wanted = NextOnboardingStep.KeyOf(player, 2);
        if (key == wanted) wanted = NextOnboardingStep.KeyOf(player, 1);

        await world.Database.Run(
            tx => tx.Call(new StripeCall(wanted, AccountCreation.KindName, player,
                new AccountToMake(player, "US", PayoutWorld.Onboarding.MarkOf(wanted)))), ct);
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);

        Assert.NotEqual(foreign,
            await world.Scalar<string>(
                $"select account_id from payout.stripe_account where player_id = '{player}' and made_by is not null"));
        Assert.Equal(
            "answered", await world.Scalar<string>($"select last_answer from payout.stripe_call where key = '{wanted}'"));
    }

    [Fact]
    public async Task Two_accounts_with_the_mark_of_one_lost_request_are_put_before_a_person_and_no_third_is_made()
    {
        await BeginRecovery();
        var copied = new Dictionary<string, string> { ["player_id"] = "two", ["account_key"] = "account/two/2",
            ["account_mark"] = PayoutWorld.Onboarding.MarkOf("account/two/2")! };
        await world.ForeignAccount(copied);
        await world.ForeignAccount(copied);

        await world.Database.Run(
            tx => tx.Call(new StripeCall("account/two", AccountCreation.KindName, "two",
                new AccountToMake("two", "US", PayoutWorld.Onboarding.MarkOf("account/two")))), ct);
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);

        Assert.Equal(2, (await Made("two")).Count);
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == "stripe-call-held/account/two");
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private async Task BeginRecovery()
    {
        await world.Database.Run(
            tx => RecoveryRoutes.Stop(new StopReason("restored", world.Clock.GetUtcNow().AddDays(-2)), "olga", tx), ct);
        await world.Database.Run(tx => RecoveryRoutes.Start("go on", "olga", tx), ct);
    }

    /// <summary>Payouts, onboarding and the calls that it wishes, until nothing more is due.</summary>
    private async Task Onward()
    {
        var calls = world.Calls(null, new AccountCreation(PayoutWorld.Onboarding));
        for (var round = 0; round < 4; round++)
        {
            await world.Runner().RunOnce(ct);
            await world.Database.Run(tx => new OnboardingJob(PayoutWorld.Onboarding).Run(tx), ct);
            await calls.RunOnce(ct);
        }
    }

    private async Task<IReadOnlyList<Account>> Made(string player) =>
        await new AccountService(world.Stripe())
            .ListAutoPagingAsync(new AccountListOptions { Limit = 100 }, cancellationToken: ct)
            .Where(a => a.Metadata.GetValueOrDefault("player_id") == player).ToArrayAsync(ct);
}
