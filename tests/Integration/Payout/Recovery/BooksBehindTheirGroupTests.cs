using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Integration.Payout.Recovery;

/// <summary>
/// Payout's books lack what its consumer group has handled: money stops before the worker's loops start, without a word of
/// Stripe's.
/// </summary>
public sealed class BooksBehindTheirGroupTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Money_is_stopped_at_the_start_with_one_alert_however_often_it_starts_and_a_further_loss_reaches_back_as_far_as_it_must()
    {
        var key = "behind";
        for (var n = 0; n < 5; n++)
            await scope.Producer.PublishRaw(Topics.Results, key, new Dictionary<string, string>(), "{}"u8.ToArray());
        var partition = KeyHash.Partition(key, Topics.Find(Topics.Results).Partitions);
        scope.SetGroup(PayoutWorker.Name, Topics.Results, partition, 5);
        await scope.Execute(
            """
            insert into payout.partition_owner (topic, partition, epoch) values (@topic, @partition, 4);
            insert into payout.handled_offset (topic, partition, epoch, next_offset, handled_at) values (@topic, @partition, 4, 5,
                '2026-01-05T12:00:00Z')
            """, new { topic = Topics.Results, partition });
        await Start();
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from payout.recovery"));

        await scope.Execute("update payout.handled_offset set next_offset = 3");
        await Start();
        await Start();
        await using var database = scope.Database(PayoutWorker.Name);
        var (open, mayMove) = await database.Run(
            async tx => (await tx.OpenRecovery(), await tx.QueryOne<bool>($"select {RecoverySql.MoneyMayMove}")), ct);

        Assert.Equal((RecoveryState.Stopped, false), (open!.State, mayMove));
        Assert.Equal(
            $"the database of payout went back in time: of contests.results.v1/{partition} it knows what comes before offset "
                + $"3, and the consumer group has handled what comes before 5", open.Cause);
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 11, 0, 0, TimeSpan.Zero), open.LostSince);
        Assert.Equal(1, await Alerts());

        await database.Run(
            tx => BooksWentBack.Stop(
                new WentBack(PayoutWorker.Name, "more of it", new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero)), tx), ct);
        open = await database.Run(tx => tx.OpenRecovery(), ct);
        Assert.EndsWith("\nmore of it", open!.Cause, StringComparison.Ordinal);
        Assert.Equal((new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero), 1), (open.LostSince, await Alerts()));
    }

    /// <summary>What comes before the loops.</summary>
    private async Task Start()
    {
        using var host = scope.Build(
            b => b.AddPayout(), new Dictionary<string, string?> { ["STRIPE_API_KEY"] = "sk_test_nobody" });
        await host.Services.GetRequiredKeyedService<StartCheck>(PayoutWorker.Name).StartAsync(ct);
    }

    private Task<long> Alerts() =>
        scope.Scalar<long>(
            "select count(*) from payout.outbox where wire_name = 'alert.raised.v1' and convert_from(body, 'UTF8') like "
                + "'%\"kind\":\"database-went-back\"%'");
}
