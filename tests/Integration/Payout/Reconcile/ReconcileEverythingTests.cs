using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Ledger;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>
/// Everything that money does here, once through and to the last cent: no difference; and one fault of each sort put in by hand,
/// each found in its leg.
/// </summary>
public sealed class ReconcileEverythingTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private const string Contest = "rec-all";
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_money_does_is_alike_on_both_sides_and_each_sort_of_fault_is_named_in_its_leg()
    {
        var rig = new CollectionRig(world, scope);
        var (won, lost) = await GivenHistory(rig);

        var honest = await world.Reconcile();
        Assert.True(honest.Clean, string.Join('\n', honest.Differences));
        Assert.Equal((1m, 1m, 1m), (honest.Clearing, honest.Completeness, honest.Timeliness));
        Assert.Equal((0, 2), (honest.Pending, honest.Outside));
        await world.LedgerIsClean();

        var expected = await GivenFaults(rig, won, lost);

        var found = (await world.Reconcile()).Differences;
        Assert.Equal(
            expected.Order().Select(e => $"{e.Leg} {e.Kind} {e.Subject}"),
            found.Select(d => (d.Leg, d.Kind, d.Subject)).Order().Select(d => $"{d.Leg} {d.Kind} {d.Subject}"));
    }

    /// <summary>
    /// Four fees; one partly refunded; two disputes, one won, one lost after the prize was paid; a transfer taken back at the
    /// dashboard; a top-up; a bank payout.
    /// </summary>
    /// <returns>The disputes.</returns>
    private async Task<(string Won, string Lost)> GivenHistory(CollectionRig rig)
    {
        await rig.Publish(Contest);
        await rig.Enter(Contest, 4);
        for (var n = 0; n < 4; n++) Assert.True(await rig.Pay(Contest, n));
        await rig.Run();
        await rig.LockContest(Contest);
        await world.Database.Run(
            async tx => Assert.NotNull(
                (await tx.Refund(Contest, "e1", new RefundRequest("r1", "a mistake", 1_000), "op"))!.Value.Refund), ct);
        await Settle(rig);
        await rig.Settle(Contest, winners: 4);
        await world.GivenReady([.. Enumerable.Range(0, 4).Select(n => $"{Contest}-p{n}")]);
        await world.Admin("funds", new { amount_minor = 77_777, currency = "usd" });

        var won = await Dispute(rig, 0);
        await Settle(rig);
        await world.RunToRest(world.Runner());
        Assert.Equal("held paid rejected paid paid", await States());
        await world.Admin($"disputes/{won}/close", new { outcome = "won" });
        await Settle(rig);
        await world.RunToRest(world.Runner());

        var lost = await Dispute(rig, 2);
        await world.Admin($"disputes/{lost}/close", new { outcome = "lost" });
        await TakeBack(3, 4_000);
        var account = await world.Scalar<string>(
            $"select account_id from payout.stripe_account where player_id = '{Contest}-p1'");
        await world.Admin($"accounts/{account}/payouts", new { amount_minor = 500 });
        await world.Admin($"payouts/{(await world.StripeEvents("payout.created", account))[^1].Data.Text("id")}/paid", new { });
        await Settle(rig);
        Assert.Equal("paid paid rejected reversed reversed", await States());
        return (won, lost);
    }

    /// <summary>At Stripe behind our back, and in our books by somebody who may do anything to the database.</summary>
    /// <returns>What has to be found.</returns>
    private async Task<IReadOnlyList<(string Leg, string Kind, string Subject)>> GivenFaults(
        CollectionRig rig, string won, string lost)
    {
        var behind = await TakeBack(0, 300);
        var unheard = await Dispute(rig, 1);
        var refund = (await world.Scalar<string>("select refund_id from payout.entry_refund"))!;
        var (ours, dashboard) = (await ReversalOf(2), await ReversalOf(3));
        var charge =
            (await world.Scalar<string>(
                $"select charge_id from payout.entry_payment where contest_id = '{Contest}' and entry_id = 'e3'"))!;
        var transfer = await Transfer(0);
        await world.Database.Run(
            tx =>
                tx.Post([new LedgerLine("rec-again", LedgerAccounts.Refunds, LedgerAccounts.StripeBalance, "usd", 1_000,
                    "entry-refund", refund, Contest, 0)]), ct);
        await Tamper($"delete from payout.ledger_transfer where code = 'payout-reversed' and reference = '{dashboard}'");
        await Tamper(
            $"update payout.ledger_transfer set amount_minor = amount_minor + 1 where code = 'entry-fee' and reference = "
                + $"'{charge}'");
        await Tamper($"update payout.transfer_reversal set amount_minor = amount_minor - 1 where reversal_id = '{ours}'");
        await Tamper($"update payout.dispute set opened_at = opened_at + interval '25 hours' where dispute_id = '{won}'");
        await Tamper($"update payout.dispute set amount_minor = amount_minor + 1 where dispute_id = '{lost}'");
        await Tamper($"delete from payout.stripe_event where type = 'charge.dispute.created' and object_id = '{lost}'");
        await Tamper(
            $"update payout.stripe_event set amount_minor = amount_minor + 1 where type = 'refund.created' and object_id = "
                + $"'{refund}'");
        await Tamper($"update payout.attempt set destination = 'acct_thief' where transfer_id = '{transfer}'");
        await Tamper("""
            insert into payout.dispute (dispute_id, amount_minor, currency, phase, applied, stale, hinted_at, opened_at)
            values ('du_invented', 5, 'usd', 'open', 'open', false, now(), now())
            """);
        return
        [
            ("balance", "unknown-here", behind), ("objects", "unknown-here", behind),
            ("balance", "unknown-here", unheard), ("balance", "unknown-here", unheard), ("objects", "unknown-here", unheard),
            ("events", "missing", unheard), ("balance", "duplicate", refund), ("events", "amount", refund),
            ("balance", "missing", dashboard), ("balance", "amount", charge), ("objects", "amount", ours),
            ("objects", "late", won), ("objects", "amount", lost), ("events", "missing", lost),
            ("objects", "destination", transfer), ("objects", "unknown-at-stripe", "du_invented"),
        ];
    }

    /// <summary>All events, and everything that follows from them.</summary>
    private async Task Settle(CollectionRig rig)
    {
        var calls = world.Calls(null, new ReversalCall<ReversalToMake>());
        for (var round = 0; round < 3; round++)
        {
            await world.TakeEvents();
            await rig.Run();
            await world.DisputeReader().ReadStale(ct);
            await world.TransferReader().ReadStale(ct);
            await calls.RunOnce(ct);
        }
    }

    private async Task<string> Dispute(CollectionRig rig, int n) => await world.Dispute(await rig.Intent(Contest, n));

    /// <summary>A person at Stripe's dashboard.</summary>
    private async Task<string> TakeBack(
        int n, long amountMinor) => (await new TransferReversalService(world.Stripe()).CreateAsync(
        await Transfer(n), new TransferReversalCreateOptions { Amount = amountMinor }, cancellationToken: ct)).Id;

    private async Task<string> Transfer(int n) => (await world.Scalar<string>(
        $"select transfer_id from payout.payout where player_id = '{Contest}-p{n}' and transfer_id is not null"))!;

    private async Task<string> ReversalOf(int n) => (await world.Scalar<string>(
        $"select reversal_id from payout.transfer_reversal where transfer_id = '{await Transfer(n)}'"))!;

    private Task<string?> States() => world.Scalar<string>(
        $"select string_agg(state, ' ' order by player_id, reduction_no desc) from payout.payout where contest_id = '{Contest}'");

    /// <summary>Past every trigger.</summary>
    private async Task Tamper(string sql) => Assert.Equal(1, await world.Scalar<int>(
        $"set session_replication_role = replica; with changed as ({sql} returning 1) select count(*)::int from changed"));
}
