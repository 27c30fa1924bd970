using System.Collections.Concurrent;
using ContestPipeline.Payout.StripeApi;

namespace ContestPipeline.Unit.Payout;

/// <summary>Stripe's own limit is never reached by us, and what we are allowed is used.</summary>
public sealed class StripeRateLimiterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Requests_are_spaced_evenly_and_make_up_for_a_quarter_of_a_second_at_most()
    {
        var pace = new StripeRateLimiter(20, TimeProvider.System);

        var waits = Enumerable.Range(0, 8).Select(_ => (Slot(pace, s_now) - s_now).TotalMilliseconds).ToArray();
        var afterAPause = (Slot(pace, s_now.AddMinutes(1)) - s_now.AddMinutes(1)).TotalMilliseconds;

        Assert.Equal([0, 0, 0, 0, 0, 0, 50, 100], waits);
        Assert.Equal(0, afterAPause);
    }

    [Fact]
    public void A_permit_is_not_used_before_it_is_good()
    {
        var pace = new StripeRateLimiter(20, TimeProvider.System);

        Assert.Equal(s_now.AddSeconds(1), pace.Reserve(good: s_now.AddSeconds(1), s_now, DateTimeOffset.MaxValue));
    }

    [Fact]
    public void A_slot_that_comes_too_late_for_a_caller_is_left_to_the_next()
    {
        var pace = new StripeRateLimiter(20, TimeProvider.System);
        for (var n = 0; n < 6; n++) Slot(pace, s_now);

        var late = Enumerable.Range(0, 100)
            .Select(_ => pace.Reserve(DateTimeOffset.MinValue, s_now, before: s_now.AddMilliseconds(50))).ToArray();

        Assert.All(late, Assert.Null);
        Assert.Equal(s_now.AddMilliseconds(50), Slot(pace, s_now));
    }

    [Fact]
    public async Task However_many_come_too_late_the_permits_stay_for_those_who_do_not()
    {
        var ct = TestContext.Current.CancellationToken;
        var pace = new StripeRateLimiter(2, TimeProvider.System);

        for (var n = 0; n < 100; n++) Assert.Null(await pace.Acquire(DateTimeOffset.MinValue, ct));

        using var first = await pace.Acquire(ct);
        using var second = await pace.Acquire(ct);
        Assert.Same(pace, second.Pace);
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_his_permit_to_the_next()
    {
        var pace = new StripeRateLimiter(1, TimeProvider.System);
        (await pace.Acquire(CancellationToken.None)).Dispose();
        using var impatient = new CancellationTokenSource();
        var given = pace.Acquire(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        using var permit = await pace.Acquire(TestContext.Current.CancellationToken);

        Assert.Same(pace, permit.Pace);
    }

    [Fact]
    public async Task However_long_requests_are_held_up_on_their_way_no_second_sees_more_than_the_limit()
    {
        const int perSecond = 40;
        const int requests = 120;
        var ct = TestContext.Current.CancellationToken;
        var pace = new StripeRateLimiter(perSecond, TimeProvider.System);
        var arrivals = new ConcurrentBag<DateTimeOffset>();

        await Task.WhenAll(Enumerable.Range(0, requests).Select(async n =>
        {
            using var permit = await pace.Acquire(ct);
            if (n % 7 == 0) await Task.Delay(TimeSpan.FromMilliseconds(n % 5 * 40), TimeProvider.System, ct);
            arrivals.Add(TimeProvider.System.GetUtcNow());
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, ct);
        }));

        var sorted = arrivals.Order().ToArray();
        Assert.Equal(requests, sorted.Length);
        for (var n = perSecond; n < requests; n++)
            Assert.True(sorted[n] - sorted[n - perSecond] >= TimeSpan.FromSeconds(1),
                $"{perSecond + 1} requests from {sorted[n - perSecond]:O} to {sorted[n]:O}");
    }

    [Fact]
    public async Task After_another_process_came_in_no_second_sees_more_than_the_smaller_share()
    {
        const int before = 40;
        const int after = 10;
        var ct = TestContext.Current.CancellationToken;
        var pace = new StripeRateLimiter(before, TimeProvider.System);
        var sent = new ConcurrentBag<DateTimeOffset>();
        var resizedAt = DateTimeOffset.MinValue;
        var count = 0;

        await Task.WhenAll(Enumerable.Range(0, 90).Select(async n =>
        {
            using var permit = await pace.Acquire(ct);
            sent.Add(permit.SentAt);
            if (Interlocked.Increment(ref count) != 60) return;
            pace.Resize(after);
            resizedAt = TimeProvider.System.GetUtcNow();
        }));

        Assert.Equal(after, pace.PerSecond);
        var late = sent.Where(s => s > resizedAt + StripeRateLimiter.Window).Order().ToArray();
        Assert.NotEmpty(late);
        for (var n = after; n < late.Length; n++)
            Assert.True(late[n] - late[n - after] >= TimeSpan.FromSeconds(1),
                $"{after + 1} requests from {late[n - after]:O} to {late[n]:O}");
    }

    [Fact]
    public async Task A_share_that_grows_again_gives_its_new_permits_out_only_when_the_others_seconds_are_over()
    {
        var pace = new StripeRateLimiter(4, TimeProvider.System);
        pace.Resize(2);
        pace.Resize(4);

        var permits = new List<RateLimiterLease>();
        for (var n = 0; n < 4; n++) permits.Add(await pace.Acquire(TestContext.Current.CancellationToken));

        Assert.Equal(4, permits.Count);
        Assert.Equal(4, pace.PerSecond);
    }

    [Fact]
    public void The_rate_is_divided_by_the_processes_for_every_endpoint_and_never_to_nothing()
    {
        var paces = new StripeRateLimiters(20, TimeProvider.System);
        var known = paces.Of("refunds.create");

        paces.SharedBy(3);
        Assert.Equal((6, 6), (known.PerSecond, paces.Of("transfers.create").PerSecond));
        paces.SharedBy(50);
        Assert.Equal(1, known.PerSecond);
        paces.SharedBy(1);
        Assert.Equal(20, known.PerSecond);
    }

    private static DateTimeOffset Slot(StripeRateLimiter pace, DateTimeOffset now) =>
        pace.Reserve(DateTimeOffset.MinValue, now, DateTimeOffset.MaxValue)!.Value;
}
