using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Reconcile;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Reconciliation;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>Refunds that Stripe has taken up and not sent, because the platform's balance does not reach.</summary>
public sealed class UnfundedRefundTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("succeeded", "refunded", 0)]
    [InlineData("failed", "paid", CollectionRig.FeeMinor)]
    public async Task A_refund_that_waits_for_funds_is_told_of_and_owed_until_it_is_sent_and_owed_again_when_it_fails(
        string outcome, string state, long owedMinor)
    {
        var contestId = $"unfunded-{outcome}";
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid(contestId, 1);
        var before = await Owed();
        await GiveBack(rig, contestId, "insufficient_funds");

        Assert.Equal("refunded", await rig.State(contestId, 0));
        Assert.Equal(before + CollectionRig.FeeMinor, await Owed());
        await rig.Hint(await rig.Intent(contestId, 0), 3);
        await rig.Run();
        Assert.Equal(before + CollectionRig.FeeMinor, await Owed());
        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "platform-balance-short");
        await world.TakeEvents();
        Assert.DoesNotContain((await world.Reconcile(days: 1)).Differences, d => d.Leg == ReconcileLegs.Balance);
        Assert.Single(
            await world.Sent<NotificationV1>(), n => n.Kind == NotificationKinds.EntryRefunded && n.ContestId == contestId);

        await Settle(rig, contestId, outcome);

        Assert.Equal(state, await rig.State(contestId, 0));
        Assert.Equal(before + owedMinor, await Owed());
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select count(*) from payout.entry_refund where contest_id = '{contestId}' and pending_reason is not null"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_refund_that_is_only_on_its_way_is_not_owed()
    {
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid("on-its-way", 1);
        var before = await Owed();

        await GiveBack(rig, "on-its-way", "pending");

        Assert.Equal("refunded", await rig.State("on-its-way", 0));
        Assert.Equal(before, await Owed());
        await Settle(rig, "on-its-way", "succeeded");
        await rig.EveryCentIsAccountedFor();
    }

    private async Task GiveBack(CollectionRig rig, string contestId, string mode)
    {
        await world.Admin("payments", new { refund_mode = mode });
        await rig.Scoring.Command(new CancelContestV1($"cancel-{contestId}", contestId, "weather", "tests"));
        await rig.Run();
        await world.Admin("payments", new { refund_mode = "succeeded" });
    }

    private async Task Settle(CollectionRig rig, string contestId, string outcome)
    {
        await world.Admin(
            $"refunds/{await world.Scalar<string>($"select refund_id from payout.entry_refund where contest_id = '{contestId}'")}/settle", new { outcome });
        await rig.Hint(await rig.Intent(contestId, 0));
        await rig.Run();
    }

    private async Task<long> Owed() =>
        (await world.Database.Run(tx => tx.Obligations(), ct)).SingleOrDefault(o => o.Currency == "usd")?.AmountMinor ?? 0;
}
