using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.StripeEvents;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>A sweep that fails for long is told, with Stripe's answer, and its end as well.</summary>
public sealed class SweepFailingTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        402, """{"error":{"type":"invalid_request_error","code":"request_blocked","message":"forged"}}""", "request_blocked")]
    [InlineData(403, """{"error":{"type":"invalid_request_error","message":"forged"}}""", "http 403")]
    [InlineData(500, """{"error":{"type":"api_error","message":"forged"}}""", "http 500")]
    [InlineData(200, """{"object":"list","data":[],"url":"/v1/events"}""", "whether more follow")]
    public async Task A_sweep_that_fails_for_half_an_hour_alerts_with_Stripes_answer_until_one_is_complete(
        int status, string body, string words)
    {
        using var failing = Sweep(new ListWire("/v1/events", (HttpStatusCode)status, body));
        using var well = Sweep(null);
        await well.Scheduled(ct);
        var before = (await Told()).Count;

        await failing.Scheduled(ct);
        world.Clock.Forward(TimeSpan.FromMinutes(20));
        await failing.Scheduled(ct);
        var early = (await Told()).Count;
        world.Clock.Forward(TimeSpan.FromMinutes(11));
        await failing.Scheduled(ct);
        await well.Scheduled(ct);

        Assert.Equal(before, early);
        var told = (await Told())[^1];
        Assert.Equal((before + 1, "critical"), ((await Told()).Count, told.Severity));
        Assert.Contains(words, told.Cause, StringComparison.Ordinal);
        Assert.Equal(told.Episode ?? 1, (await world.Sent<AlertResolvedV1>()).Last(a => a.DedupKey == told.DedupKey).Episode);
    }

    private async Task<IReadOnlyList<AlertRaisedV1>> Told() =>
        [.. (await world.Sent<AlertRaisedV1>()).Where(a => a.DedupKey == "stripe-sweep-failing/platform")];

    private EventBackfill Sweep(DelegatingHandler? wire) =>
        new(world.Database, world.Gateway(wire).Stripe, EventBackfillOptions.Default, world.Clock,
            NullLogger<EventBackfill>.Instance);
}
