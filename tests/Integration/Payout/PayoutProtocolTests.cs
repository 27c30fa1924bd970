using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout;

/// <summary>Money leaves exactly once: the three-step protocol against a stateful Stripe that fails in every known way.</summary>
public sealed class PayoutProtocolTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_settled_contest_is_paid_to_the_cent_and_the_ledger_balances()
    {
        await world.GivenReady("full-a", "full-b", "full-c");
        await world.GivenSettled(
            ContestBuilder.Of("c-full", 2, ("full-a", [5_000, 333]), ("full-b", [101]), ("full-c", [99_999])));

        await world.RunToRest(world.Runner());

        Assert.Equal(105_433 - 160 - 3_000 - 3, await world.PaidMinor("c-full"));
        Assert.Equal(3, await world.TransferCount("c-full"));
        var paid = Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-full");
        Assert.Equal((3, 102_270L, 0), (paid.PaidCount, paid.PaidMinor, paid.OtherCount));
        Assert.Equal(
            0, await world.Scalar<long>("select balance_minor from payout.ledger_account where account = 'prize_pool:c-full'"));
        Assert.Equal(
            ["pending", "submitting", "paid"],
            (await world.Sent<PayoutChangedV1>()).Where(c => c.ContestId == "c-full" && c.PlayerId == "full-a")
                .Select(c => c.State));
        await world.LedgerIsClean();
    }

    [Theory]
    [InlineData("timeout-before")]
    [InlineData("timeout-after")]
    [InlineData("500-committed")]
    [InlineData("500-rolled-back")]
    [InlineData("409")]
    [InlineData("429")]
    [InlineData("429-no-reason")]
    [InlineData("lock-timeout")]
    [InlineData("insufficient-funds")]
    public async Task Whatever_Stripe_does_once_the_player_is_paid_once(string fault)
    {
        await world.GivenReady($"fault-{fault}");
        await world.GivenSettled(ContestBuilder.Of($"c-fault-{fault}", $"fault-{fault}"));
        await world.Fault(fault);

        await world.RunToRest(world.Runner());

        await world.IsPaidOnce($"c-fault-{fault}");
    }

    [Fact]
    public async Task A_transfer_whose_answer_was_lost_is_adopted_after_Stripe_forgot_the_key()
    {
        await world.GivenReady("forgotten");
        await world.GivenSettled(ContestBuilder.Of("c-forgotten", "forgotten"));
        await world.Fault("timeout-after");
        var runner = world.Runner();
        await runner.RunOnce(CancellationToken.None);

        world.Clock.Forward(TimeSpan.FromHours(25));
        await world.RunToRest(runner);

        await world.IsPaidOnce("c-forgotten");
        Assert.Equal("found at Stripe", await world.Scalar<string>(
            "select a.last_answer from payout.attempt a join payout.payout p using (payout_id) where p.contest_id = "
                + "'c-forgotten'"));
    }

    [Fact]
    public async Task A_request_that_never_arrived_gets_a_new_key_once_the_old_one_is_too_old()
    {
        await world.GivenReady("too-old");
        await world.GivenSettled(ContestBuilder.Of("c-too-old", "too-old"));
        await world.Fault("timeout-before");
        var runner = world.Runner();
        await runner.RunOnce(CancellationToken.None);

        world.Clock.Forward(TimeSpan.FromHours(25));
        await world.RunToRest(runner);

        await world.IsPaidOnce("c-too-old");
        Assert.Equal("absent,paid", await world.Outcomes("c-too-old"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_killed_around_the_call_leaves_a_payout_that_the_next_one_pays_once(bool afterTheAnswer)
    {
        var contestId = $"c-killed-{afterTheAnswer}";
        await world.GivenReady(contestId);
        await world.GivenSettled(ContestBuilder.Of(contestId, contestId));
        using var death = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            world.Runner(new DyingWire(afterTheAnswer, death)).RunOnce(death.Token));
        Assert.Equal("open", await world.Outcomes(contestId));

        Assert.Equal(0, await world.Runner().RunOnce(CancellationToken.None));
        world.Clock.Forward(PayoutWorld.Lease);
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce(contestId);
        Assert.Equal("paid", await world.Outcomes(contestId));
    }

    [Fact]
    public async Task A_worker_killed_between_claim_and_attempt_leaves_a_payout_that_the_next_one_pays_once()
    {
        await world.GivenReady("claimed");
        await world.GivenSettled(ContestBuilder.Of("c-claimed", "claimed"));
        await world.Database.Run(tx => tx.ClaimDue(10, tx.Now + PayoutWorld.Lease), CancellationToken.None);

        Assert.Equal(0, await world.Runner().RunOnce(CancellationToken.None));
        world.Clock.Forward(PayoutWorld.Lease);
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-claimed");
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_stores_nothing()
    {
        await world.GivenReady("fenced");
        await world.GivenSettled(ContestBuilder.Of("c-fenced", "fenced"));
        await world.Admin("faults", new { endpoint = "transfers.create", kind = "hold", count = 1 });
        var slow = Task.Run(() => world.Runner().RunOnce(CancellationToken.None));
        await Infrastructure.PipelineScope.Eventually(
            async () => await world.Outcomes("c-fenced") == "open", "the slow worker has begun");

        world.Clock.Forward(PayoutWorld.Lease * 2);
        var second = await world.Database.Run(tx => tx.ClaimDue(10, tx.Now + PayoutWorld.Lease), CancellationToken.None);
        await Infrastructure.PipelineScope.Eventually(ReleaseHeld, "the held request is let go");
        await slow;

        var claim = Assert.Single(second, c => c.ContestId == "c-fenced");
        Assert.Equal("open", await world.Outcomes("c-fenced"));
        Assert.Equal(claim.Fence, await world.Scalar<long>("select fence from payout.payout where contest_id = 'c-fenced'"));
        world.Clock.Forward(PayoutWorld.Lease);
        await world.RunToRest(world.Runner());
        await world.IsPaidOnce("c-fenced");

        async Task<bool> ReleaseHeld()
        {
            await world.Admin("release", new { });
            return slow.IsCompleted;
        }
    }

    [Fact]
    public async Task Two_workers_at_once_make_one_transfer_per_payout()
    {
        var players = Enumerable.Range(0, 60).Select(i => $"two-{i}").ToArray();
        await world.GivenReady(players);
        await world.GivenSettled(ContestBuilder.Of("c-two", players));
        PayoutRunner[] runners = [world.Runner(), world.Runner()];

        await Task.WhenAll(runners.Select(r => Task.Run(async () =>
        {
            while (await r.RunOnce(CancellationToken.None) > 0)
            {
            }
        })));
        await world.RunToRest(runners[0]);

        Assert.Equal(60, await world.TransferCount("c-two"));
        Assert.Equal(0, (await world.Transfers()).GetProperty("duplicates").GetArrayLength());
        var paid = Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-two");
        Assert.Equal(60, paid.PaidCount);
        await world.LedgerIsClean();
    }

    [Fact]
    public async Task A_winner_whose_account_is_not_ready_waits_and_is_paid_when_the_account_is()
    {
        var accountId = await world.GivenAccount("waiting", ready: false);
        await world.GivenSettled(ContestBuilder.Of("c-waiting", "waiting"));
        var runner = world.Runner();
        while (await runner.RunOnce(CancellationToken.None) > 0)
        {
        }

        Assert.Equal("awaiting_account", await world.State("c-waiting"));
        await world.MakeReady(accountId);
        await world.AccountUpdated(accountId, "waiting");
        await runner.RunOnce(CancellationToken.None);

        await world.IsPaidOnce("c-waiting");
    }

    [Fact]
    public async Task An_account_event_that_never_comes_is_found_by_reading_the_account_again()
    {
        var accountId = await world.GivenAccount("silent", ready: false);
        await world.GivenSettled(ContestBuilder.Of("c-silent", "silent"));
        var runner = world.Runner();
        while (await runner.RunOnce(CancellationToken.None) > 0)
        {
        }

        await world.MakeReady(accountId);
        await world.RunToRest(runner);

        await world.IsPaidOnce("c-silent");
    }

    [Fact]
    public async Task An_answer_that_names_another_amount_holds_the_payout_and_alerts()
    {
        await world.GivenReady("forged");
        await world.GivenSettled(ContestBuilder.Of("c-forged", "forged"));
        var wire = new ForgedWire(body => (HttpStatusCode.OK,
            body.Replace("\"amount\":9700", "\"amount\":9701", StringComparison.Ordinal)));

        await world.RunToRest(world.Runner(wire));

        Assert.Equal("held", await world.State("c-forged"));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "payout-held" && a.Cause.Contains("amount 9701, asked 9700", StringComparison.Ordinal));
        Assert.DoesNotContain(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-forged");
    }

    [Fact]
    public async Task A_key_conflict_holds_the_payout_and_is_never_repaired_by_a_machine()
    {
        await world.GivenReady("conflict");
        await world.GivenSettled(ContestBuilder.Of("c-conflict", "conflict"));

        await world.RunToRest(world.Runner(new RefusingWire(HttpStatusCode.BadRequest, "idempotency_error", null)));

        Assert.Equal("held", await world.State("c-conflict"));
        Assert.Equal("mismatch", await world.Outcomes("c-conflict"));
    }

    [Fact]
    public async Task A_refusal_is_tried_four_times_with_four_keys_then_the_payout_has_failed_and_the_contest_is_paid_out()
    {
        await world.GivenReady("refused");
        await world.GivenSettled(ContestBuilder.Of("c-refused", "refused"));

        await world.RunToRest(
            world.Runner(new RefusingWire(HttpStatusCode.BadRequest, "invalid_request_error", "amount_too_large")));

        Assert.Equal("failed", await world.State("c-refused"));
        Assert.Equal("refused,refused,refused,refused", await world.Outcomes("c-refused"));
        Assert.Equal(9_700,
            await world.Scalar<long>("select balance_minor from payout.ledger_account where account = 'player_payable:refused'"));
        var paid = Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-refused");
        Assert.Equal((0, 1, 9_700L), (paid.PaidCount, paid.OtherCount, paid.OtherMinor));
        Assert.Contains(await world.Sent<AlertRaisedV1>(), a => a.Kind == "payout-failed");
    }
}
