using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using Stripe;

namespace ContestPipeline.Integration.Payout.LookUps;

/// <summary>A hold for a mismatch has a way out: two persons, what Stripe shows, and the audit log.</summary>
public sealed class MismatchTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_persons_adopt_the_transfer_that_Stripe_shows_and_it_is_booked_once()
    {
        var (payout, transfer) = await GivenEdited("adopted");

        Assert.IsType<MismatchStep.AwaitSecond>(await Adopt(payout, transfer, "ann"));
        Assert.IsType<MismatchStep.NotYours>(await Adopt(payout, transfer, "ann"));
        Assert.IsType<MismatchStep.NotYours>(await Adopt(payout, transfer, "Ann "));
        Assert.Equal("held", await world.State("c-adopted"));
        Assert.Equal(new MismatchStep.Done(PayoutState.Paid), await Adopt(payout, transfer, "ben"));
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-adopted");
        Assert.Equal("mismatch,paid", await world.Outcomes("c-adopted"));
        Assert.Equal(2,
            await world.Scalar<long>(
                $"select count(*) from payout.audit_log where action = 'payout-mismatch-adopt' and payout_id = '{payout}' and "
                    + $"actor in ('ann', 'ben') and result like 'done%' or action = 'payout-mismatch-adopt' and payout_id = "
                    + $"'{payout}' and result = 'a second person is needed'"));
        Assert.Contains(
            await world.Sent<AlertResolvedV1>(), a => a.DedupKey.StartsWith($"payout-held/{payout}/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_transfer_over_another_amount_or_to_somebody_else_is_not_adopted()
    {
        var (payout, _) = await GivenEdited("unadopted");
        var other = await world.TransferByHand(await world.GivenAccount("somebody-else"), 9_700, null);
        var less = await world.TransferByHand(
            (await world.Scalar<string>("select account_id from payout.stripe_account where player_id = 'unadopted'"))!, 9_699,
            null);

        foreach (var transfer in (string[])[other, less])
        {
            await Adopt(payout, transfer, "ann");
            Assert.IsType<MismatchStep.Refuse>(await Adopt(payout, transfer, "ben"));
        }

        Assert.Equal("held", await world.State("c-unadopted"));
        Assert.Equal(1,
            await world.Scalar<long>(
                $"select count(*) from payout.payout_hold where payout_id = '{payout}' and released_at is null"));
    }

    [Fact]
    public async Task Two_persons_who_establish_that_there_is_no_transfer_let_the_payout_go_with_a_new_attempt()
    {
        var payout = await GivenForged("established");

        Assert.IsType<MismatchStep.AwaitSecond>(await None(payout, "ann"));
        Assert.Equal(new MismatchStep.Done(PayoutState.Pending), await None(payout, "ben"));
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-established");
        Assert.Contains("complete lists",
            await world.Scalar<string>($"select evidence from payout.mismatch_word where payout_id = '{payout}' and carried_out"),
            StringComparison.Ordinal);
    }

    /// <summary>A colleague paid by hand, to an account of the player's that no attempt went to.</summary>
    [Fact]
    public async Task That_there_is_none_is_not_established_while_another_account_of_the_player_got_the_amount()
    {
        var payout = await GivenForged("second-account");
        var sentTo = await world.Scalar<string>($"select destination from payout.attempt where payout_id = '{payout}'");
        var other = await world.GivenAccount("second-account");
        Assert.NotEqual(sentTo, other);
        var byHand = await world.TransferByHand(other, 9_700, null);
        await None(payout, "ann");

        var refused = Assert.IsType<MismatchStep.Refuse>(await None(payout, "ben"));

        Assert.Contains(byHand, refused.Why, StringComparison.Ordinal);
        await world.RunToRest(world.Runner());
        Assert.Equal("held", await world.State("c-second-account"));
    }

    [Fact]
    public async Task That_there_is_none_is_not_established_while_Stripe_shows_one_or_does_not_show_its_lists()
    {
        var (payout, _) = await GivenEdited("shown");
        await None(payout, "ann");

        var blind = await None(payout, "ben",
            new ListWire("/v1/transfers", HttpStatusCode.PaymentRequired,
                ForgedWire.Refusal(HttpStatusCode.PaymentRequired, "invalid_request_error", "request_blocked").Item2));
        var seen = await None(payout, "ben");

        Assert.IsType<MismatchStep.NotNow>(blind);
        Assert.IsType<MismatchStep.Refuse>(seen);
        await world.RunToRest(world.Runner());
        Assert.Equal(("held", 1), (await world.State("c-shown"), await world.TransferCount("c-shown")));
    }

    [Fact]
    public async Task Nobody_decides_about_a_payout_of_their_own()
    {
        var (payout, transfer) = await GivenEdited("own");

        Assert.IsType<MismatchStep.NotYours>(await Adopt(payout, transfer, "own"));
    }

    /// <returns>A payout that is held because its transfer was edited in the dashboard, and the transfer.</returns>
    private async Task<(string Payout, string Transfer)> GivenEdited(string player)
    {
        await world.GivenReady(player);
        await world.GivenSettled(ContestBuilder.Of($"c-{player}", player));
        await world.Fault("timeout-after");
        await world.Runner().RunOnce(ct);
        var transfer = Assert.Single(await world.OfContest($"c-{player}")).GetProperty("id").GetString()!;
        await new TransferService(world.Stripe())
            .UpdateAsync(transfer, new TransferUpdateOptions { Metadata = new Dictionary<string, string> { ["payout_id"] = "" } },
                cancellationToken: ct);
        world.Clock.Forward(TimeSpan.FromHours(25));
        await world.RunToRest(world.Runner());
        Assert.Equal("held", await world.State($"c-{player}"));
        return ((await world.Scalar<string>($"select payout_id from payout.payout where contest_id = 'c-{player}'"))!, transfer);
    }

    /// <returns>A payout that is held because its key was used before, and of which Stripe has no transfer.</returns>
    private async Task<string> GivenForged(string player)
    {
        await world.GivenReady(player);
        await world.GivenSettled(ContestBuilder.Of($"c-{player}", player));
        await world.RunToRest(world.Runner(new RefusingWire(HttpStatusCode.BadRequest, "idempotency_error", null)));
        Assert.Equal("held", await world.State($"c-{player}"));
        return (await world.Scalar<string>($"select payout_id from payout.payout where contest_id = 'c-{player}'"))!;
    }

    private Task<MismatchStep?> Adopt(string payout, string transfer, string person) =>
        Say(payout, new MismatchWish(MismatchWish.Adopt, transfer, person, "case 121"), null);

    private Task<MismatchStep?> None(string payout, string person, DelegatingHandler? wire = null) =>
        Say(payout, new MismatchWish(MismatchWish.EstablishNone, null, person, "case 122"), wire);

    private Task<MismatchStep?> Say(string payout, MismatchWish wish, DelegatingHandler? wire) =>
        new MismatchService(world.Database, world.Gateway(wire).Stripe).Say(payout, wish, ct);
}
