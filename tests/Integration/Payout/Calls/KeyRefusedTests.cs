using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Integration.Payout.Calls;

/// <summary>Stripe does not accept the API key: a person is told, and told again when it happens again.</summary>
public sealed class KeyRefusedTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_is_refused_is_told_once_a_day_by_payouts_and_calls_together()
    {
        await world.GivenReady("refused-key");
        await world.GivenSettled(ContestBuilder.Of("c-refused-key", "refused-key"));
        var account = await world.GivenAccount("refused-call");
        await world.Database.Run(tx => tx.Call(TransferKind.Call("refused-call", account)), ct);

        await Pay();
        await Pay();
        Assert.Equal(1, await Told());
        await Call();
        Assert.Equal(1, await Told());
        world.Clock.Forward(TimeSpan.FromDays(1));
        await Call();
        Assert.Equal(2, await Told());
        world.Clock.Forward(TimeSpan.FromDays(1));
        await Pay();
        Assert.Equal(3, await Told());

        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-refused-key");
    }

    [Fact]
    public async Task A_transfer_that_the_key_may_not_make_waits_for_minutes_with_its_key_and_is_made_once_it_may()
    {
        await world.GivenReady("not-allowed");
        await world.GivenSettled(ContestBuilder.Of("c-not-allowed", "not-allowed"));
        using var runner = world.Runner(new RefusingWire(HttpStatusCode.Forbidden, "invalid_request_error", null));

        var claimed = await runner.RunOnce(ct);
        world.Clock.Forward(TimeSpan.FromMinutes(4));
        var again = await runner.RunOnce(ct);

        Assert.Equal((1, 0), (claimed, again));
        var told = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.Kind == "stripe-not-allowed");
        Assert.Equal(("transfers.create", "STRIPE_API_KEY: http 403 invalid_request_error: forged"), (told.Subject, told.Cause));
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-not-allowed");
        Assert.Equal(1,
            await world.Scalar<long>(
                "select count(*) from payout.attempt a join payout.payout p using (payout_id) where p.contest_id = "
                    + "'c-not-allowed'"));
    }

    private Task Pay() => world.Runner(Refusing()).RunOnce(ct);

    /// <summary>Twice: a key that has become too old is looked up first, and another takes its place.</summary>
    private async Task Call()
    {
        for (var round = 0; round < 2; round++) await world.Calls(Refusing(), new TransferKind()).RunOnce(ct);
    }

    private static RefusingWire Refusing() => new(HttpStatusCode.Unauthorized, "invalid_request_error", null);

    private async Task<int> Told() => (await world.Sent<AlertRaisedV1>()).Count(a => a.Kind == "stripe-key-refused");
}
