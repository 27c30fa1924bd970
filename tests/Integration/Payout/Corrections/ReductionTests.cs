using ContestPipeline.Contracts;
using ContestPipeline.Integration.Payout.Reconcile;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Corrections;

/// <summary>What a correction takes back: from payouts that wait, from accounts that were paid, and what is the house's loss;
/// once, and the books agree.</summary>
public sealed class ReductionTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unpaid_payout_shrinks_and_what_is_left_is_paid()
    {
        var account = await world.GivenAccount("waits", ready: false);
        await world.GivenSettled(ContestBuilder.Of("c-waits", 10, ("waits", [10_000])));
        await Reduce("c-waits", 2, ("waits", "c-waits-waits-0", 4_000, 120));
        await Settle();
        await world.MakeReady(account);
        await world.AccountUpdated(account, "waits");
        await world.RunToRest(world.Runner());
        await Settle();

        Assert.Equal("9700 rejected, 5820 paid", await Payouts("c-waits"));
        Assert.Equal("voided 3880", await Parts("c-waits"));
        Assert.Equal((3_880L, 120L), (await Posted("c-waits", "prize-reduced"), await Posted("c-waits", "fee-reduced")));
        Assert.Equal(0, await Balance("player_payable:waits"));
        Assert.Contains(await world.Sent<NotificationV1>(),
            n => n.Kind == NotificationKinds.PrizeCorrected && n.PlayerId == "waits" && n.AmountMinor == 3_880);
        await BooksAgree();
    }

    [Fact]
    public async Task What_is_known_to_be_too_much_before_a_payout_begins_never_leaves()
    {
        await world.GivenReady("known", "known-none", "known-not");
        var built = ContestBuilder.Of("c-known", 1, ("known", [10_000, 5_000]), ("known-none", [5_000]), ("known-not", [4_000]));
        await world.GivenFinal(built.Settled);
        foreach (var chunk in built.Chunks) await world.Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await world.Handle(new ContestSettledHandler(OverlayLimit.Default), built.Settled);
        await Reduce("c-known", 2, ("known", "c-known-known-0", 4_000, 120), ("known-none", "c-known-known-none-0", 5_000, 150));
        await Reduce("c-known", 3, ("known", "c-known-known-1", 1_000, 30));

        await world.PostAwards();
        await world.RunToRest(world.Runner());

        Assert.Equal("14550 rejected, 10670 rejected, 9700 paid, 4850 rejected, 3880 paid", await world.Scalar<string>(
            "select string_agg(amount_minor || ' ' || state, ', ' order by player_id, reduction_no) from payout.payout where "
                + "contest_id = 'c-known'"));
        Assert.Equal((2, 9_700 + 3_880), (await world.TransferCount("c-known"), await world.PaidMinor("c-known")));
        Assert.Equal("voided 3880, voided 4850, voided 970", await world.Scalar<string>(
            "select string_agg(outcome || ' ' || taken_minor, ', ' order by revision, entry_id) from payout.reduction_part "
                + "where contest_id = 'c-known'"));
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-known");
        await Settle();
        Assert.Equal((9_700L, 0L), (await Posted("c-known", "prize-reduced"), await Balance("player_payable:known")));
        await BooksAgree();
    }

    [Theory]
    [InlineData("whole", 0, "9700 reversed partial: 3880 of 9700", "reversed 3880", 3_880L, 0L)]
    [InlineData("short", -9_000, "9700 reversed partial: 700 of 9700", "reversed 700", 700L, 3_180L)]
    [InlineData("spent", -9_700, "9700 paid", "lost 0", 0L, 3_880L)]
    public async Task A_paid_prize_is_reversed_as_far_as_the_account_holds_it_and_the_rest_is_a_booked_loss(
        string player, long spentMinor, string payouts, string parts, long backMinor, long lossMinor)
    {
        var contest = $"c-{player}";
        var account = await world.GivenAccount(player);
        await world.GivenSettled(ContestBuilder.Of(contest, 10, (player, [10_000])));
        await world.RunToRest(world.Runner());
        await world.Admin($"accounts/{account}/balance", new { delta_minor = spentMinor });

        await Reduce(contest, 2, (player, $"{contest}-{player}-0", 4_000, 120));
        await Settle();
        await Reduce(contest, 2, (player, $"{contest}-{player}-0", 4_000, 120));
        await Settle();

        Assert.Equal((payouts, parts), (await Payouts(contest), await Parts(contest)));
        Assert.Equal((backMinor, lossMinor, 120L),
            (await Posted(contest, "prize-reduced"), await Posted(contest, "correction-loss"),
                await Posted(contest, "fee-reduced")));
        Assert.Equal(lossMinor > 0 ? 1 : 0,
            (await world.Sent<AlertRaisedV1>()).Count(a => a.Kind == "correction-short"
                && a.DedupKey.Contains($"/{contest}/", StringComparison.Ordinal)));
        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.Kind == "transfer-reversed");
        Assert.Equal(0, await Balance($"player_payable:{player}"));
        await BooksAgree();
    }

    [Theory]
    [InlineData("emptied-a", -9_000, "9700 reversed partial: 700 of 9700", "reversed 700", 700L, 3_180L)]
    [InlineData("emptied-b", -9_700, "9700 paid", "lost 0", 0L, 3_880L)]
    public async Task An_account_that_is_emptied_after_it_was_read_gives_back_what_it_still_holds_and_the_rest_is_a_booked_loss(
        string player, long spentMinor, string payouts, string parts, long backMinor, long lossMinor)
    {
        var contest = $"c-{player}";
        var account = await world.GivenAccount(player);
        await world.GivenSettled(ContestBuilder.Of(contest, 10, (player, [10_000])));
        await world.RunToRest(world.Runner());
        await Reduce(contest, 2, (player, $"{contest}-{player}-0", 4_000, 120));
        await Effects().ReadStale(ct);
        await world.Admin($"accounts/{account}/balance", new { delta_minor = spentMinor });
        await Settle();

        Assert.Equal((payouts, parts), (await Payouts(contest), await Parts(contest)));
        Assert.Equal((backMinor, lossMinor), (await Posted(contest, "prize-reduced"), await Posted(contest, "correction-loss")));
        var told = Assert.Single(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "correction-short" && a.DedupKey.Contains($"/{contest}/", StringComparison.Ordinal));
        Assert.Contains($"of 3880 the player's account at Stripe now holds {backMinor}", told.Cause, StringComparison.Ordinal);
        Assert.Equal(0, await Balance($"player_payable:{player}"));
        await BooksAgree();
    }

    [Fact]
    public async Task An_account_that_is_emptied_again_and_again_ends_as_a_loss_after_a_few_tries()
    {
        var account = await world.GivenAccount("drained");
        await world.GivenSettled(ContestBuilder.Of("c-drained", 10, ("drained", [10_000])));
        await world.RunToRest(world.Runner());
        await Reduce("c-drained", 2, ("drained", "c-drained-drained-0", 10_000, 300));
        var calls = world.Calls(null, new ReversalCall<CorrectionToTakeBack>());
        for (var round = 0; round < DecideAgain.TriesMax + 2; round++)
        {
            await Effects().ReadStale(ct);
            await new ReversalsAgain(world.Database, world.Gateway().Stripe).ReadStale(ct);
            if (round < DecideAgain.TriesMax) await world.Admin($"accounts/{account}/balance", new { delta_minor = -1_000 });
            await calls.RunOnce(ct);
        }

        Assert.Equal("9700 paid", await Payouts("c-drained"));
        Assert.Equal("lost 0", await Parts("c-drained"));
        Assert.Equal(9_700, await Posted("c-drained", "correction-loss"));
        Assert.Equal(DecideAgain.TriesMax,
            await world.Scalar<long>(
                "select count(*) from payout.stripe_call where key like 'correction/c-drained/%' and state = 'refused'"));
        await BooksAgree();
    }

    [Fact]
    public async Task Of_a_reduced_prize_only_the_fee_on_what_was_kept_counts_as_winnings_in_the_year()
    {
        await world.GivenAccount("taxed");
        await world.GivenSettled(ContestBuilder.Of("c-taxed", 10, ("taxed", [10_000, 5_000])));
        await world.RunToRest(world.Runner());
        Assert.Equal((14_550L, 450L), await Year("taxed"));

        await Reduce("c-taxed", 2, ("taxed", "c-taxed-taxed-0", 4_000, 120));
        await Settle();

        Assert.Equal((10_670L, 330L), await Year("taxed"));
        await BooksAgree();
    }

    [Fact]
    public async Task A_worker_that_dies_after_Stripe_s_answer_books_the_reversal_once_from_the_event_or_the_repeated_call()
    {
        await world.GivenAccount("dies");
        await world.GivenSettled(ContestBuilder.Of("c-dies", 10, ("dies", [10_000])));
        await world.RunToRest(world.Runner());
        await Reduce("c-dies", 2, ("dies", "c-dies-dies-0", 10_000, 300));
        await Effects().ReadStale(ct);
        using var death = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => world.Calls(new DyingWire(afterTheAnswer: true, death), new ReversalCall<CorrectionToTakeBack>())
                .RunOnce(death.Token));

        foreach (var stripeEvent in await world.StripeEvents("transfer.reversed")) await world.Take(stripeEvent);
        await world.TransferReader().ReadStale(ct);
        Assert.Equal("9700 reversed full", await Payouts("c-dies"));
        world.Clock.Forward(PayoutWorld.Lease + TimeSpan.FromMinutes(1));
        await Settle();

        Assert.Equal("reversed 9700", await Parts("c-dies"));
        Assert.Equal(9_700, await Posted("c-dies", "prize-reduced"));
        Assert.Equal(1,
            await world.Scalar<long>(
                "select count(*) from payout.transfer_reversal r join payout.payout p using (payout_id) where p.contest_id = "
                    + "'c-dies'"));
        await BooksAgree();
    }

    [Fact]
    public async Task A_third_revision_takes_from_the_newest_award_first_and_then_from_the_one_before()
    {
        await world.GivenAccount("thrice");
        await world.GivenSettled(ContestBuilder.Of("c-thrice", 10, ("thrice", [10_000])));
        await world.GivenSettled(ContestBuilder.Further("c-thrice", 2, ("thrice", [2_000])));
        await world.RunToRest(world.Runner());

        await Reduce("c-thrice", 3, ("thrice", "c-thrice-thrice-0", 5_000, 150));
        for (var round = 0; round < 3; round++) await Settle();

        Assert.Equal("9700 reversed partial: 2910 of 9700, 1940 reversed full", await Payouts("c-thrice"));
        Assert.Equal("reversed 2910, reversed 1940", await Parts("c-thrice"));
        Assert.Equal(150, await Posted("c-thrice", "fee-reduced"));
        await BooksAgree();
    }

    [Fact]
    public async Task What_an_entry_never_won_cannot_be_taken_from_it()
    {
        await world.GivenAccount("forged");
        await world.GivenSettled(ContestBuilder.Of("c-forged", 10, ("forged", [10_000])));

        await Assert.ThrowsAsync<InvariantException>(() => Reduce("c-forged", 2, ("somebody", "c-forged-forged-0", 4_000, 120)));
        await Assert.ThrowsAsync<InvariantException>(() => Reduce("c-forged", 2, ("forged", "c-forged-forged-1", 4_000, 120)));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => world.Scalar<int>(
            """
            insert into payout.reduction values ('c-forged', 2, 0, 'forged', 'c-forged-forged-0', 1, 100, 9701, 0, 9701);
            insert into payout.reduction_part (contest_id, revision, entry_id, award_revision, player_id, currency, net_minor,
                due_at)
            values ('c-forged', 2, 'c-forged-forged-0', 1, 'forged', 'usd', 9701, now())
            """));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.reduction where contest_id = 'c-forged'"));
    }

    private ReductionEffects Effects() => new(world.Database, world.Gateway().Stripe);

    private async Task Settle()
    {
        var calls = world.Calls(null, new ReversalCall<CorrectionToTakeBack>());
        for (var round = 0; round < 3; round++)
        {
            await Effects().ReadStale(ct);
            await calls.RunOnce(ct);
            await new ReversalsAgain(world.Database, world.Gateway().Stripe).ReadStale(ct);
        }
    }

    private async Task<(long PaidMinor, long FeesMinor)> Year(string player)
    {
        var year = Assert.Single(await world.Database.Run(tx => tx.PaidByYear(player), ct));
        return (year.PaidMinor, year.FeesMinor);
    }

    private async Task Reduce(
        string contestId, int revision, params (string PlayerId, string EntryId, long GrossMinor, long FeeMinor)[] prizes)
    {
        await world.Finalize(contestId, revision);
        await world.Handle(new ContestReductionsHandler(),
            new ContestReductionsV1(contestId, revision, 0, "usd", [.. prizes.Select(p => new PlayerAwardsV1(
            p.PlayerId, p.GrossMinor, p.FeeMinor, p.GrossMinor - p.FeeMinor,
            [new PrizeV1(p.EntryId, 2, 90, p.GrossMinor, p.FeeMinor, p.GrossMinor - p.FeeMinor)]))]));
    }

    private Task<string?> Payouts(string contestId) => world.Scalar<string>(
        $"select string_agg(concat_ws(' ', amount_minor, state, case when state = 'reversed' then reason end), ', ' order by "
            + $"revision, reduction_no) from payout.payout where contest_id = '{contestId}'");

    private Task<string?> Parts(string contestId) => world.Scalar<string>(
        $"select string_agg(outcome || ' ' || taken_minor, ', ' order by award_revision) from payout.reduction_part where "
            + $"contest_id = '{contestId}'");

    private Task<long> Posted(string contestId, string code) => world.Scalar<long>(
        $"select coalesce(sum(amount_minor), 0)::bigint from payout.ledger_transfer where contest_id = '{contestId}' and code "
            + $"= '{code}'")!;

    private Task<long> Balance(string account) =>
        world.Scalar<long>(
            $"select coalesce(sum(balance_minor), 0)::bigint from payout.ledger_account where account = '{account}'")!;

    private async Task BooksAgree()
    {
        await world.LedgerIsClean();
        Assert.DoesNotContain((await world.Reconcile()).Differences,
            d => d.Leg != "events" && d.Subject.StartsWith("tr", StringComparison.Ordinal));
    }
}
