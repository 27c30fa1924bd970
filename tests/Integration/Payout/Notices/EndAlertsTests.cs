using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>Alerts end by the fact that ended their trouble, and a second trouble of the same thing is told again.</summary>
public sealed class EndAlertsTests(Backbone backbone) : IAsyncLifetime
{
    private readonly PayoutWorld world = new(backbone);

    [Fact]
    public async Task What_is_over_is_resolved_what_is_not_stays_and_the_second_time_is_told_again()
    {
        await world.GivenAccount("ann", ready: false);
        await world.GivenSettled(ContestBuilder.Of("ends", 10, ("ann", [10_000]), ("bob", [20_000])));
        var (ann, bob) = (await Payout("ann"), await Payout("bob"));
        var account = await world.Scalar<string>("select account_id from payout.stripe_account");
        await Tamper("update payout.payout set state = 'failed', due_at = null where player_id = 'bob'");
        string[] over = [$"payout-held/{ann}/2", $"payout-failed/{ann}/3", "prize-unclaimed/ann/1",
            "platform-balance-short/2026-11-01", $"account-passed-over/{account}"];
        string[] stays = [$"payout-failed/{bob}/2", "fraud-warning/w1", "stripe-call-held/k"];
        await Raise([.. over, .. stays]);
        world.Clock.Forward(TimeSpan.FromMinutes(1));
        await Tamper($"update payout.stripe_account set stale = false, read_at = '{world.Clock.GetUtcNow():O}'");
        await Tamper("update payout.payout set state = 'rejected', due_at = null where player_id = 'ann'");

        await world.Database.Run(new EndAlertsJob().Run, TestContext.Current.CancellationToken);

        Assert.Equal(over.Order(StringComparer.Ordinal),
            (await world.Sent<AlertResolvedV1>()).Select(a => a.DedupKey).Where(k => over.Concat(stays).Contains(k))
                .Order(StringComparer.Ordinal));

        world.Clock.Forward(TimeSpan.FromMinutes(1));
        await Raise([.. over, .. stays]);
        Assert.Equal(
            over.Order(StringComparer.Ordinal),
            (await world.Sent<AlertRaisedV1>()).Where(a => a is { Episode: 2, Kind: "told" }).Select(a => a.DedupKey)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_told_once_a_day_is_over_the_day_after()
    {
        await Raise(
            "job-failed/payout/x/Exception/20261101", "stripe-not-allowed/transfers.create/2026-11-01", "fraud-warning/w2");

        world.Clock.Forward(TimeSpan.FromHours(20));
        await world.Database.Run(AlertEpisodes.EndOfDay, TestContext.Current.CancellationToken);
        Assert.Empty(await world.Sent<AlertResolvedV1>());
        world.Clock.Forward(TimeSpan.FromHours(7));
        await world.Database.Run(AlertEpisodes.EndOfDay, TestContext.Current.CancellationToken);

        Assert.Equal(2, (await world.Sent<AlertResolvedV1>()).Count);
    }

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private Task Raise(params string[] keys) => world.Database.Run(
        tx =>
        {
            foreach (var key in keys) tx.Alert(new Alert(key, AlertSeverity.Critical, "told", "subject", "cause", "action"));
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);

    private Task<string?> Payout(string playerId) =>
        world.Scalar<string>($"select payout_id from payout.payout where player_id = '{playerId}'");

    /// <summary>Past every trigger.</summary>
    private Task Tamper(string sql) =>
        world.Scalar<int>(
            $"set session_replication_role = replica; with changed as ({sql} returning 1) select count(*)::int from changed");
}
