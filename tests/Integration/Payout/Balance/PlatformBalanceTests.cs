using ContestPipeline.Contracts;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Sending;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// When the platform's balance does not reach for everyone, the older payouts go, the others wait in order, and resume alone.
/// </summary>
public sealed class PlatformBalanceTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task Short_of_funds_payouts_are_served_in_the_order_they_were_made_and_resume_alone_after_a_top_up()
    {
        await world.GivenReady("first", "second", "third");
        foreach (var (contest, player, prizeMinor) in new[] { ("c-1", "first", 600_000_00L), ("c-2", "second", 600_000_00),
            ("c-3", "third", 100_000_00) })
        {
            await world.GivenSettled(ContestBuilder.Of(contest, 10, (player, [prizeMinor])));
            world.Clock.Forward(TimeSpan.FromSeconds(1));
        }

        var runner = world.Runner();
        await RunUntilNothingIsDue(runner);

        Assert.Equal(("paid", "awaiting_funds", "awaiting_funds"), await States());
        Assert.Equal("balance does not reach",
            (await world.Scalar<string>("select reason from payout.payout where contest_id = 'c-3'"))![15..37]);
        Assert.Equal(1, await world.Scalar<long>("select count(*) from payout.attempt"));

        await world.Admin("funds", new { amount_minor = 500_000_00, currency = "usd" });
        world.Clock.Forward(TimeSpan.FromMinutes(1));
        await RunUntilNothingIsDue(runner);

        Assert.Equal(("paid", "paid", "paid"), await States());
        await world.LedgerIsClean();
        var alerts =
            (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind.StartsWith("platform-balance", StringComparison.Ordinal))
                .ToArray();
        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Length, alerts.Select(a => a.DedupKey).Distinct().Count());
        Assert.Contains(alerts,
            a => a.Kind == "platform-balance-warning" && a.Cause.Contains("obligations 126100000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_daily_look_leaves_one_snapshot_and_asking_again_leaves_another()
    {
        var (options, stripe) = world.Gateway();
        var balance = new PlatformBalance(world.Database, stripe, options, world.Clock);
        using var watch = new BalanceWatch(world.Database, balance, options, world.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<BalanceWatch>.Instance);

        var first = await watch.RunOnce(CancellationToken.None);
        var second = await watch.RunOnce(CancellationToken.None);
        var reports = await balance.Check("asked", CancellationToken.None);

        Assert.Equal((true, false), (first, second));
        Assert.Single(reports!, r => r.Figures.Currency == "usd");
        Assert.Equal(1,
            await world.Scalar<long>(
                "select count(*) from payout.balance_snapshot where cause = 'schedule' and currency = 'usd'"));
        Assert.Equal(1,
            await world.Scalar<long>("select count(*) from payout.balance_snapshot where cause = 'asked' and currency = 'usd'"));
    }

    [Fact]
    public async Task Fees_that_have_to_go_back_and_have_not_are_owed_like_prizes()
    {
        const string currency = "eur";
        await world.GivenOwed(currency,
            ("stays", 1_000, null, 0, 0), ("partly", 1_000, null, 400, 150), ("left", 1_000, "refused", 1_000, 0),
            ("stuck", 1_000, "refused", 0, 0), ("done", 1_000, "refused", 1_000, 1_000));

        var before = await Owed(currency);
        await world.Database.Run(tx => tx.CancelCollection($"owed-{currency}", "bad weather"), default);
        var cancelled = await Owed(currency);

        Assert.Equal(250 + 1_000 + 1_000, before);
        Assert.Equal(1_000 + 850 + 1_000 + 1_000, cancelled);
    }

    private async Task<long> Owed(string currency) =>
        (await world.Database.Run(tx => tx.Obligations(), default)).Single(o => o.Currency == currency).AmountMinor;

    private static async Task RunUntilNothingIsDue(PayoutRunner runner)
    {
        while (await runner.RunOnce(CancellationToken.None) > 0)
        {
        }
    }

    private async Task<(string?, string?, string?)> States() =>
        (await world.State("c-1"), await world.State("c-2"), await world.State("c-3"));
}
