using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reversals;

/// <summary>
/// Prizes that Stripe has turned into the currency of the winner's account: how much of one is there only Stripe can say.
/// </summary>
public sealed class ConvertedTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("whole", 0, "reversed", 9_700L, 0)]
    [InlineData("spent", -1, "paid", 0L, 1)]
    public async Task A_lost_dispute_takes_back_what_was_paid_in_another_currency_than_the_account_holds(
        string name, long spentMinor, string state, long backMinor, int alerts)
    {
        var (player, contest) = ($"conv-{name}", $"c-conv-{name}");
        await GivenPaid(player, contest, spentMinor);
        var dispute = await world.GivenDispute(player, contest, "eur");
        await world.Admin($"disputes/{dispute}/close", new { outcome = "lost" });
        await world.Hint("charge.dispute.closed", dispute);
        await Settle();

        Assert.Equal(state, await world.State(contest));
        Assert.Equal("lost/lost",
            await world.Scalar<string>($"select phase || '/' || applied from payout.dispute where dispute_id = '{dispute}'"));
        Assert.Equal(
            (backMinor, backMinor), (await Posted(contest, "payout-reversed"), await Posted(contest, "prize-forfeited")));
        Assert.Equal(1, await Asked($"dispute/{dispute}/reversal/"));
        var told = (await world.Sent<AlertRaisedV1>()).Where(a =>
            a.DedupKey.StartsWith($"reversal-short/{dispute}/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(alerts, told.Length);
        Assert.All(told, a => Assert.Contains("insufficient funds", a.Cause, StringComparison.Ordinal));
        await BooksAgree();
    }

    [Theory]
    [InlineData("whole", 0, "9700 reversed", "reversed 3880", 3_880L, 0L)]
    [InlineData("spent", -9_000, "9700 paid", "lost 0", 0L, 3_880L)]
    public async Task A_correction_takes_back_what_was_paid_in_another_currency_than_the_account_holds(
        string name, long spentMinor, string payouts, string parts, long backMinor, long lossMinor)
    {
        var (player, contest) = ($"corr-{name}", $"c-corr-{name}");
        await GivenPaid(player, contest, spentMinor);
        await world.Finalize(contest, 2);
        await world.Handle(new ContestReductionsHandler(), new ContestReductionsV1(
            contest, 2, 0, "eur",
            [new PlayerAwardsV1(player, 4_000, 120, 3_880, [new PrizeV1($"{contest}-{player}-0", 2, 90, 4_000, 120, 3_880)])]));
        await Settle();

        Assert.Equal(payouts,
            await world.Scalar<string>($"select amount_minor || ' ' || state from payout.payout where contest_id = '{contest}'"));
        Assert.Equal(parts,
            await world.Scalar<string>(
                $"select outcome || ' ' || taken_minor from payout.reduction_part where contest_id = '{contest}'"));
        Assert.Equal((backMinor, lossMinor), (await Posted(contest, "prize-reduced"), await Posted(contest, "correction-loss")));
        Assert.Equal(1, await Asked($"correction/{contest}/"));
        Assert.Equal(lossMinor > 0 ? 1 : 0,
            (await world.Sent<AlertRaisedV1>()).Count(a => a.Kind == "correction-short"
                && a.DedupKey.Contains($"/{contest}/", StringComparison.Ordinal)));
        await BooksAgree();
    }

    /// <summary>A prize of 97.00 eur, of which 106.70 usd have arrived in an account that holds nothing else.</summary>
    /// <param name="spentMinor">What the holder then moves, in usd; negative: away.</param>
    private async Task GivenPaid(string player, string contest, long spentMinor)
    {
        var account = await world.GivenAccount(player);
        await world.Admin("funds", new { amount_minor = 1_000_000, currency = "eur" });
        await world.GivenSettled(ContestBuilder.Of(contest, player).In("eur"));
        await world.RunToRest(world.Runner());
        Assert.Equal("paid", await world.State(contest));
        var balance = await new BalanceService(world.Stripe()).GetAsync(new RequestOptions { StripeAccount = account }, ct);
        Assert.Equal([("usd", 10_670L)], balance.Available.Select(a => (a.Currency, a.Amount)));
        await world.Admin($"accounts/{account}/balance", new { delta_minor = spentMinor });
    }

    private async Task Settle()
    {
        var stripe = world.Gateway().Stripe;
        var calls = world.Calls(null, new ReversalCall<ReversalToMake>(), new ReversalCall<CorrectionToTakeBack>());
        for (var round = 0; round < 4; round++)
        {
            await world.DisputeReader().ReadStale(ct);
            await new ReductionEffects(world.Database, stripe).ReadStale(ct);
            await new ReversalsAgain(world.Database, stripe).ReadStale(ct);
            await calls.RunOnce(ct);
        }
    }

    private Task<long> Asked(string words) =>
        world.Scalar<long>($"select count(*) from payout.stripe_call where key like '{words}%'");

    private Task<long> Posted(string contest, string code) => world.Scalar<long>(
        $"select coalesce(sum(amount_minor), 0)::bigint from payout.ledger_transfer where contest_id = '{contest}' and code = "
            + $"'{code}' and currency = 'eur'");

    /// <summary>The platform's side of it is in the currency of the prize.</summary>
    private async Task BooksAgree()
    {
        await world.LedgerIsClean();
        Assert.Equal(
            await world.StripeNetMinor(m => m.Type is not ("charge" or "payment" or "topup")), await world.BookedNetMinor());
    }
}
