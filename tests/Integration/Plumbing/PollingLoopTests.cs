using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>Loops that go on whatever happens in one of their rounds, and what they write on the way.</summary>
public sealed class PollingLoopTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Probe.Install(scope);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Found by chaos: trouble of the database in another guise than NpgsqlException ended the runners of payouts and calls, and
    /// with them the process.
    /// </summary>
    [Fact]
    public async Task A_round_that_fails_is_tried_again_and_what_does_not_pass_by_raises_one_alert()
    {
        await using var database = scope.Database(Probe.Name);
        using var loop = new Failing(database,
            [new IOException("the stream ended"), new TimeoutException("no answer"), new InvariantException("this cannot be"),
                new InvariantException("nor can this")]);

        await loop.StartAsync(TestContext.Current.CancellationToken);
        await loop.Calm.WaitAsync(TestContext.Current.CancellationToken);
        await loop.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(5, loop.Rounds);
        var alerts = await scope.Query<string>("select convert_from(body, 'UTF8') from probe.outbox where wire_name = @name",
            new { name = WireTypes.Of(typeof(AlertRaisedV1)).Name });
        var alert = Assert.Single(
            alerts.Select(a => WireJson.Read<AlertRaisedV1>(System.Text.Encoding.UTF8.GetBytes(a)))
                .Where(a => a.Kind != "job-keeps-failing").DistinctBy(a => a.DedupKey));
        Assert.Equal(("critical", "job-failed", "probe Failing"), (alert.Severity, alert.Kind, alert.Subject));
        Assert.Contains("this cannot be", alert.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trouble_that_should_pass_and_lasts_is_told_once_and_so_is_its_end()
    {
        await using var database = scope.Database(Probe.Name);
        var clock = new HurriedClock();
        using var loop = new Failing(database, [.. Enumerable.Repeat(new IOException("cut off"), 5)], clock);

        await loop.StartAsync(TestContext.Current.CancellationToken);
        await loop.Calm.WaitAsync(TestContext.Current.CancellationToken);
        await PipelineScope.Eventually(async () => (await Sent<AlertResolvedV1>()).Count > 0, "its end is told");
        await loop.StopAsync(TestContext.Current.CancellationToken);

        var alert = Assert.Single(await Sent<AlertRaisedV1>(), a => a.Kind == "job-keeps-failing");
        Assert.Equal("probe Failing", alert.Subject);
        Assert.Contains("IOException: cut off", alert.Cause, StringComparison.Ordinal);
        Assert.Equal(alert.DedupKey, Assert.Single(await Sent<AlertResolvedV1>()).DedupKey);

        async Task<IReadOnlyList<T>> Sent<T>() where T : IMessage =>
        [
            .. (await scope.Query<string>("select convert_from(body, 'UTF8') from probe.outbox where wire_name = @name",
                new { name = WireTypes.Of(typeof(T)).Name }))
                .Select(body => WireJson.Read<T>(System.Text.Encoding.UTF8.GetBytes(body))),
        ];
    }

    /// <summary>
    /// Found by chaos: a batch of games of which the first had not begun was refused by Npgsql, and tried in halves down to
    /// single messages.
    /// </summary>
    [Fact]
    public async Task A_list_of_times_that_begins_with_none_is_written_like_any_other()
    {
        var now = new DateTimeOffset(2026, 9, 13, 17, 0, 0, TimeSpan.Zero);
        await using var database = scope.Database(Probe.Name);

        var read = await database.Run(
            tx => tx.Query<DateTimeOffset?>("select t from unnest(@times) with ordinality as n (t, i) order by i",
                new { times = new DateTimeOffset?[] { null, now, null } }),
            TestContext.Current.CancellationToken);

        Assert.Equal([null, now, null], read);
    }

    /// <summary>Fails as often as it is told to, then comes to rest.</summary>
    private sealed class Failing(WorkerDatabase database, IReadOnlyList<Exception> failures, TimeProvider? clock = null)
        : PollingLoop(database, TimeSpan.FromHours(1), clock ?? TimeProvider.System, NullLogger.Instance)
    {
        private readonly TaskCompletionSource calm = new();

        public int Rounds { get; private set; }

        public Task Calm => calm.Task;

        protected override Task<bool> Round(CancellationToken ct)
        {
            if (Rounds++ < failures.Count) throw failures[Rounds - 1];
            calm.SetResult();
            return Task.FromResult(false);
        }
    }

    /// <summary>
    /// Each pause between two attempts is over at once, and took five minutes; the pause of a loop at rest lasts.
    /// </summary>
    private sealed class HurriedClock : TimeProvider
    {
        private long minutes;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref minutes) * 60 * TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromMinutes(1)) Interlocked.Add(ref minutes, 5);
            return base.CreateTimer(callback, state, dueTime < TimeSpan.FromMinutes(1) ? TimeSpan.Zero : dueTime, period);
        }
    }
}
