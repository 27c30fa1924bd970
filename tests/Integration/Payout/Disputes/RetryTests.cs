using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Reviews;

namespace ContestPipeline.Integration.Payout.Disputes;

/// <summary>Failed payouts, sent again by a person.</summary>
public sealed class RetryTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_payout_that_Stripe_refused_for_good_is_sent_again_with_a_new_key_and_the_contest_is_paid_once()
    {
        await world.GivenReady("refused");
        await world.GivenSettled(ContestBuilder.Of("c-refused", "refused"));
        await world.RunToRest(
            world.Runner(new RefusingWire(HttpStatusCode.BadRequest, "invalid_request_error", "amount_too_small")));
        Assert.Equal("failed", await world.State("c-refused"));

        var answer = await Retry("c-refused");
        var again = await Retry("c-refused");
        await world.RunToRest(world.Runner());

        Assert.IsType<RetryAnswer.Go>(answer);
        Assert.IsType<RetryAnswer.No>(again);
        Assert.Equal("paid", await world.State("c-refused"));
        Assert.Equal(1, await world.TransferCount("c-refused"));
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == "c-refused");
        Assert.Equal("0/1",
            await world.Scalar<string>(
                "select payouts_open || '/' || paid_count from payout.contest where contest_id = 'c-refused'"));
        Assert.Equal(2,
            await world.Scalar<long>(
                "select count(*) from payout.audit_log where action = 'payout-retried' and contest_id = 'c-refused'"));
        await world.LedgerIsClean();
    }

    /// <summary>There is nothing to wait for: the account does not become any readier than it says it is.</summary>
    [Fact]
    public async Task A_payout_to_an_account_that_is_ready_and_refused_all_the_same_has_failed_after_four_tries_and_is_sent_again_by_a_person()
    {
        await world.GivenReady("shut");
        await world.GivenSettled(ContestBuilder.Of("c-shut", "shut"));
        var shut = new RefusingWire(HttpStatusCode.BadRequest, "invalid_request_error", "transfers_not_allowed");
        var runner = world.Runner(shut);
        await world.RunToRest(runner);

        Assert.Equal(
            ("failed", "account,account,account,account"), (await world.State("c-shut"), await world.Outcomes("c-shut")));
        Assert.Equal(9_700,
            await world.Scalar<long>("select balance_minor from payout.ledger_account where account = 'player_payable:shut'"));
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.onboarding where player_id = 'shut'"));
        Assert.IsType<RetryAnswer.Go>(await Retry("c-shut"));
        await world.RunToRest(runner);
        Assert.Equal("failed", await world.State("c-shut"));
        Assert.Equal(2, await Failures("c-shut"));

        Assert.IsType<RetryAnswer.Go>(await Retry("c-shut"));
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-shut");
    }

    [Fact]
    public async Task A_payout_that_is_paid_or_unknown_is_not_sent_again()
    {
        await world.GivenReady("settled");
        await world.GivenSettled(ContestBuilder.Of("c-settled", "settled"));
        await world.RunToRest(world.Runner());

        Assert.IsType<RetryAnswer.No>(await Retry("c-settled"));
        Assert.Null(await world.Database.Run(tx => RetryRoutes.Retry("no-such-payout", "operator-1", "test", tx), ct));
    }

    /// <summary>How often a person was told that the contest's payout has failed.</summary>
    private async Task<int> Failures(string contestId)
    {
        var payoutId = await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'");
        return (await world.Sent<AlertRaisedV1>()).Count(a => a.Kind == "payout-failed" && a.Subject == payoutId);
    }

    private async Task<RetryAnswer?> Retry(string contestId)
    {
        var payoutId = await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'");
        return await world.Database.Run(tx => RetryRoutes.Retry(payoutId!, "operator-1", "the cause is mended", tx), ct);
    }
}
