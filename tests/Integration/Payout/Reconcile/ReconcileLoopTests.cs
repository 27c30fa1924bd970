using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.StripeApi;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;

namespace ContestPipeline.Integration.Payout.Reconcile;

/// <summary>The scheduled comparison: what it looks at, what it keeps and whom it tells.</summary>
public sealed class ReconcileLoopTests(Backbone backbone) : IAsyncLifetime
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(6);
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task A_run_is_kept_and_each_difference_alerts_once()
    {
        var foreign = await Behind(await world.GivenAccount("rec-alert"), 5);
        var loop = Loop();

        await Run(loop);
        Assert.Null(await loop.RunOnce(CancellationToken.None));
        world.Clock.Forward(s_every);
        await Run(loop);

        Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"reconcile/objects/unknown-here/{foreign.Id}");
        var kept = await world.Database.Run(tx => tx.Reconciliations(10), CancellationToken.None);
        Assert.Equal(2, kept.Count);
        Assert.Contains(foreign.Id, kept[0].Differences, StringComparison.Ordinal);
        Assert.True(kept[0].Completeness < 1);
    }

    [Fact]
    public async Task What_was_done_behind_our_back_while_nothing_ran_for_days_is_found_by_the_next_run()
    {
        var account = await world.GivenAccount("rec-gap");
        await Run(Loop());
        world.Clock.Forward(TimeSpan.FromDays(2));
        var foreign = await Behind(account, 7);
        world.Clock.Forward(TimeSpan.FromDays(2));

        var report = await Run(Loop());

        Assert.Equal(
            [("balance", "unknown-here", foreign.Id), ("objects", "unknown-here", foreign.Id), ("total", "amount", "usd")],
            report.Differences.Where(d => d.Leg != "events").Select(d => (d.Leg, d.Kind, d.Subject)));
    }

    /// <summary>Lists of such a time are read in pieces: the halves of this payout lie in the first and in the last.</summary>
    [Fact]
    public async Task A_payout_whose_answer_came_after_weeks_is_late_and_nothing_else()
    {
        await world.GivenReady("rec-weeks");
        await Run(Loop());
        await world.GivenSettled(ContestBuilder.Of("c-rec-weeks", 2, ("rec-weeks", [5_000])));
        await world.Fault("timeout-after");
        var runner = world.Runner();
        while (await runner.RunOnce(CancellationToken.None) > 0)
        {
        }

        Assert.NotEqual("paid", await world.State("c-rec-weeks"));
        world.Clock.Forward(TimeSpan.FromDays(20));
        await world.RunToRest(runner);
        await world.TakeEvents();

        var report = await Run(Loop());

        Assert.Equal("paid", await world.State("c-rec-weeks"));
        Assert.Equal(["balance", "events", "objects"], report.Differences.Select(d => d.Leg).Order());
        Assert.All(report.Differences, d => Assert.Equal(DifferenceKinds.Late, d.Kind));
    }

    [Fact]
    public async Task A_young_double_payment_is_told_before_many_old_events_that_never_came_and_all_are_told_in_the_end()
    {
        string[] players = [.. Enumerable.Range(0, 25).Select(n => $"rec-many-{n}")];
        await world.GivenReady(players);
        await world.GivenSettled(ContestBuilder.Of("c-rec-many", 2, [.. players.Select(p => (p, new long[] { 500 }))]));
        await world.RunToRest(world.Runner());
        world.Clock.Forward(TimeSpan.FromHours(1));
        var payoutId = (await world.Scalar<string>("select payout_id from payout.payout where player_id = 'rec-many-0'"))!;
        var second = await Behind(await world.GivenAccount("rec-many-thief"), 98, payoutId);
        var loop = Loop();

        await Run(loop);

        var first = await Alerts();
        Assert.Contains(first, a => a.DedupKey == $"reconcile/objects/duplicate/{second.Id}" && a.Severity == "critical");
        Assert.Equal(TellDifferences.AlertsMax, first.Count(a => a.Kind != "reconcile-more"));
        Assert.StartsWith(
            "8 more differences", Assert.Single(first, a => a.Kind == "reconcile-more").Cause, StringComparison.Ordinal);

        world.Clock.Forward(s_every);
        await Run(loop);

        Assert.Equal(28 + 1, (await Alerts()).Count(a => a.Kind != "reconcile-more"));
    }

    [Fact]
    public async Task Runs_that_go_on_failing_for_longer_than_a_period_are_told_once_a_day()
    {
        await Run(Loop());
        using var refusing = new Refusing();
        var loop = Loop(StripeWire.Client("sk_test_x", "http://stripe.invalid", TimeSpan.FromSeconds(10), refusing));
        world.Clock.Forward(s_every);
        await Assert.ThrowsAsync<StripeException>(() => loop.RunOnce(CancellationToken.None));
        await Assert.ThrowsAsync<StripeException>(() => loop.RunOnce(CancellationToken.None));
        Assert.DoesNotContain(await Alerts(), a => a.Kind == "reconcile-overdue");

        world.Clock.Forward(s_every);
        await Assert.ThrowsAsync<StripeException>(() => loop.RunOnce(CancellationToken.None));
        await Assert.ThrowsAsync<StripeException>(() => loop.RunOnce(CancellationToken.None));

        Assert.Single(await Alerts(), a => a.Kind == "reconcile-overdue");
    }

    [Fact]
    public async Task A_list_that_Stripe_refuses_for_the_moment_is_read_all_the_same()
    {
        var foreign = await Behind(await world.GivenAccount("rec-429"), 9);
        await world.Admin("faults", new { endpoint = "transfers.list", kind = "429", count = 1 });

        var report = await Run(Loop());

        Assert.Contains(
            report.Differences, d => (d.Leg, d.Kind, d.Subject) == ("objects", DifferenceKinds.UnknownHere, foreign.Id));
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private static async Task<ReconcileReport> Run(ReconcileLoop loop) =>
        Assert.IsType<ReconcileReport>(await loop.RunOnce(CancellationToken.None));

    private ReconcileLoop Loop(IStripeClient? stripe = null) => new(
        world.Database, stripe ?? world.Stripe(),
        new ReconcileOptions(s_every, 2 * s_every + TimeSpan.FromDays(1), TimeSpan.Zero), world.Clock,
        NullLogger<ReconcileLoop>.Instance);

    private Task<Transfer> Behind(string account, long amountMinor,
        string? payoutId = null) => new TransferService(world.Stripe()).CreateAsync(new TransferCreateOptions
    {
        Amount = amountMinor, Currency = "usd", Destination = account,
        Metadata = payoutId is null ? null : new Dictionary<string, string> { ["payout_id"] = payoutId },
    });

    private async Task<IReadOnlyList<AlertRaisedV1>> Alerts() =>
        [.. (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind.StartsWith("reconcile-", StringComparison.Ordinal))];

    /// <summary>Stripe does not accept the key.</summary>
    private sealed class Refusing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(
                HttpStatusCode.Unauthorized) { Content = new StringContent("{}"), RequestMessage = request });
    }
}
