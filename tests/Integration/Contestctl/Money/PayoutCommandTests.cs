using System.Net;
using ContestPipeline.Contestctl;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;

namespace ContestPipeline.Integration.Contestctl.Money;

/// <summary><c>contestctl payouts</c> as an operator types it: what it does, what it refuses, with which exit code.</summary>
public sealed class PayoutCommandTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly MoneyDesk desk = new(world);

    [Fact]
    public async Task A_held_payout_is_released_by_an_approver_once_and_by_nobody_else()
    {
        var payoutId = await GivenHeld("cmd-release", "cmd-winner");

        Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer("payouts", "release", payoutId));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("payouts", "release", payoutId));
        Assert.Equal(ExitCodes.CheckFailed, await desk.Type(ApiRole.Approver, "cmd-winner", "payouts", "release", payoutId));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsApprover("payouts", "release", "po_nobody"));
        Assert.Equal("held", await world.Payouts.State("cmd-release"));

        Assert.Equal(
            ExitCodes.Success, await desk.AsApprover("payouts", "release", payoutId, "--note", "identity checked", "--json"));
        await world.Payouts.Runner().RunOnce(CancellationToken.None);
        Assert.Equal("paid", await world.Payouts.State("cmd-release"));
        Assert.Equal("ann: identity checked", await world.Payouts.Scalar<string>(
            $"select reviewer || ': ' || note from payout.payout_review where payout_id = '{payoutId}' and decision = 'release'"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsApprover("payouts", "release", payoutId));
    }

    [Fact]
    public async Task A_held_payout_is_rejected_only_with_a_note()
    {
        var payoutId = await GivenHeld("cmd-reject", "cmd-suspect");

        Assert.Equal(ExitCodes.Usage, await desk.AsApprover("payouts", "reject", payoutId));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsApprover("payouts", "reject", payoutId, "--note", " "));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("payouts", "reject", payoutId, "--note", "case 118"));
        Assert.Equal("held", await world.Payouts.State("cmd-reject"));

        Assert.Equal(
            ExitCodes.Success, await desk.AsApprover("payouts", "reject", payoutId, "--note", "account taken over, case 118"));
        Assert.Equal("rejected", await world.Payouts.State("cmd-reject"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsApprover("payouts", "reject", payoutId, "--note", "again"));
    }

    [Fact]
    public async Task A_failed_payout_is_sent_again_by_an_operator_with_a_reason_and_then_paid_once()
    {
        world.Payouts.Risk = null;
        await world.Payouts.GivenReady("cmd-again");
        await world.Payouts.GivenSettled(ContestBuilder.Of("cmd-retry", "cmd-again"));
        await world.Payouts.RunToRest(
            world.Payouts.Runner(new RefusingWire(HttpStatusCode.BadRequest, "invalid_request_error", "amount_too_small")));
        var payoutId = await desk.PayoutOf("cmd-retry");

        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("payouts", "retry", payoutId));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsApprover("payouts", "retry", payoutId, "--reason", "mended"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("payouts", "retry", "po_nobody", "--reason", "mended"));
        Assert.Equal("failed", await world.Payouts.State("cmd-retry"));

        Assert.Equal(ExitCodes.Success, await desk.AsOperator("payouts", "retry", payoutId, "--reason", "mended"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("payouts", "retry", payoutId, "--reason", "impatience"));
        await world.Payouts.RunToRest(world.Payouts.Runner());
        await world.Payouts.IsPaidOnce("cmd-retry");
    }

    [Fact]
    public async Task Payouts_are_listed_and_shown_from_the_database_and_filters_that_mean_nothing_are_refused()
    {
        await world.Payouts.GivenReady("cmd-listed");
        await world.Payouts.GivenSettled(ContestBuilder.Of("cmd-list", "cmd-listed"));

        Assert.Equal(ExitCodes.Success, await desk.AsViewer("payouts", "list", "--contest", "cmd-list", "--json"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("payouts", "list", "--held"));
        Assert.Equal(ExitCodes.Usage, await desk.AsViewer("payouts", "list", "--state", "lost"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("payouts", "show", await desk.PayoutOf("cmd-list")));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer("payouts", "show", "po_nobody"));
        Assert.Equal(ExitCodes.Usage, await desk.AsViewer("payouts", "show"));
    }

    [Theory]
    [InlineData("payouts release po")]
    [InlineData("payouts reject po --note n")]
    [InlineData("payouts retry po --reason r")]
    [InlineData("alerts list")]
    [InlineData("stripe sweep")]
    [InlineData("tax 1099 --year 2026")]
    [InlineData("entries refund c e --request r --reason r")]
    [InlineData("balance")]
    public async Task Without_a_token_every_command_that_asks_Payout_says_which_setting_is_missing(string arguments) =>
        Assert.Equal(ExitCodes.Usage, await desk.Type(role: null, "nobody", arguments.Split(' ')));

    /// <summary>A payout of $5,820 that waits for approval.</summary>
    private async Task<string> GivenHeld(string contestId, string playerId)
    {
        world.Payouts.Risk = RiskPolicy.Default;
        await world.Payouts.GivenReady(playerId);
        await world.Payouts.GivenSettled(ContestBuilder.Of(contestId, 10, (playerId, [6_000_00])));
        await world.Payouts.Runner().RunOnce(CancellationToken.None);
        Assert.Equal("held", await world.Payouts.State(contestId));
        return await desk.PayoutOf(contestId);
    }
}
