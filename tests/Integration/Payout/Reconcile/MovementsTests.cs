using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>
/// Money that moves at Stripe and was brought about by nothing here: of whatever type, it is booked to the cent, or a person
/// hears of it with its amount.
/// </summary>
public sealed class MovementsTests(Backbone backbone) : IAsyncLifetime
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(6);
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task Every_type_of_movement_is_booked_or_told_with_its_amount_and_the_totals_stay_the_same()
    {
        Assert.True((await Run()).Clean);
        string[] types = [.. MovementTypes.All.Keys.Order(StringComparer.Ordinal), "a_type_of_next_year"];
        for (var n = 0; n < types.Length; n++)
            await world.Admin("movements",
                new { type = types[n], amount_minor = -5_000_000 - n, fee_minor = n % 3, source = $"src_{types[n]}" });
        world.Clock.Forward(s_every);

        var found = (await Run()).Differences;

        foreach (var type in types)
        {
            var n = Array.IndexOf(types, type);
            var (netMinor, rule) = (-5_000_000L - n - n % 3, MovementTypes.Of(type, type));
            var told = found.Where(d => d.Leg == ReconcileLegs.Balance
                && (d.Subject == $"src_{type}" || d.What.StartsWith($"a {type} ", StringComparison.Ordinal))).ToArray();
            if (rule.Use == MovementUse.Booked) Assert.Empty(told);
            else Assert.Equal(netMinor, told.Sum(d => d.TheirsMinor));
            if (rule.Use == MovementUse.Told)
                Assert.Contains(await Alerts(),
                    a => a.DedupKey == TellDifferences.Key(told[0]) && a.Severity == "critical" || a.Kind == "reconcile-more");
        }

        var moved = types.Select((t, n) => (Rule: MovementTypes.Of(t, t), Minor: -5_000_000L - n - n % 3)).ToArray();
        foreach (var account in moved.Where(m => m.Rule.Use != MovementUse.Compared).GroupBy(m => m.Rule.Account))
            Assert.Equal(account.Sum(m => m.Minor) + (account.Key == LedgerAccounts.HouseFunds ? 100_000_000 : 0),
                await Balance(account.Key));
        // What only the pipeline does was done by somebody else: of that the ledger has nothing, to the cent.
        var total = Assert.Single(found, d => d.Leg == ReconcileLegs.Total);
        Assert.Equal(-moved.Where(m => m.Rule.Use == MovementUse.Compared).Sum(m => m.Minor),
            await Balance(LedgerAccounts.StripeBalance) * -1 - total.TheirsMinor);
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task Fifty_thousand_dollars_that_leave_for_reasons_that_nothing_here_knows_are_each_told_once()
    {
        Assert.True((await Run()).Clean);
        string[] types = ["connect_collection_transfer", "reserve_transaction", "payout", "adjustment"];
        foreach (var type in types) await world.Admin("movements", new { type, amount_minor = -5_000_000 });
        world.Clock.Forward(s_every);

        var first = await Run();
        world.Clock.Forward(s_every);
        var second = await Run();

        Assert.Equal(types.Order(StringComparer.Ordinal),
            first.Differences.Select(d => d.What.Split(' ')[1]).Order(StringComparer.Ordinal));
        Assert.All(
            first.Differences, d => Assert.Equal((DifferenceKinds.UnknownHere, -5_000_000L), (d.Kind, d.TheirsMinor!.Value)));
        Assert.Equal(4, (await Alerts()).Count(a => a.Severity == "critical"));
        Assert.True(second.Clean, string.Join('\n', second.Differences));
        Assert.Equal(-20_000_000, await world.Scalar<long>(
            "select sum(balance_minor) from payout.ledger_account where account in ('platform_bank', 'stripe_reserves', "
                + "'stripe_unexplained')"));
    }

    [Fact]
    public async Task A_ledger_that_says_another_balance_than_Stripe_is_told_with_the_amount_until_it_says_the_same()
    {
        Assert.True((await Run()).Clean);
        await Shift(12_345);
        world.Clock.Forward(s_every);

        var differs = Assert.Single((await Run()).Differences);
        await Shift(-12_345);
        world.Clock.Forward(s_every);
        var after = await Run();

        Assert.Equal((ReconcileLegs.Total, "usd", 12_345L),
            (differs.Leg, differs.Subject, (long)(differs.TheirsMinor - differs.OursMinor)!));
        Assert.Contains(await Alerts(), a => a.DedupKey == TellDifferences.TotalKey("usd") && a.Severity == "critical");
        Assert.True(after.Clean);
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == TellDifferences.TotalKey("usd"));
    }

    [Fact]
    public async Task What_the_balance_held_before_the_first_comparison_is_booked_as_its_opening_and_told_once()
    {
        world.Clock.Forward(TimeSpan.FromDays(30));
        Assert.True((await Run()).Clean);
        world.Clock.Forward(s_every);

        Assert.True((await Run()).Clean);

        Assert.Equal(100_000_000,
            await world.Scalar<long>("select sum(balance_minor) from payout.ledger_account where account = 'stripe_opening'"));
        Assert.Contains("100000000 usd", Assert.Single(await world.Sent<AlertRaisedV1>()).Cause, StringComparison.Ordinal);
        await world.LedgerIsClean();
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private async Task<ReconcileReport> Run() => Assert.IsType<ReconcileReport>(await new ReconcileLoop(
        world.Database, world.Stripe(), new ReconcileOptions(s_every, 2 * s_every + TimeSpan.FromDays(1), TimeSpan.Zero),
        world.Clock, NullLogger<ReconcileLoop>.Instance)
        .RunOnce(TestContext.Current.CancellationToken));

    private Task<long> Balance(string account) =>
        world.Scalar<long>($"select sum(balance_minor)::bigint from payout.ledger_account where account = '{account}'");

    /// <summary>By somebody who may do anything to the database.</summary>
    private Task Shift(long minor) => world.Scalar<int>(
        $"update payout.ledger_account set balance_minor = balance_minor + {minor} where account = 'stripe_balance' and "
            + $"currency = 'usd' and shard = (select min(shard) from payout.ledger_account where account = 'stripe_balance') "
            + $"returning 1");

    private async Task<IReadOnlyList<AlertRaisedV1>> Alerts() =>
        [.. (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind.StartsWith("reconcile-", StringComparison.Ordinal))];
}
