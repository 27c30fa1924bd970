using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>Sinks that hang or break are trouble for what is told through them, and for nothing else.</summary>
public sealed class NoticeRunnerTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const int ToPlayers = 60;
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_sink_that_never_answers_keeps_nobody_waiting_who_is_told_another_way_and_staff_is_told_first()
    {
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hung = new Sink("hung", (_, ct) =>
        {
            asked.TrySetResult();
            return Never(ct);
        });
        var working = new Sink("working", (_, _) => Task.FromResult<string?>(null));
        await Given(PlayersOf("beside"), NotificationAudiences.Player, hung.Name, working.Name);
        await Given(["beside/alert"], NoticeText.Operator, hung.Name, working.Name);

        var hanging = Runner(hung, world.Clock).RunOnce(stop.Token);
        await asked.Task;
        while (await Runner(working, world.Clock).RunOnce(default) > 0) { }

        Assert.Equal(["beside/alert", .. PlayersOf("beside")], working.Tried);
        Assert.Equal(ToPlayers + 1,
            await world.Scalar<int>(
                "select count(*)::int from payout.notice_delivery where sink = 'working' and state = 'sent' and attempts = 1"));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
    }

    [Fact]
    public async Task A_sink_that_never_answers_is_left_before_the_lease_ends_and_only_tries_are_counted()
    {
        var (one, other) = (new Sink("silent", (_, _) => Never(CancellationToken.None)),
            new Sink("silent", (_, _) => Never(CancellationToken.None)));
        await Given(PlayersOf("silent"), NotificationAudiences.Player, "silent");
        var clock = new HurriedClock(world.Clock);
        var (first, second) = (Runner(one, clock), Runner(other, clock));
        var begun = world.Clock.GetUtcNow();

        Assert.Equal(50, await first.RunOnce(default));
        Assert.InRange(world.Clock.GetUtcNow() - begun, TimeSpan.Zero, s_lease);
        Assert.Equal(PlayersOf("silent").Take(one.Tried.Count), one.Tried);
        await second.RunOnce(default);

        Assert.Equal(PlayersOf("silent").Skip(50).Take(other.Tried.Count), other.Tried);
        Assert.Equal(one.Tried.Count + other.Tried.Count,
            await world.Scalar<int>("select sum(attempts)::int from payout.notice_delivery where sink = 'silent'"));
        Assert.Equal("no answer in time",
            await world.Scalar<string>(
                "select distinct last_error from payout.notice_delivery where sink = 'silent' and attempts > 0"));

        world.Clock.Forward(s_lease);
        var tried = one.Tried.Count;
        await first.RunOnce(default);
        Assert.Equal(PlayersOf("silent").ElementAt(tried), one.Tried[tried]);
    }

    [Fact]
    public async Task A_sink_that_breaks_over_one_notice_refuses_that_one_only()
    {
        var breaking = new Sink("breaking", (notice, _) =>
            notice.NoticeId == "broken/02" ? throw new InvalidOperationException("no\0way") : Task.FromResult<string?>(null));
        await Given(PlayersOf("broken"), NotificationAudiences.Player, breaking.Name);

        while (await Runner(breaking, world.Clock).RunOnce(default) > 0) { }

        Assert.Equal(PlayersOf("broken"), breaking.Tried);
        Assert.Equal("broken/02 due 1 no way", await world.Scalar<string>(
            "select string_agg(concat_ws(' ', notice_id, state, attempts, last_error), ',') from payout.notice_delivery where "
                + "sink = 'breaking' and state <> 'sent'"));
    }

    private async Task Given(IEnumerable<string> ids, string audience, params string[] sinks)
    {
        foreach (var id in ids)
        {
            await world.Database.Run(async tx =>
            {
                await tx.InsertNotice(new Notice(id, audience, "kind", null, null, "title", "body", tx.Now));
                await tx.InsertDeliveries(id, sinks, level: 0);
            }, default);
        }
    }

    private static IEnumerable<string> PlayersOf(string ids) => Enumerable.Range(1, ToPlayers).Select(i => $"{ids}/{i:00}");

    private NoticeRunner Runner(INoticeSink sink, TimeProvider clock) =>
        new(world.Database, sink, clock, NullLogger<NoticeRunner>.Instance);

    private static async Task<string?> Never(CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        return null;
    }

    /// <summary>Does as the test says, and keeps what it was asked to deliver.</summary>
    private sealed class Sink(string name, Func<Notice, CancellationToken, Task<string?>> deliver) : INoticeSink
    {
        public string Name => name;

        public List<string> Tried { get; } = [];

        public Task<string?> Deliver(Notice notice, int level, CancellationToken ct)
        {
            Tried.Add(notice.NoticeId);
            return deliver(notice, ct);
        }
    }

    /// <summary>For whoever waits by it, that time has passed at once.</summary>
    private sealed class HurriedClock(ShiftedClock clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(
            _ =>
            {
                clock.Forward(dueTime);
                callback(state);
            },
            null, TimeSpan.Zero, period);
    }
}
