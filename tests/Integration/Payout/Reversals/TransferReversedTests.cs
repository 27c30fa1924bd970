using ContestPipeline.Contracts;
using ContestPipeline.Integration.Payout.Reconcile;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.StripeEvents;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reversals;

/// <summary>
/// Transfers that a person took back at Stripe: booked to the cent, once, however often and in whatever order it is told.
/// </summary>
public sealed class TransferReversedTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transfer_taken_back_in_parts_is_booked_part_by_part_and_each_part_alerts_once()
    {
        var transfer = await GivenPaid("rev-parts");
        await Reverse(transfer, 700);
        await Hear(transfer);
        await Hear(transfer);

        Assert.Equal("reversed partial: 700 of 9700", await Standing("rev-parts"));

        await Reverse(transfer, null);
        foreach (var stripeEvent in (await world.StripeEvents("transfer.reversed")).Reverse()) await world.Take(stripeEvent);
        await world.TransferReader().ReadStale(ct);
        await Hear(transfer);

        Assert.Equal("reversed full", await Standing("rev-parts"));
        Assert.Equal((9_700, 0), (await Balance("prize_unpaid:c-rev-parts"), await Balance("player_payable:rev-parts")));
        var alerts = (await world.Sent<AlertRaisedV1>())
            .Where(a => a.Kind == "transfer-reversed" && a.Cause.Contains(transfer, StringComparison.Ordinal))
            .Select(a => a.DedupKey).ToArray();
        Assert.Equal(2, alerts.Length);
        Assert.Equal(2, alerts.Distinct().Count());
        Assert.Equal(
            [("paid", null), ("reversed", "partial: 700 of 9700"), ("reversed", "full")],
            (await world.Sent<PayoutChangedV1>()).Where(p => p.ContestId == "c-rev-parts").Select(p => (p.State, p.Reason))
                .TakeLast(3));
        Assert.Equal(0, (await world.Database.Run(tx => tx.PaidByYear("rev-parts"), ct)).Sum(y => y.PaidMinor));
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-rev-parts");
        await BooksAgree(transfer);
    }

    [Fact]
    public async Task A_reversal_whose_event_never_came_is_found_by_the_sweep()
    {
        var transfer = await GivenPaid("rev-swept");
        await Reverse(transfer, null);

        using var sweep = new EventBackfill(world.Database, world.Gateway().Stripe, EventBackfillOptions.Default, world.Clock,
            NullLogger<EventBackfill>.Instance);
        await sweep.Everything(ct);
        await world.TransferReader().ReadStale(ct);
        await sweep.Everything(ct);
        await world.TransferReader().ReadStale(ct);

        Assert.Equal("reversed full", await Standing("rev-swept"));
        await BooksAgree(transfer);
    }

    [Fact]
    public async Task Our_own_reversal_is_one_fact_whether_its_answer_or_its_event_is_seen_first()
    {
        var dispute = await GivenLostDispute("rev-own", "c-rev-own");
        var transfer = await GivenPaid("rev-own");
        await world.Hint("charge.dispute.closed", dispute);
        var reader = world.DisputeReader();
        await reader.ReadStale(ct);

        using var death = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () =>
                world.Calls(new DyingWire(afterTheAnswer: true, death), new ReversalCall<ReversalToMake>()).RunOnce(death.Token));
        await Hear(transfer);
        Assert.Equal("reversed full", await Standing("rev-own"));

        world.Clock.Forward(PayoutWorld.Lease + TimeSpan.FromMinutes(1));
        await world.Calls(null, new ReversalCall<ReversalToMake>()).RunOnce(ct);
        await reader.ReadStale(ct);
        await Hear(transfer);

        Assert.Equal(
            "done", await world.Scalar<string>($"select state from payout.payout_reversal where dispute_id = '{dispute}'"));
        Assert.Equal(dispute,
            await world.Scalar<string>($"select dispute_id from payout.transfer_reversal where transfer_id = '{transfer}'"));
        Assert.Equal(8_700, await Balance("prize_unpaid:c-rev-own"));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "transfer-reversed" && a.Cause.Contains(transfer, StringComparison.Ordinal));
        await BooksAgree(transfer);
    }

    [Fact]
    public async Task What_a_person_took_back_before_is_not_asked_back_again_for_a_lost_dispute()
    {
        var dispute = await GivenLostDispute("rev-both", "c-rev-both");
        var transfer = await GivenPaid("rev-both");
        await Reverse(transfer, 9_000);
        await Hear(transfer);
        await world.Hint("charge.dispute.closed", dispute);
        var calls = world.Calls(null, new ReversalCall<ReversalToMake>());
        for (var round = 0; round < 3; round++)
        {
            await world.DisputeReader().ReadStale(ct);
            await calls.RunOnce(ct);
        }

        Assert.Equal("reversed full", await Standing("rev-both"));
        Assert.Equal("9000,700", await world.Scalar<string>(
            $"select string_agg(amount_minor::text, ',' order by booked_at) from payout.transfer_reversal where transfer_id = "
                + $"'{transfer}'"));
        await BooksAgree(transfer);
    }

    [Fact]
    public async Task A_reversal_of_a_transfer_that_paid_nothing_here_is_told_and_not_booked()
    {
        var account = await world.GivenAccount("rev-foreign");
        var foreign = await new TransferService(world.Stripe()).CreateAsync(
            new TransferCreateOptions { Amount = 50, Currency = "usd", Destination = account }, cancellationToken: ct);
        await Reverse(foreign.Id, null);
        var lines = await world.Scalar<long>("select count(*) from payout.ledger_transfer");

        await Hear(foreign.Id);
        await Hear(foreign.Id);

        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "foreign-reversal");
        Assert.Equal(lines, await world.Scalar<long>("select count(*) from payout.ledger_transfer"));
    }

    [Fact]
    public async Task The_database_refuses_more_reversals_than_were_paid_and_those_of_another_transfer()
    {
        var transfer = await GivenPaid("rev-forged");
        var payoutId = (await world.Scalar<string>($"select payout_id from payout.attempt where transfer_id = '{transfer}'"))!;
        foreach (var (of, amountMinor) in (IReadOnlyList<(string, long)>)[(transfer, 9_701), ("tr_other", 1)])
        {
            var forged = new ReversalFacts("trr_forged", of, amountMinor, "usd", null, world.Clock.GetUtcNow());
            var refused =
                await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
                    world.Database.Run(tx => tx.InsertReversal(forged, payoutId, null), ct));
            Assert.Contains("is not of what payout", refused.MessageText, StringComparison.Ordinal);
        }
    }

    /// <returns>The transfer that paid the player's prize.</returns>
    private async Task<string> GivenPaid(string player)
    {
        await world.GivenReady(player);
        await world.GivenSettled(ContestBuilder.Of($"c-{player}", player));
        await world.RunToRest(world.Runner());
        return (await world.Scalar<string>($"select transfer_id from payout.payout where contest_id = 'c-{player}'"))!;
    }

    private async Task<string> GivenLostDispute(string player, string contest)
    {
        var dispute = await world.GivenDispute(player, contest);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        return dispute;
    }

    /// <summary>A person at Stripe's dashboard; all of it when no amount is given.</summary>
    private Task Reverse(string transfer, long? amountMinor) =>
        new TransferReversalService(world.Stripe())
            .CreateAsync(transfer, new TransferReversalCreateOptions { Amount = amountMinor }, cancellationToken: ct);

    private async Task Hear(string transfer)
    {
        await world.Hint("transfer.reversed", transfer);
        await world.TransferReader().ReadStale(ct);
    }

    private Task<string?> Standing(string player) =>
        world.Scalar<string>($"select state || ' ' || coalesce(reason, '') from payout.payout where contest_id = 'c-{player}'");

    private Task<long> Balance(string account) =>
        world.Scalar<long>($"select balance_minor from payout.ledger_account where account = '{account}'");

    /// <summary>The ledger is whole, and reconciliation finds each reversal of the transfer on both sides.</summary>
    private async Task BooksAgree(string transfer)
    {
        await world.LedgerIsClean();
        var reversals = await new TransferReversalService(world.Stripe()).ListAsync(transfer, cancellationToken: ct);
        Assert.NotEmpty(reversals.Data);
        var different = (await world.Reconcile()).Differences.Select(d => d.Subject);
        Assert.Empty(reversals.Data.Select(r => r.Id).Intersect(different));
    }
}
