using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>What operators hear of refunds that people make, and what it means for the player's next payout.</summary>
public sealed class RefundsToldTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_refund_is_told_with_its_amount_and_who_asked_and_a_large_one_is_an_alert()
    {
        var rig = await Entered("told", 2);

        await Refund("told", "e0", "r1", 1_000, warningMinor: 1_000);
        await Refund("told", "e0", "r1", 1_000, warningMinor: 1_000);
        await Refund("told", "e1", "r2", 1_001, warningMinor: 1_000);
        await rig.Run();

        var told = Assert.Single(await Notices(), n => n.ContestId == "told");
        Assert.Equal(("operator", "e0", 1_000L, "olga"), (told.Audience, told.Subject, told.AmountMinor, told.Facts["by"]));
        Assert.Equal("olga gives back 10.00 USD for entry e0 of player told-p0, contest told. Reason: a mistake.",
            NoticeText.Of(told).Body);
        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "refund-large");
        Assert.Equal(("warning", "e1"), (alert.Severity, alert.Subject));
        Assert.Contains("olga gives back 10.01 USD", alert.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refund_made_at_Stripe_is_an_alert_however_small_and_told_once()
    {
        var rig = await Entered("told-hand", 1);

        var refundId = await rig.RefundAtStripe("told-hand", 0, 1);
        await rig.Run();
        await rig.Hint(await rig.Intent("told-hand", 0));
        await rig.Run();

        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "refunded-at-stripe");
        Assert.Equal(($"refunded-at-stripe/{refundId}", "warning"), (alert.DedupKey, alert.Severity));
        Assert.DoesNotContain(await Notices(), n => n.ContestId == "told-hand");
    }

    [Fact]
    public async Task A_player_with_a_recent_refund_or_dispute_is_looked_at_and_after_ninety_days_no_more()
    {
        var rig = await Entered("told-risk", 1);
        await Refund("told-risk", "e0", "r1", 100, RefundNews.WarningMinor);
        await rig.Run();
        await Dispute("dp_told", "told-other", "won");
        await Dispute("dp_asked", "told-fine", "inquiry");
        world.Risk = RiskPolicy.Default with { NewAccountDays = 0, SecondsBetweenPayouts = 0 };
        await world.GivenReady("told-risk-p0", "told-other", "told-fine");
        await world.GivenSettled(ContestBuilder.Of("c-told-1", "told-risk-p0"), ContestBuilder.Of("c-told-2", "told-other"),
            ContestBuilder.Of("c-told-3", "told-fine"));
        await world.RunToRest(world.Runner());

        Assert.Equal("approval: recent-refunds (1 refunds, limit 1)", await Reason("c-told-1"));
        Assert.Equal("approval: recent-disputes (1 disputes, limit 1)", await Reason("c-told-2"));
        await world.IsPaidOnce("c-told-3");

        world.Clock.Forward(TimeSpan.FromDays(91));
        world.Risk = world.Risk with { ReviewAboveShareOfWinningsPercent = 100 };
        await world.GivenSettled(ContestBuilder.Of("c-told-4", "told-risk-p0"), ContestBuilder.Of("c-told-5", "told-other"));
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-told-4");
        await world.IsPaidOnce("c-told-5");
        world.Risk = null;
    }

    private async Task<CollectionRig> Entered(string contestId, int entries)
    {
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid(contestId, entries);
        return rig;
    }

    private Task Refund(string contest, string entry, string request, long amountMinor, long warningMinor) =>
        world.Database.Run(
            tx => tx.Refund(contest, entry, new RefundRequest(request, "a mistake", amountMinor), "olga", warningMinor), ct);

    private async Task<IReadOnlyList<NotificationV1>> Notices() =>
        [.. (await world.Sent<NotificationV1>()).Where(n => n.Kind == NotificationKinds.RefundAsked)];

    private Task<string?> Reason(string contest) =>
        world.Scalar<string>($"select reason from payout.payout where contest_id = '{contest}' and state = 'held'");

    private Task Dispute(string id, string player, string phase) => world.Database.Run(
        tx => tx.Execute(
            """
            insert into payout.dispute (dispute_id, player_id, amount_minor, currency, phase, applied, stale, hinted_at, opened_at)
            values (@id, @player, 100, 'usd', @phase, @phase, false, @now, @now)
            """,
            new { id, player, phase, now = tx.Now }), ct);
}
