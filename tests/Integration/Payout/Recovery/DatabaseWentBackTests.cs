using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Reconcile;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// docs/runbooks/database-failover.md, "transactions are gone", step by step: the database is restored to an earlier time and
/// Stripe has forgotten the keys.
/// </summary>
public sealed class DatabaseWentBackTests(Backbone backbone) : IAsyncLifetime
{
    private const string Operator = "olga";
    private const string Approver = "anna";
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task Books_restored_to_an_hour_ago_stop_money_with_one_alert_and_are_recovered_without_a_second_payment()
    {
        await world.GivenReady("early", "paid", "settled-later");
        ContestBuilder early = ContestBuilder.Of("c-early", "early"), paid = ContestBuilder.Of("c-paid", "paid"),
            later = ContestBuilder.Of("c-later", "settled-later");
        await world.GivenSettled(early);
        await world.RunToRest(world.Runner());
        await world.GivenSettled(paid);
        var anHourAgo = await world.BackUp();
        world.Clock.Forward(TimeSpan.FromHours(1));
        await world.RunToRest(world.Runner());
        await world.GivenSettled(later);
        await world.RunToRest(world.Runner());

        await world.Restore(anHourAgo);
        world.Clock.Forward(TimeSpan.FromHours(25));
        Assert.True(await Watch().Look(ct));
        Assert.True(await Watch().Look(ct));
        await world.TakeEvents();
        await world.GivenSettled(later);
        await RunFor(TimeSpan.FromHours(3));

        Assert.Equal((1, 1, 1),
            (await world.TransferCount("c-early"), await world.TransferCount("c-paid"), await world.TransferCount("c-later")));
        Assert.Equal((RecoveryState.Stopped, "pending", "pending"),
            ((await Open())!.State, await world.State("c-paid"), await world.State("c-later")));
        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "database-went-back");
        Assert.Equal(("critical", "payout"), (alert.Severity, alert.Subject));
        Assert.Contains("of which the books know no attempt", alert.Cause, StringComparison.Ordinal);

        Assert.Null(await world.Database.Run(tx => RecoveryRoutes.Start("the input was read again", Operator, tx), ct));
        Assert.StartsWith("Stripe's payment intents were not looked through", await End(Approver), StringComparison.Ordinal);
        Assert.Equal(0, await new LostDeposits(world.Database, world.Gateway().Stripe, new DepositRules()).ReadStale(ct));
        Assert.StartsWith("what payout itself has told", await End(Approver), StringComparison.Ordinal);
        var told = new ToldBefore(world.Database, (_, _, _, _) => [], NullLogger<ToldBefore>.Instance);
        Assert.Equal(1, await told.ReadStale(ct));
        Assert.StartsWith("nothing was compared", await End(Approver), StringComparison.Ordinal);
        await world.RunToRest(world.Runner());
        await world.TakeEvents();
        world.Clock.Forward(NextReconcile.InRecoveryEvery);
        Assert.NotNull(await Comparison().RunOnce(ct));
        Assert.Equal("who began it does not end it", await End(Operator));
        Assert.Null(await End(Approver));

        Assert.True(await Watch().Look(ct));
        Assert.Null(await Open());
        foreach (var contest in new[] { "c-early", "c-paid", "c-later" }) await world.IsPaidOnce(contest);
        Assert.Equal(0, (await world.Transfers()).GetProperty("duplicates").GetArrayLength());
        Assert.Equal(await world.StripeNetMinor(t => t.Type == "transfer"),
            -await world.Scalar<long>("select sum(amount_minor)::bigint from payout.ledger_transfer where code = 'payout'"));
        Assert.Contains(await world.Sent<AlertResolvedV1>(), a => a.DedupKey == alert.DedupKey);
        Assert.Equal(
            "recovery-started done" + string.Concat(Enumerable.Repeat(",recovery-ended refused", 4)) + ",recovery-ended done",
            await world.Scalar<string>(
                "select string_agg(action || ' ' || split_part(result, ':', 1), ',' order by at) from payout.audit_log where "
                    + "subject = 'recovery'"));
    }

    [Fact]
    public async Task A_call_is_not_made_while_money_is_stopped_and_looked_up_first_in_recovery()
    {
        await world.Database.Run(
            tx => tx.Call(new StripeCall(
                "account/back/1", AccountCreation.KindName, "back", new AccountToMake("back", "US", "mark-back"))), ct);
        var earlier = await world.BackUp();
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);
        await world.Restore(earlier);
        await world.Admin("keys", new { forget = true });

        await world.Database.Run(
            tx => RecoveryRoutes.Stop(new StopReason("restored", world.Clock.GetUtcNow().AddHours(-1)), Operator, tx), ct);
        Assert.Equal(0, await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct));
        await world.Database.Run(tx => RecoveryRoutes.Start("go on", Operator, tx), ct);
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);

        Assert.Single(await world.Accounts(), player => player == "back");
        Assert.Equal("found at Stripe",
            await world.Scalar<string>("select last_answer from payout.stripe_call where key = 'account/back/1'"));
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private BooksWatch Watch() => new(world.Database, world.Gateway().Stripe, world.Clock, NullLogger<BooksWatch>.Instance);

    private Task<RecoveryFacts?> Open() => world.Database.Run(tx => tx.OpenRecovery(), ct);

    private Task<string?> End(string actor) =>
        world.Database.Run(tx => RecoveryRoutes.End("compared without a difference", actor, tx), ct);

    /// <summary>Rounds of the runner while time goes by.</summary>
    private async Task RunFor(TimeSpan time)
    {
        using var runner = world.Runner();
        for (var round = 0; round < 10; round++)
        {
            await runner.RunOnce(ct);
            world.Clock.Forward(time / 10);
        }
    }

    private ReconcileLoop Comparison() => new(
        world.Database, world.Stripe(),
        new ReconcileOptions(TimeSpan.FromHours(6), TimeSpan.FromDays(1.5), TimeSpan.FromMinutes(15)), world.Clock,
        NullLogger<ReconcileLoop>.Instance);
}
