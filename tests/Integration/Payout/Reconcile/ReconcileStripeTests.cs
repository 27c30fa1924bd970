using ContestPipeline.Payout.Ledger;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>
/// The real ledger compared with the simulated Stripe: nothing to find after an honest run, and everything that is done behind
/// our back.
/// </summary>
public sealed class ReconcileStripeTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task An_honest_run_has_no_difference_and_what_is_done_behind_our_back_is_found()
    {
        var thief = await world.GivenAccount("rec-thief");
        await world.GivenReady("rec-a", "rec-b", "rec-c");
        await world.GivenSettled(ContestBuilder.Of("c-rec", 2, ("rec-a", [5_000, 333]), ("rec-b", [101]), ("rec-c", [99_999])));
        await world.RunToRest(world.Runner());
        await world.TakeEvents();

        var honest = await world.Reconcile();
        Assert.True(honest.Clean, string.Join('\n', honest.Differences));
        Assert.Equal((1m, 1m), (honest.Clearing, honest.Completeness));
        Assert.Equal(3 * 3, honest.Matched);
        Assert.Equal((1, 100_000_000L), (honest.Outside, honest.OutsideMinor));

        var transfers = new TransferService(world.Stripe());
        var foreign = await transfers.CreateAsync(
            new TransferCreateOptions { Amount = 1, Currency = "usd", Destination = thief });
        var payoutId = (await world.Scalar<string>("select payout_id from payout.payout where player_id = 'rec-b'"))!;
        var second = await transfers.CreateAsync(new TransferCreateOptions
        {
            Amount = 98, Currency = "usd", Destination = thief, TransferGroup = payoutId,
            Metadata = new Dictionary<string, string> { ["payout_id"] = payoutId },
        });
        await world.TakeEvents();
        var eventOf =
            (await world.Scalar<string>(
                "select a.transfer_id from payout.attempt a join payout.payout p using (payout_id) where p.player_id = 'rec-a'"))!;
        await world.Scalar<int>($"delete from payout.stripe_event where object_id = '{eventOf}' returning 1");
        await world.Database.Run(
            tx =>
                tx.Post([new LedgerLine("rec-invented", LedgerAccounts.StripeBalance, LedgerAccounts.EntryFees, "usd", 7,
                    "entry-fee", "ch_invented", "c-rec", 0)]),
            CancellationToken.None);

        var found = (await world.Reconcile()).Differences.Select(d => (d.Leg, d.Kind, d.Subject)).Order();
        Assert.Equal(
            new[]
            {
                ("balance", "unknown-here", foreign.Id), ("balance", "missing", second.Id),
                ("balance", "unknown-at-stripe", "ch_invented"),
                ("events", "missing", eventOf), ("objects", "duplicate", second.Id), ("objects", "unknown-here", foreign.Id),
            }.Order(),
            found);
    }
}
