using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Integration.Payout.Calls;

/// <summary>
/// Every change at Stripe happens once: the engine of calls against a stateful Stripe that fails in every known way.
/// </summary>
public sealed class CallProtocolTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("timeout-before")]
    [InlineData("timeout-after")]
    [InlineData("500-committed")]
    [InlineData("500-rolled-back")]
    [InlineData("409")]
    [InlineData("429")]
    [InlineData("429-no-reason")]
    [InlineData("lock-timeout")]
    public async Task Whatever_Stripe_does_once_the_call_is_made_once(string fault)
    {
        var subject = $"call-{fault}";
        await GivenCall(subject);
        await world.Fault(fault);

        await RunToRest(world.Calls(null, new TransferKind()));

        await IsMadeOnce(subject);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_killed_around_the_request_leaves_a_call_that_the_next_one_makes_once(bool afterTheAnswer)
    {
        var subject = $"call-killed-{afterTheAnswer}";
        await GivenCall(subject);
        using var death = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => world.Calls(new DyingWire(afterTheAnswer, death), new TransferKind()).RunOnce(death.Token));

        Assert.Equal(0, await world.Calls(null, new TransferKind()).RunOnce(ct));
        world.Clock.Forward(PayoutWorld.Lease);
        await RunToRest(world.Calls(null, new TransferKind()));

        await IsMadeOnce(subject);
    }

    [Fact]
    public async Task A_worker_killed_between_claim_and_request_leaves_a_call_that_the_next_one_makes_once()
    {
        await GivenCall("call-claimed");
        await world.Database.Run(tx => tx.ClaimCalls([TransferKind.Name], [10], tx.Now + PayoutWorld.Lease), ct);

        Assert.Equal(0, await world.Calls(null, new TransferKind()).RunOnce(ct));
        world.Clock.Forward(PayoutWorld.Lease);
        await RunToRest(world.Calls(null, new TransferKind()));

        await IsMadeOnce("call-claimed");
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_adopted_after_Stripe_forgot_the_key()
    {
        await GivenCall("call-forgotten");
        await world.Fault("timeout-after");
        var runner = world.Calls(null, new TransferKind());
        await runner.RunOnce(ct);

        world.Clock.Forward(TimeSpan.FromHours(25));
        await RunToRest(runner);

        await IsMadeOnce("call-forgotten");
        Assert.Equal("found at Stripe",
            await world.Scalar<string>(
                "select last_answer from payout.stripe_call where subject = 'call-forgotten' and kind <> 'account-create'"));
    }

    [Fact]
    public async Task A_request_that_never_arrived_is_gone_once_its_key_is_too_old_and_its_kind_takes_a_new_key()
    {
        await GivenCall("call-gone");
        await world.Fault("timeout-before");
        var runner = world.Calls(null, new TransferKind());
        await runner.RunOnce(ct);

        world.Clock.Forward(TimeSpan.FromHours(25));
        await RunToRest(runner);

        Assert.Equal("gone,done", await States("call-gone"));
        Assert.Equal(1, await world.TransferCount("call-gone"));
    }

    [Fact]
    public async Task Twenty_writers_and_two_workers_make_one_request_each()
    {
        var accountId = await world.GivenAccount("call-many");
        var calls = Enumerable.Range(0, 40).Select(i => TransferKind.Call($"call-many-{i}", accountId)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Database.Run(tx => tx.Call(calls), ct)));
        CallRunner[] runners = [world.Calls(null, new TransferKind()), world.Calls(null, new TransferKind())];

        await Task.WhenAll(runners.Select(r => Task.Run(() => RunToRest(r))));

        Assert.Equal(40,
            await world.Scalar<long>(
                "select count(*) from payout.stripe_call where subject like 'call-many-%' and state = 'done'"));
        foreach (var call in calls) Assert.Equal(1, await world.TransferCount(call.Subject));
        Assert.Equal(0, (await world.Transfers()).GetProperty("duplicates").GetArrayLength());
    }

    [Fact]
    public async Task The_same_key_with_other_parameters_is_a_bug()
    {
        var accountId = await GivenCall("call-same");

        var broken = await Assert.ThrowsAsync<ContestPipeline.Plumbing.InvariantException>(() => world.Database.Run(
            tx => tx.Call(TransferKind.Call("call-same", accountId) with { Parameters = new TransferParameters(accountId, 101) }),
            ct));

        Assert.Contains("other parameters", broken.Message, StringComparison.Ordinal);
        await RunToRest(world.Calls(null, new TransferKind()));
        await IsMadeOnce("call-same");
    }

    [Fact]
    public async Task A_refusal_is_final_and_tells_the_kind()
    {
        await GivenCall("call-refused");

        await RunToRest(world.Calls(
            new RefusingWire(HttpStatusCode.BadRequest, "invalid_request_error", "amount_too_large"), new TransferKind()));

        Assert.Equal("refused", await States("call-refused"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "test-refused" && a.Cause.Contains("amount_too_large", StringComparison.Ordinal));
        Assert.Equal(0, await world.TransferCount("call-refused"));
    }

    [Fact]
    public async Task A_key_conflict_holds_the_call_and_alerts()
    {
        await GivenCall("call-conflict");

        await RunToRest(world.Calls(new RefusingWire(HttpStatusCode.BadRequest, "idempotency_error", null), new TransferKind()));

        Assert.Equal("held", await States("call-conflict"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.Kind == "stripe-call-held" && a.Subject == "call-conflict");
    }

    [Fact]
    public async Task What_a_call_asks_for_and_how_it_ended_cannot_be_changed_in_the_database()
    {
        await GivenCall("call-fixed");
        await RunToRest(world.Calls(null, new TransferKind()));

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            world.Scalar<int>("update payout.stripe_call set body = '{}' where subject = 'call-fixed' returning 1"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            world.Scalar<int>("update payout.stripe_call set state = 'open' where subject = 'call-fixed' returning 1"));
        await IsMadeOnce("call-fixed");
    }

    private async Task<string> GivenCall(string subject)
    {
        var accountId = await world.GivenAccount(subject);
        await world.Database.Run(tx => tx.Call(TransferKind.Call(subject, accountId)), ct);
        return accountId;
    }

    private async Task IsMadeOnce(string subject)
    {
        Assert.Single((await States(subject))!.Split(','), "done");
        Assert.Equal(0,
            await world.Scalar<long>(
                $"select count(*) from payout.stripe_call where subject = '{subject}' and state in ('open', 'held')"));
        Assert.Equal(1, await world.TransferCount(subject));
        Assert.Equal(1, await world.Scalar<long>($"select count(*) from payout.ledger_transfer where contest_id = '{subject}'"));
    }

    private Task<string?> States(string subject) =>
        world.Scalar<string>(
            $"select string_agg(state, ',' order by key) from payout.stripe_call where subject = '{subject}' and kind <> "
                + $"'account-create'");

    /// <summary>Rounds of the runner, the clock put forward whenever nothing is due, until every call is closed.</summary>
    private async Task RunToRest(CallRunner runner)
    {
        for (var round = 0; round < 400; round++)
        {
            if (await runner.RunOnce(ct) > 0) continue;
            if (await world.Scalar<long>("select count(*) from payout.stripe_call where state = 'open'") == 0) return;
            world.Clock.Forward(TimeSpan.FromMinutes(6));
        }

        Assert.Fail("the calls did not come to rest");
    }
}
