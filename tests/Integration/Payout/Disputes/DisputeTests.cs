using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Reports;
using Stripe;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>Disputes from the bank's letter to the last cent: frozen, released, forfeited, taken back; the ledger's Stripe
/// balance is Stripe's.</summary>
public sealed class DisputeTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const long FeeMinor = PayoutStripe.DisputedMinor;
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_open_dispute_freezes_every_unpaid_payout_of_the_player_and_a_won_one_lets_them_go()
    {
        await world.GivenReady("won", "won-other");
        var dispute = await world.GivenDispute("won", "c-won-1");
        await world.GivenSettled(
            ContestBuilder.Of("c-won-1", "won"), ContestBuilder.Of("c-won-2", "won"), ContestBuilder.Of("c-won-3", "won-other"));
        await Hear("created", dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal(
            ("held", "held", "paid"), (await world.State("c-won-1"), await world.State("c-won-2"), await world.State("c-won-3")));

        await world.GivenSettled(ContestBuilder.Of("c-won-4", "won"));
        await world.RunToRest(world.Runner());
        Assert.Equal("held", await world.State("c-won-4"));

        await world.Admin($"disputes/{dispute}/close", new { outcome = "won" });
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        foreach (var contest in (string[])["c-won-1", "c-won-2", "c-won-4"]) await world.IsPaidOnce(contest);
        Assert.Equal(0, await DisputeBalance(LedgerAccounts.DisputeHolds, dispute));
        Assert.Equal(0, await DisputeBalance(LedgerAccounts.DisputeLosses, dispute));
        Assert.Equal(
            [NotificationKinds.DisputeOpened, NotificationKinds.DisputeClosed],
            (await world.Sent<NotificationV1>()).Where(n => n.Subject == dispute).Select(n => n.Kind));
        await BooksAgree();
    }

    [Fact]
    public async Task A_lost_dispute_voids_the_unpaid_prize_of_its_contest_and_no_other()
    {
        await world.GivenReady("void");
        var dispute = await world.GivenDispute("void", "c-void-1");
        await world.GivenSettled(ContestBuilder.Of("c-void-1", "void"), ContestBuilder.Of("c-void-2", "void"));
        await Hear("created", dispute);
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal("rejected", await world.State("c-void-1"));
        await world.IsPaidOnce("c-void-2");
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-void-1" && p.OtherCount == 1);
        Assert.Equal(0, await DisputeBalance(LedgerAccounts.DisputeHolds, dispute));
        Assert.Equal(9_700 - FeeMinor, await world.Scalar<long>(
            $"select balance_minor from payout.ledger_account where account = '{LedgerAccounts.PrizeUnpaid("c-void-1")}'"));
        Assert.Equal(
            0, await world.Scalar<long>("select balance_minor from payout.ledger_account where account = 'player_payable:void'"));
        await BooksAgree();
    }

    [Theory]
    [InlineData("full", 0, "full", 9_700L)]
    [InlineData("part", -9_000, "partial: 700 of 9700", 700L)]
    [InlineData("none", -9_700, null, 0L)]
    public async Task A_lost_dispute_takes_a_paid_prize_back_as_far_as_the_account_holds_it(
        string name, long spentMinor, string? reversed, long backMinor)
    {
        var (player, contest) = ($"back-{name}", $"c-back-{name}");
        var account = await world.GivenAccount(player);
        var dispute = await world.GivenDispute(player, contest);
        await world.GivenSettled(ContestBuilder.Of(contest, player));
        await world.RunToRest(world.Runner());
        await world.Admin($"accounts/{account}/balance", new { delta_minor = spentMinor });
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Hear("closed", dispute);
        await Hear("created", dispute);

        Assert.Equal(reversed is null ? "paid" : "reversed", await world.State(contest));
        Assert.Equal(reversed, await world.Scalar<string>($"select reason from payout.payout where contest_id = '{contest}'"));
        foreach (var code in (string[])["payout-reversed", "prize-forfeited"])
            Assert.Equal(backMinor, await world.Scalar<long>(
                $"select coalesce(sum(amount_minor), 0)::bigint from payout.ledger_transfer where contest_id = '{contest}' and "
                    + $"code = '{code}'"));
        Assert.Equal(reversed == "full" ? 0 : 1,
            (await world.Sent<AlertRaisedV1>()).Count(a =>
                a.DedupKey.StartsWith($"reversal-short/{dispute}/", StringComparison.Ordinal)));
        await BooksAgree();
    }

    [Theory]
    [InlineData("shrunk", -9_000, "reversed", 700L)]
    [InlineData("gone", -9_700, "paid", 0L)]
    public async Task An_account_that_is_emptied_after_it_was_read_gives_back_what_it_still_holds(
        string name, long spentMinor, string state, long backMinor)
    {
        var (player, contest) = ($"race-{name}", $"c-race-{name}");
        var account = await world.GivenAccount(player);
        var dispute = await world.GivenDispute(player, contest);
        await world.GivenSettled(ContestBuilder.Of(contest, player));
        await world.RunToRest(world.Runner());
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await world.Hint("charge.dispute.closed", dispute);
        await world.DisputeReader().ReadStale(ct);
        await world.Admin($"accounts/{account}/balance", new { delta_minor = spentMinor });
        await Hear("closed", dispute);

        Assert.Equal(state, await world.State(contest));
        Assert.Equal(backMinor, await world.Scalar<long>(
            $"select coalesce(sum(amount_minor), 0)::bigint from payout.ledger_transfer where contest_id = '{contest}' and "
                + $"code = 'prize-forfeited'"));
        var told = Assert.Single(await world.Sent<AlertRaisedV1>(),
            a => a.DedupKey.StartsWith($"reversal-short/{dispute}/", StringComparison.Ordinal));
        Assert.Contains($"now holds {backMinor}", told.Cause, StringComparison.Ordinal);
        await BooksAgree();
    }

    [Theory]
    [InlineData("unpaid", false)]
    [InlineData("paid", true)]
    public async Task A_lost_dispute_costs_the_prize_of_the_disputed_entry_and_leaves_the_player_s_other_prizes(
        string name, bool paidFirst)
    {
        var (player, contest) = ($"two-{name}", $"c-two-{name}");
        await world.GivenReady(player);
        var dispute = await world.GivenDispute(player, contest);
        await world.GivenSettled(ContestBuilder.Of(contest, 10, (player, [10_000, 20_000])));
        if (paidFirst) await world.RunToRest(world.Runner());
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Hear("created", dispute);
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal(
            paidFirst ? "29100 reversed partial: 9700 of 29100"
                : $"29100 rejected dispute {dispute} was lost: 9700 of the prize are forfeited, 19400 paid",
            await world.Scalar<string>(
                $"select string_agg(concat_ws(' ', amount_minor, state, reason), ', ' order by reduction_no) from "
                    + $"payout.payout where contest_id = '{contest}'"));
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select balance_minor from payout.ledger_account where account = 'player_payable:{player}'"));
        Assert.Equal(9_700 - FeeMinor, await world.Scalar<long>(
            $"select balance_minor from payout.ledger_account where account = '{LedgerAccounts.PrizeUnpaid(contest)}'"));
        Assert.Equal(19_400, (await world.Database.Run(tx => tx.PaidByYear(player), ct)).Sum(y => y.PaidMinor));
        var prizes = PrizeRecord.Of(await world.Database.Run(tx => tx.Prizes(player, contest, after: null, limit: 10), ct));
        Assert.Equal([("failed", 9_700L), ("paid", 0L)], prizes.OrderBy(p => p.NetMinor).Select(p => (p.Status, p.LostMinor)));
        await BooksAgree();
    }

    [Fact]
    public async Task A_dispute_that_was_lost_before_its_contest_is_settled_forfeits_the_prize_when_it_is()
    {
        await world.GivenReady("early");
        var dispute = await world.GivenDispute("early", "c-early");
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await Hear("closed", dispute);
        Assert.Equal("lost", await world.Scalar<string>($"select applied from payout.dispute where dispute_id = '{dispute}'"));

        await world.GivenSettled(ContestBuilder.Of("c-early", "early"));
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal("rejected", await world.State("c-early"));
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-early");
        await BooksAgree();
    }

    [Theory]
    [InlineData("unpaid", false, true, "9700 rejected, 3880 rejected")]
    [InlineData("unpaid-lost", false, false, "9700 rejected")]
    [InlineData("paid", true, true, "9700 reversed full")]
    [InlineData("paid-lost", true, false, "9700 reversed full")]
    public async Task Of_a_prize_that_a_correction_reduces_and_whose_dispute_is_lost_nothing_is_left(
        string name, bool paidFirst, bool correctedFirst, string payouts)
    {
        var (player, contest) = ($"both-{name}", $"c-both-{name}");
        await world.GivenReady(player);
        var dispute = await world.GivenDispute(player, contest);
        await world.GivenSettled(ContestBuilder.Of(contest, player));
        if (paidFirst) await world.RunToRest(world.Runner());
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        if (!correctedFirst) await Hear("closed", dispute);
        await Reduce(player, contest);
        await Hear("closed", dispute);
        await TakeBack();
        await world.RunToRest(world.Runner());

        Assert.Equal(payouts, await world.Scalar<string>(
            $"select string_agg(concat_ws(' ', amount_minor, state, case when state = 'reversed' then reason end), ', ' "
                + $"order by reduction_no) from payout.payout where contest_id = '{contest}'"));
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select coalesce(sum(balance_minor), 0)::bigint from payout.ledger_account where account = "
                    + $"'player_payable:{player}'"));
        await BooksAgree();
    }

    /// <summary>Both prizes are in one payout: what the dispute took back of its entry is not taken once more, from the
    /// other's.</summary>
    [Theory]
    [InlineData("first", true)]
    [InlineData("last", false)]
    public async Task A_correction_of_an_entry_whose_prize_a_dispute_took_back_leaves_the_player_s_other_prize(
        string name, bool correctedFirst)
    {
        var (player, contest) = ($"pair-{name}", $"c-pair-{name}");
        await world.GivenReady(player);
        var dispute = await world.GivenDispute(player, contest);
        await world.GivenSettled(ContestBuilder.Of(contest, 10, (player, [10_000, 20_000])));
        await world.RunToRest(world.Runner());
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        if (!correctedFirst) await Hear("closed", dispute);
        await Reduce(player, contest);
        await TakeBack();
        await Hear("closed", dispute);
        await world.RunToRest(world.Runner());

        Assert.Equal("29100 reversed",
            await world.Scalar<string>(
                $"select string_agg(concat_ws(' ', amount_minor, state), ', ' order by reduction_no) from payout.payout where "
                    + $"contest_id = '{contest}'"));
        Assert.Equal(9_700, await world.Scalar<long>(
            $"select sum(r.amount_minor)::bigint from payout.transfer_reversal r join payout.payout p on p.payout_id = "
                + $"r.payout_id where p.contest_id = '{contest}'"));
        await BooksAgree();
    }

    private async Task Reduce(string player, string contest)
    {
        await world.Finalize(contest, 2);
        await world.Handle(new ContestReductionsHandler(),
            new ContestReductionsV1(contest, 2, 0, "usd",
                [new PlayerAwardsV1(
                    player, 4_000, 120, 3_880, [new PrizeV1($"{contest}-{player}-0", 2, 90, 4_000, 120, 3_880)])]));
    }

    private async Task TakeBack()
    {
        await new ReductionEffects(world.Database, world.Gateway().Stripe).ReadStale(ct);
        await world.Calls(null, new ReversalCall<CorrectionToTakeBack>()).RunOnce(ct);
    }

    private async Task Hear(string what, string dispute)
    {
        await world.Hint($"charge.dispute.{what}", dispute);
        var reader = world.DisputeReader();
        var calls = world.Calls(null, new ReversalCall<ReversalToMake>());
        for (var round = 0; round < 6; round++)
        {
            await reader.ReadStale(ct);
            await calls.RunOnce(ct);
            await new ReversalsAgain(world.Database, world.Gateway().Stripe).ReadStale(ct);
        }
    }

    private Task<long> DisputeBalance(string account, string dispute) => world.Scalar<long>(
        $"""
        select coalesce(sum(case when t.credit_account = '{account}' then t.amount_minor else -t.amount_minor end), 0)::bigint
        from payout.ledger_transfer t
        where '{account}' in (t.credit_account, t.debit_account)
            and t.contest_id = (select contest_id from payout.dispute where dispute_id = '{dispute}')
            and t.code like 'dispute-%'
        """);

    /// <summary>What the ledger says was moved out of and into the platform's balance by disputes and payouts is what Stripe
    /// says.</summary>
    private async Task BooksAgree()
    {
        await world.LedgerIsClean();
        Assert.Equal(
            await world.StripeNetMinor(m => m.Type is not ("charge" or "payment" or "topup")), await world.BookedNetMinor());
    }
}
