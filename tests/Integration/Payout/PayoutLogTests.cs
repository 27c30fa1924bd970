using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Integration.Payout;

/// <summary>
/// The worker's log tells of every payout's end, once, with what ops look for as fields, and of nothing that was taken back.
/// </summary>
public sealed class PayoutLogTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_payout_that_is_paid_is_one_line_with_amount_transfer_and_attempt()
    {
        await world.GivenReady("log-paid");
        await world.GivenSettled(ContestBuilder.Of("c-log-paid", "log-paid"));
        await world.Fault("timeout-after");

        await world.RunToRest(world.Runner());
        await world.RunToRest(world.Runner());

        var line = Assert.Single(world.Log.Of("c-log-paid"));
        var transfer = Assert.Single(await world.OfContest("c-log-paid"));
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Equal(await PayoutId("c-log-paid"), line["PayoutId"]);
        Assert.Equal((1, 9_700L, "usd", 1), (line["Revision"], line["AmountMinor"], line["Currency"], line["Attempt"]));
        Assert.Equal(transfer.GetProperty("id").GetString(), line["TransferId"]);
    }

    [Theory]
    [InlineData(PayoutState.Failed, "the account is closed")]
    [InlineData(PayoutState.Rejected, "rejected by ann: taken over\nERROR not a line of its own")]
    public async Task A_payout_that_ends_without_being_paid_is_one_warning_with_its_reason(PayoutState state, string reason)
    {
        var contestId = $"c-log-{state.Word()}";
        await world.GivenSettled(ContestBuilder.Of(contestId, $"log-{state.Word()}"));

        await Change(contestId, state, reason);

        var line = Assert.Single(world.Log.Of(contestId));
        Assert.Equal(
            (LogLevel.Warning, state.Word(), reason.ReplaceLineEndings(" ")), (line.Level, line["State"], line["Reason"]));
        Assert.Equal((await PayoutId(contestId), 9_700L), (line["PayoutId"], line["AmountMinor"]));
    }

    [Fact]
    public async Task Each_part_that_is_taken_back_of_a_paid_payout_is_a_warning()
    {
        await world.GivenReady("log-back");
        await world.GivenSettled(ContestBuilder.Of("c-log-back", "log-back"));
        await world.RunToRest(world.Runner());

        await Change("c-log-back", PayoutState.Reversed, "1 of 9700");
        await Change("c-log-back", PayoutState.Reversed, "1 of 9700");
        await Change("c-log-back", PayoutState.Reversed, "all of it");

        Assert.Equal(
            [(LogLevel.Information, null), (LogLevel.Warning, "1 of 9700"), (LogLevel.Warning, "all of it")],
            world.Log.Of("c-log-back").Select(l => (l.Level, (string?)l["Reason"])));
    }

    [Fact]
    public async Task What_was_taken_back_is_not_told_and_what_goes_on_is_no_end()
    {
        await world.GivenSettled(ContestBuilder.Of("c-log-none", "log-none"));

        await Change("c-log-none", PayoutState.AwaitingAccount, "no account");
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            Change("c-log-none", PayoutState.Failed, "not yet", () => throw new OperationCanceledException()));

        Assert.Empty(world.Log.Of("c-log-none"));
        Assert.Equal(PayoutStates.AwaitingAccount, await world.State("c-log-none"));
        await Change("c-log-none", PayoutState.Failed, "now for certain");
        Assert.Equal("now for certain", Assert.Single(world.Log.Of("c-log-none"))["Reason"]);
    }

    private async Task<string?> PayoutId(string contestId) =>
        await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contestId}'");

    private async Task Change(string contestId, PayoutState state, string reason, Action? beforeCommit = null)
    {
        var payoutId = (await PayoutId(contestId))!;
        await world.Database.Run(
            async tx =>
            {
                var locked = (await tx.LockPayout(payoutId))!;
                await tx.ChangePayout(
                    locked.Contest, locked.Payout, state, reason,
                    dueAt: state.IsTerminal() ? null : tx.Now.AddYears(1));
                beforeCommit?.Invoke();
            }, CancellationToken.None);
    }
}
