
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// Books that went back in time do not know what they have paid; Stripe has forgotten the keys. What is owed for long is looked
/// up before it is sent.
/// </summary>
public sealed class OldDebtsTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_payout_whose_attempt_the_books_have_lost_is_adopted_a_day_later_and_not_paid_again()
    {
        await world.GivenReady("lost-attempt");
        await world.GivenSettled(ContestBuilder.Of("c-lost-attempt", "lost-attempt"));
        var earlier = await world.BackUp();
        await world.RunToRest(world.Runner());

        await world.Restore(earlier);
        world.Clock.Forward(TimeSpan.FromHours(25));
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-lost-attempt");
        Assert.Equal("found at Stripe", await world.Scalar<string>(
            "select a.last_answer from payout.attempt a join payout.payout p using (payout_id) where p.contest_id = "
                + "'c-lost-attempt'"));
    }

    [Fact]
    public async Task An_account_whose_making_the_books_have_lost_is_found_a_day_later_and_no_second_one_is_made()
    {
        await world.Database.Run(
            tx => tx.Call(new StripeCall(
                "account/lost/1", AccountCreation.KindName, "lost", new AccountToMake("lost", "US", "mark-lost"))), ct);
        var earlier = await world.BackUp();
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);

        await world.Restore(earlier);
        world.Clock.Forward(TimeSpan.FromHours(25));
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);

        Assert.Single(await world.Accounts(), player => player == "lost");
        Assert.Equal("found at Stripe",
            await world.Scalar<string>("select last_answer from payout.stripe_call where key = 'account/lost/1'"));
    }
}
