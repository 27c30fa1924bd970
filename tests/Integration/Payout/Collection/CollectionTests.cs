using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>Entry fees from the command to Stripe and back: one entry, one charge, and every cent accounted for.</summary>
public sealed class CollectionTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fifty_entries_paid_declined_late_withdrawn_and_too_many_leave_every_cent_accounted_for()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("col-50", maxEntries: 40);
        await rig.Enter("col-50", 50);
        await rig.Scoring.Command([.. Enumerable.Range(0, 50).Select(n => CollectionRig.Entry("col-50", n))]);
        await rig.Run();
        Assert.Equal(50,
            await world.Scalar<long>(
                "select count(*) from payout.stripe_call where kind = 'entry-payment' and subject like 'col-50/%'"));
        Assert.Equal(0, await rig.Accepted("col-50"));

        for (var n = 0; n < 35; n++) Assert.True(await rig.Pay("col-50", n));
        Assert.False(await rig.Pay("col-50", 35, "pm_card_chargeDeclined"));
        Assert.False(await rig.Pay("col-50", 36, "pm_card_chargeDeclined"));
        await rig.Run();
        Assert.Equal("declined", await rig.State("col-50", 35));
        Assert.True(await rig.Pay("col-50", 36));
        await rig.Run();
        Assert.Equal(36, await rig.Accepted("col-50"));

        await rig.Scoring.Command(
            new WithdrawEntryV1("w-0", "col-50", "e0", "col-50-p0"), new WithdrawEntryV1("w-45", "col-50", "e45", "col-50-p45"));
        for (var n = 37; n < 44; n++) Assert.True(await rig.Pay("col-50", n));
        await rig.Run();
        Assert.Equal(40, await rig.Accepted("col-50"));

        await rig.LockContest("col-50");
        Assert.True(await rig.Pay("col-50", 44));
        await rig.Run();

        Assert.Equal(40, await rig.Accepted("col-50"));
        Assert.Equal(40, await rig.Count("col-50", "paid"));
        Assert.Equal(1 + 2 + 1, await rig.Count("col-50", "refunded"));
        Assert.Equal(1 + 5, await rig.Count("col-50", "cancelled"));
        Assert.Equal(40 * CollectionRig.FeeMinor, await EntryFees("col-50"));
        Assert.Equal("canceled", await StripeStatus("col-50", 45));
        await EveryRefundHappenedOnce("col-50", 4);
        await rig.EveryCentIsAccountedFor();
    }

    [Theory]
    [InlineData("timeout-before")]
    [InlineData("timeout-after")]
    [InlineData("500-committed")]
    [InlineData("500-rolled-back")]
    [InlineData("409")]
    [InlineData("429")]
    [InlineData("lock-timeout")]
    public async Task Whatever_Stripe_does_once_there_is_one_intent_and_one_refund(string fault)
    {
        var contestId = $"col-{fault}";
        var rig = new CollectionRig(world, scope);
        await rig.Publish(contestId);
        await world.Admin("faults", new { endpoint = "payment_intents.create", kind = fault, count = 1 });
        await rig.Scoring.Command(CollectionRig.Entry(contestId, 0));
        await rig.RunToRest();
        Assert.True(await rig.Pay(contestId, 0));
        await rig.Run();
        Assert.Equal(1, await rig.Accepted(contestId));

        await world.Admin("faults", new { endpoint = "refunds.create", kind = fault, count = 1 });
        await rig.Scoring.Command(new CancelContestV1($"cancel-{contestId}", contestId, "weather", "tests"));
        await rig.RunToRest();

        Assert.Equal("refunded", await rig.State(contestId, 0));
        await EveryRefundHappenedOnce(contestId, 1);
        Assert.Equal(0, await EntryFees(contestId));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task An_event_that_never_comes_is_made_up_for_by_reading_and_twenty_events_change_nothing()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("col-silent");
        await rig.Enter("col-silent", 1);
        var intentId = await rig.Intent("col-silent", 0);
        await rig.Pay("col-silent", 0);
        var later = world.Clock.GetUtcNow().AddMinutes(9);
        await world.Scalar<int>(
            $"update payout.entry_payment set read_due_at = '{later:O}' where contest_id = 'col-silent' returning 1");
        await rig.Run();
        Assert.Equal(0, await rig.Accepted("col-silent"));

        world.Clock.Forward(PaymentTransitions.ReadEvery);
        await rig.Run();
        Assert.Equal(1, await rig.Accepted("col-silent"));
        await rig.Hint(intentId, 20);
        await rig.Run();

        Assert.Equal(["requires_payment", "paid"], await Changes("col-silent"));
        Assert.Equal(CollectionRig.FeeMinor, await EntryFees("col-silent"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task An_intent_that_was_paid_while_it_was_being_cancelled_is_refunded()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("col-race");
        await rig.Enter("col-race", 2);
        Assert.True(await rig.Pay("col-race", 0));
        await rig.LockContest("col-race");

        await rig.Run();

        Assert.Equal(0, await rig.Accepted("col-race"));
        Assert.Equal("refunded", await rig.State("col-race", 0));
        Assert.Equal("cancelled", await rig.State("col-race", 1));
        Assert.Contains(await world.Sent<NotificationV1>(),
            n => n.Kind == NotificationKinds.EntryRefunded && n.Subject == "e0" && n.ContestId == "col-race");
        await EveryRefundHappenedOnce("col-race", 1);
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task Too_few_paid_entries_cancel_a_contest_without_a_guarantee_and_every_fee_goes_back_once()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("col-few", minEntries: 10);
        await rig.Enter("col-few", 12);
        for (var n = 0; n < 9; n++) await rig.Pay("col-few", n);
        await rig.Run();

        await rig.LockContest("col-few");
        await rig.Run();

        Assert.Equal(ContestStates.Cancelled, await rig.Scoring.State("col-few"));
        Assert.Equal(9, await rig.Count("col-few", "refunded"));
        Assert.Equal(3, await rig.Count("col-few", "cancelled"));
        Assert.Equal(0, await EntryFees("col-few"));
        await EveryRefundHappenedOnce("col-few", 9);
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task A_refund_that_fails_at_the_bank_is_taken_back_in_the_books_and_alerted()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("col-bank");
        await rig.Enter("col-bank", 1);
        await rig.Pay("col-bank", 0, "pm_card_refundFail");
        await rig.Run();
        await rig.Scoring.Command(new CancelContestV1("cancel-col-bank", "col-bank", "weather", "tests"));
        await rig.Run();
        await rig.Hint(await rig.Intent("col-bank", 0));

        await rig.Run();

        Assert.Equal("paid", await rig.State("col-bank", 0));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.Kind == "entry-refund-failed" && a.Subject == "e0");
        Assert.Equal(CollectionRig.FeeMinor, await EntryFees("col-bank"));
        await rig.EveryCentIsAccountedFor();
    }

    [Fact]
    public async Task Fees_that_do_not_sum_to_what_was_settled_hold_the_contest_until_they_do()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("col-held");
        await rig.Enter("col-held", 3);
        for (var n = 0; n < 3; n++) await rig.Pay("col-held", n);
        await rig.Run();
        await world.Scalar<int>(
            "update payout.entry_payment set entry_state = 'awaiting' where contest_id = 'col-held' and entry_id = 'e2' "
                + "returning 1");
        var builder = ContestBuilder.Of("col-held", "col-held-p0").OfEntered();
        var settled = builder.Settled with { EntryFeesMinor = 3 * CollectionRig.FeeMinor,
            OverlayMinor = builder.Settled.PoolMinor - 3 * CollectionRig.FeeMinor };
        await world.GivenPublished(settled);
        await world.GivenResult(builder.Chunks, settled);
        Assert.Equal("receiving", await State());

        await rig.Hear(new ContestFinalizedV1("col-held", 1, "definition", 2, "hash", [], 0, DateTimeOffset.UnixEpoch));
        Assert.Equal("held", await State());
        Assert.Contains(
            await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "awards-differ" && a.Cause == "entry fees: received 5000, settled 7500");

        // Its message was given up, and is replayed.
        await rig.Hear((await rig.Scoring.Sent<EntryAcceptedV1>("col-held")).Single(e => e.EntryId == "e2"));
        Assert.Equal("posting", await State());

        Task<string?> State() => world.Scalar<string>("select state from payout.contest where contest_id = 'col-held'");
    }

    [Fact]
    public async Task The_secret_of_a_payment_is_nowhere_but_in_its_row_and_gone_once_it_is_paid()
    {
        var rig = new CollectionRig(world, scope);
        await rig.Publish("col-secret");
        await rig.Enter("col-secret", 1);
        var secret = await world.Scalar<string>("select client_secret from payout.entry_payment where contest_id = 'col-secret'");
        Assert.NotNull(secret);
        Assert.Equal("/v1/entries/col-secret/e0/payment",
            (await world.Sent<EntryPaymentChangedV1>()).Last(p => p.ContestId == "col-secret").ClientSecretReference);

        await rig.Pay("col-secret", 0);
        await rig.Run();

        Assert.Equal(0,
            await world.Scalar<long>(
                $"select count(*) from payout.outbox where position(convert_to('{secret}', 'utf8') in body) > 0"));
        Assert.Equal(0, await world.Scalar<long>($"select count(*) from payout.stripe_call c where c::text like '%{secret}%'"));
        Assert.Null(await world.Scalar<string>("select client_secret from payout.entry_payment where contest_id = 'col-secret'"));
    }

    [Fact]
    public async Task A_contest_whose_fees_Stripe_turns_into_another_currency_is_told_of_with_the_first_of_them()
    {
        var rig = new CollectionRig(world, scope);
        await rig.EnterPaid("col-converted", 2);
        foreach (var entryId in (string[])["e0", "e1"])
        {
            await world.Scalar<int>(
                $"update payout.entry_payment set stripe_fee_minor = null where contest_id = 'col-converted' and entry_id = '{entryId}' returning 1");
            await world.Database.Run(async tx =>
            {
                var payment = (await tx.LockPayment("col-converted", entryId))!;
                await tx.ApplyReading(payment, new PaymentFacts(
                    payment.IntentId!, "succeeded", 2_500, 2_500, "usd", "col-converted", entryId, payment.ChargeId, null, null,
                    "txn_in_chf", 61, "chf"));
            }, default);
        }

        Assert.Contains("turns them into chf",
            Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "contest-currency").Cause, StringComparison.Ordinal);
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.ledger_transfer where reference = 'txn_in_chf'"));
    }

    private async Task EveryRefundHappenedOnce(string contestId, int count)
    {
        Assert.Equal(count,
            await world.Scalar<long>(
                $"select count(*) from payout.entry_refund where contest_id = '{contestId}' and state = 'done'"));
        Assert.Equal(count,
            await world.Scalar<long>(
                $"select count(*) from payout.ledger_transfer where contest_id = '{contestId}' and code = 'entry-refund'"));
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select count(*) from payout.stripe_call where subject like '{contestId}/%' and state in ('open', 'held')"));
    }

    private Task<long> EntryFees(string contestId) => world.Scalar<long>(
        $"""
        select coalesce(sum(case when credit_account = 'entry_fees' then amount_minor else -amount_minor end), 0)::bigint
        from payout.ledger_transfer
        where 'entry_fees' in (debit_account, credit_account) and contest_id = '{contestId}'
        """);

    private Task<string?> StripeStatus(string contestId, int n) =>
        world.Scalar<string>(
            $"select stripe_status from payout.entry_payment where contest_id = '{contestId}' and entry_id = 'e{n}'");

    private async Task<string[]> Changes(string contestId) =>
        [.. (await world.Sent<EntryPaymentChangedV1>()).Where(p => p.ContestId == contestId).Select(p => p.State)];
}
