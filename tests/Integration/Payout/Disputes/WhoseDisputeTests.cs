using ContestPipeline.Contracts;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>Whose a dispute is says our own record of the payment, and not metadata that somebody else can write.</summary>
public sealed class WhoseDisputeTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disputed_charge_that_only_names_a_player_freezes_and_forfeits_nothing_and_a_person_is_told()
    {
        await world.GivenReady("named");
        await world.GivenSettled(ContestBuilder.Of("c-named", "named"));
        var dispute = await world.Dispute(await world.GivenPayment("named", "c-named", isOurs: false));
        await Read(dispute);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Read(dispute);

        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-named");
        Assert.Equal(0,
            await world.Scalar<long>(
                "select count(*) from payout.ledger_transfer where code = 'prize-forfeited' and contest_id = 'c-named'"));
        Assert.Equal("critical",
            Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"dispute-unknown/{dispute}").Severity);
    }

    [Fact]
    public async Task A_dispute_of_a_payment_that_names_somebody_else_is_that_of_the_player_it_was_asked_of()
    {
        await world.GivenReady("payer", "scapegoat");
        var intent = await world.GivenPayment("scapegoat", "c-scapegoat", isOurs: false);
        await world.Record(intent, "payer", "c-payer");
        await world.GivenSettled(ContestBuilder.Of("c-payer", "payer"), ContestBuilder.Of("c-scapegoat", "scapegoat"));

        await Read(await world.Dispute(intent));
        await world.RunToRest(world.Runner());

        Assert.Equal("held", await world.State("c-payer"));
        await world.IsPaidOnce("c-scapegoat");
    }

    /// <summary>
    /// The answer to the request for the payment was lost; the player pays, and the bank is asked, before it is looked up.
    /// </summary>
    [Theory]
    [InlineData("open", "held")]
    [InlineData("lost", "rejected")]
    public async Task A_dispute_that_was_read_before_its_entry_was_known_has_its_effects_once_it_is(string phase, string state)
    {
        var (player, contest) = ($"later-{phase}", $"c-later-{phase}");
        await world.GivenReady(player);
        await world.GivenSettled(ContestBuilder.Of(contest, player));
        var intent = await world.GivenPayment(player, contest, isOurs: false);
        var dispute = await world.Dispute(intent);
        if (phase == "lost") await world.Admin($"disputes/{dispute}/close", new { outcome = phase });
        await Read(dispute);

        await world.Record(intent, player, contest);
        await world.DisputeReader().ReadStale(ct);
        await world.RunToRest(world.Runner());

        Assert.Equal((state, 0), (await world.State(contest), await world.TransferCount(contest)));
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == $"dispute-unknown/{dispute}");
        Assert.Equal(2, (await world.Sent<AlertRaisedV1>()).Count(a => a.Kind == $"dispute-{phase}" && a.Subject == dispute));
        Assert.Equal(0, await world.DisputeReader().ReadStale(ct));
    }

    [Fact]
    public async Task A_payment_that_cannot_be_read_keeps_no_dispute_from_freezing_its_player()
    {
        await world.GivenReady("unread");
        var dispute = await world.GivenDispute("unread", "c-unread");
        await world.GivenSettled(ContestBuilder.Of("c-unread", "unread"));
        await world.Hint("charge.dispute.created", dispute);

        await world.DisputeReader(new ForbiddenWire("/v1/payment_intents/")).ReadStale(ct);
        await world.RunToRest(world.Runner());

        Assert.Equal("held", await world.State("c-unread"));
    }

    private async Task Read(string dispute)
    {
        await world.Hint("charge.dispute.updated", dispute);
        await world.DisputeReader().ReadStale(ct);
        await world.DisputeReader().ReadStale(ct);
    }
}
