using System.Collections.Concurrent;
using ContestPipeline.Contracts;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.StripeEvents;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ContestPipeline.Integration.Payout.Events;

/// <summary>What a sweep does with events that cannot be applied, and which key it looks with.</summary>
public sealed class EventBackfillTroubleTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_that_cannot_be_applied_is_told_the_others_go_on_and_the_next_sweep_tries_it_again()
    {
        using var sweep = Sweep();
        await sweep.Everything(ct);
        var broken = await world.GivenAccount("sweep-broken", ready: false);
        var well = await world.GivenAccount("sweep-well", ready: false);
        await world.MakeReady(broken);
        await world.MakeReady(well);
        await world.Runner().RunOnce(ct);
        await world.Scalar<object>(
            $"""
            create function payout.test_refuses() returns trigger language plpgsql as 'begin raise exception ''no room for %'', new.event_id; end';
            create trigger test_refuses before insert on payout.stripe_event for each row
                when (new.source = 'sweep' and new.object_id = '{broken}') execute function payout.test_refuses()
            """);
        world.Clock.Forward(TimeSpan.FromMinutes(10));

        var first = await sweep.Everything(ct);
        var second = await sweep.Everything(ct);
        await world.Scalar<object>("drop function payout.test_refuses() cascade");
        var mended = await sweep.Everything(ct);

        Assert.True(first is { Filled: > 0, Unread: > 0 }, $"{first}");
        Assert.True(second is { Filled: 0, Unread: > 0 }, $"{second}");
        Assert.True(mended is { Filled: > 0, Unread: 0 }, $"{mended}");
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "stripe-event-broken" && a.Cause.Contains("no room for", StringComparison.Ordinal));
        Assert.True(
            await world.Scalar<long>(
                $"select count(*) from payout.stripe_event where object_id = '{broken}' and source = 'sweep'") > 0);
    }

    [Fact]
    public async Task With_a_key_for_looking_everything_that_only_looks_uses_it_and_money_the_other()
    {
        await world.GivenReady("keys");
        await world.GivenSettled(ContestBuilder.Of("c-keys", "keys"));
        var (options, _) = world.Gateway();
        var money = new CountingWire();
        var looking = new CountingWire();
        var stripe = new StripeGateway(
            new StripeConnection(options with { StripeApiKey = "sk_test_money" }, world.Clock, money), options, world.Clock,
            StripeWire.Client(options with { StripeApiKey = "rk_test_look" }, looking));
        var balance = new PlatformBalance(world.Database, stripe, options, world.Clock);
        using var runner = new PayoutRunner(
            world.Database, new PayoutDispatch(world.Database, stripe, balance, options, world.Clock),
            new AccountReader(world.Database, stripe, options), stripe, balance, options, world.Clock,
            NullLogger<PayoutRunner>.Instance);
        using var sweep = new EventBackfill(
            world.Database, stripe, EventBackfillOptions.Default, world.Clock, NullLogger<EventBackfill>.Instance);

        await world.RunToRest(runner);
        var swept = await sweep.Everything(ct);

        Assert.Equal(0, swept.Unread);
        Assert.Equal("paid", await world.State("c-keys"));
        Assert.All(money.Seen, seen => Assert.Equal(("POST", "Bearer sk_test_money"), seen));
        Assert.All(looking.Seen, seen => Assert.Equal(("GET", "Bearer rk_test_look"), seen));
        Assert.NotEmpty(money.Seen);
        Assert.NotEmpty(looking.Seen);
    }

    [Theory]
    [InlineData("rk_test_look", true)]
    [InlineData(null, false)]
    public void Payout_starts_with_and_without_a_key_for_looking(string? restricted, bool has)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["STRIPE_API_KEY"] = "sk_test_x", ["STRIPE_RESTRICTED_KEY"] = restricted,
            ["PAYOUT_RISK_POLICY_FILE"] = "default",
        }).Build();
        using var parts = new ServiceCollection().AddLogging().AddPayoutParts(settings)
            .AddKeyedSingleton("payout", world.Database).BuildServiceProvider();

        Assert.NotNull(parts.GetRequiredService<EventBackfill>());
        Assert.NotNull(parts.GetRequiredService<StripeGateway>());
        Assert.Equal(has, StripeKeys.HasReading(settings));
    }

    private EventBackfill Sweep() =>
        new(world.Database, world.Gateway().Stripe, EventBackfillOptions.Default, world.Clock,
            NullLogger<EventBackfill>.Instance);

    /// <summary>Remembers what was asked with which key.</summary>
    private sealed class CountingWire() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly ConcurrentQueue<(string Method, string? Key)> seen = new();

        public IReadOnlyCollection<(string Method, string? Key)> Seen => seen;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Enqueue((request.Method.Method, request.Headers.Authorization?.ToString()));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
