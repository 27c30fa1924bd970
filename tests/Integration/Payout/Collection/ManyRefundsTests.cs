using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>Answers to refunds that are written down together, and one among them that cannot be.</summary>
public sealed class ManyRefundsTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_answers_committed_together_one_that_breaks_a_rule_is_held_and_the_others_stand()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("ref-many");
        await rig.Enter("ref-many", 12);
        for (var n = 0; n < 12; n++) Assert.True(await rig.Pay("ref-many", n));
        await rig.Run();
        await world.Database.Run(tx => tx.CancelCollection("ref-many", "the contest was cancelled"), ct);
        while (await world.Database.Run(new RefundContestsJob().Run, ct)) { }
        await world.Scalar<object>(
            "update payout.entry_refund set amount_minor = 2400 where contest_id = 'ref-many' and entry_id = 'e5'");

        await rig.Run();

        Assert.Equal((11L, 1L), (await rig.Count("ref-many", "refunded"), await rig.Count("ref-many", "paid")));
        Assert.Equal("held",
            await world.Scalar<string>(
                "select state from payout.stripe_call where subject = 'ref-many/e5' and kind = 'entry-refund'"));
        Assert.Equal(11,
            await world.Scalar<long>(
                "select count(*) from payout.ledger_transfer where contest_id = 'ref-many' and code = 'entry-refund'"));
        Assert.Equal(11,
            await world.Scalar<long>(
                "select count(*) from payout.audit_log where contest_id = 'ref-many' and action = 'entry-refunded'"));
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_cancelled_contest_whose_fees_cannot_be_given_back_does_not_keep_the_others_waiting()
    {
        var rig = new CollectionRig(world, scope);
        foreach (var contestId in (string[])["ref-a-bad", "ref-b-good"])
        {
            await rig.Publish(contestId);
            await rig.Enter(contestId, 1);
            Assert.True(await rig.Pay(contestId, 0));
        }

        await rig.Run();
        foreach (var contestId in (string[])["ref-a-bad", "ref-b-good"])
            await world.Database.Run(tx => tx.CancelCollection(contestId, "the contest was cancelled"), ct);
        await world.Scalar<object>(
            "alter table payout.entry_payment add constraint bad check (contest_id <> 'ref-a-bad' or entry_state <> "
                + "'cancelled') not valid");
        var job = new RefundContestsJob();
        await Assert.ThrowsAsync<PostgresException>(() => world.Database.Run(job.Run, ct));
        while (await world.Database.Run(job.Run, ct)) { }
        Assert.Equal("ref-b-good",
            await world.Scalar<string>(
                "select string_agg(contest_id, ',') from payout.entry_payment where contest_id like 'ref-_-%' and entry_state "
                    + "= 'cancelled'"));

        await world.Scalar<object>("alter table payout.entry_payment drop constraint bad");
        world.Clock.Forward(FailedKeys.PassedOverFor);
        while (await world.Database.Run(job.Run, ct)) { }
        await rig.Run();
        Assert.Equal((1L, 1L), (await rig.Count("ref-a-bad", "refunded"), await rig.Count("ref-b-good", "refunded")));
        await world.LedgerIsClean();
    }
}
