using ContestPipeline.Payout.StripeAccount;
using ContestPipeline.Payout.StripeApi;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Pace;

/// <summary>
/// Several Payout processes on one account: together they never do more than the account may, and what one leaves the others use.
/// </summary>
public sealed class RateLimitCoordinatorTests(PayoutWorld world) : IClassFixture<PayoutWorld>, IAsyncLifetime
{
    private const int Rate = 1_000;
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;
    private readonly List<RateLimitCoordinator> sharings = [];

    public async ValueTask InitializeAsync() => await world.Scalar<int>("delete from payout.pace_sharer");

    public ValueTask DisposeAsync()
    {
        foreach (var sharing in sharings) sharing.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_process_alone_has_the_whole_rate_at_once()
    {
        var (paces, sharing) = Process();
        Assert.True(paces.IsClosed);

        await sharing.Beat(ct);

        Assert.Equal((false, Rate), (paces.IsClosed, paces.Of("transfers.create").PerSecond));
    }

    [Fact]
    public async Task Only_a_process_that_is_started_is_closed_until_the_others_know_of_it()
    {
        var stripe = world.Gateway().Stripe;
        using var sharing = new RateLimitCoordinator(
            world.Database, stripe, world.Clock, NullLogger<RateLimitCoordinator>.Instance);
        Assert.False(stripe.Paces.IsClosed);

        await sharing.StartAsync(ct);
        await sharing.StopAsync(ct);

        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.pace_sharer"));
    }

    [Fact]
    public async Task One_that_joins_sends_nothing_until_the_other_has_made_room_for_a_second()
    {
        var (first, firstSharing) = Process();
        await firstSharing.Beat(ct);
        var (second, secondSharing) = Process();

        await secondSharing.Beat(ct);
        world.Clock.Forward(StripeRateLimiter.Window);
        await secondSharing.Beat(ct);
        Assert.True(second.IsClosed);

        await firstSharing.Beat(ct);
        await secondSharing.Beat(ct);
        Assert.Equal((true, Rate / 2), (second.IsClosed, first.Of("transfers.create").PerSecond));

        world.Clock.Forward(StripeRateLimiter.Window);
        await secondSharing.Beat(ct);
        Assert.Equal((false, Rate / 2), (second.IsClosed, second.Of("transfers.create").PerSecond));
    }

    [Fact]
    public async Task A_process_that_is_not_open_sends_nothing_and_one_that_is_does()
    {
        await world.GivenReady("pace");
        await world.GivenSettled(ContestBuilder.Of("c-pace", "pace"));
        var (options, stripe) = world.Gateway();
        stripe.Paces.Close();

        var answer = await stripe.Look("balance.get", (_, _) => Task.FromResult<object>("asked"), ct);
        Assert.Contains("not sent", Assert.IsType<StripeAnswer.RetryLater>(answer).What, StringComparison.Ordinal);
        Assert.True(stripe.IsSilent);

        stripe.Paces.Open();
        Assert.Equal("asked",
            Assert.IsType<StripeAnswer.Found>(
                await stripe.Look("balance.get", (_, _) => Task.FromResult<object>("asked"), ct)).Object);
    }

    [Fact]
    public async Task The_share_of_one_that_died_is_used_after_a_while_and_of_one_that_stopped_at_once()
    {
        var (first, firstSharing) = Process();
        var (_, died) = Process();
        var (_, stopped) = Process();
        foreach (var sharing in sharings) await sharing.Beat(ct);
        await firstSharing.Beat(ct);
        Assert.Equal(Rate / 3, first.Of("transfers.create").PerSecond);

        await stopped.StopAsync(ct);
        await firstSharing.Beat(ct);
        Assert.Equal(Rate / 2, first.Of("transfers.create").PerSecond);

        world.Clock.Forward(RateLimitCoordinator.LivesFor + TimeSpan.FromSeconds(1));
        await firstSharing.Beat(ct);
        Assert.Equal(Rate, first.Of("transfers.create").PerSecond);
    }

    [Fact]
    public async Task One_that_comes_after_a_crash_waits_no_longer_for_the_dead_than_the_living_need()
    {
        var (_, dead) = Process();
        await dead.Beat(ct);
        var (paces, sharing) = Process();
        await sharing.Beat(ct);
        Assert.True(paces.IsClosed);

        world.Clock.Forward(RateLimitCoordinator.RoomWithin);
        await sharing.Beat(ct);

        Assert.Equal((false, Rate / 2), (paces.IsClosed, paces.Of("transfers.create").PerSecond));
    }

    [Fact]
    public async Task Many_that_join_at_the_same_moment_never_have_more_than_the_rate_between_them()
    {
        var processes = Enumerable.Range(0, 8).Select(_ => Process()).ToArray();
        for (var round = 0; round < 6; round++)
        {
            await Task.WhenAll(processes.Select(p => Task.Run(() => p.Sharing.Beat(ct), ct)));
            Assert.InRange(processes.Where(p => !p.Paces.IsClosed).Sum(p => p.Paces.Of("transfers.create").PerSecond), 0, Rate);
            world.Clock.Forward(TimeSpan.FromMilliseconds(600));
        }

        Assert.All(processes, p => Assert.Equal((false, Rate / 8), (p.Paces.IsClosed, p.Paces.Of("transfers.create").PerSecond)));
    }

    private (StripeRateLimiters Paces, RateLimitCoordinator Sharing) Process()
    {
        var stripe = world.Gateway().Stripe;
        var sharing = new RateLimitCoordinator(world.Database, stripe, world.Clock, NullLogger<RateLimitCoordinator>.Instance);
        sharings.Add(sharing);
        stripe.Paces.Close();
        return (stripe.Paces, sharing);
    }
}
