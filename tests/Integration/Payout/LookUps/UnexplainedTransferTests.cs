using ContestPipeline.Contracts;
using Stripe;

namespace ContestPipeline.Integration.Payout.LookUps;

/// <summary>
/// A transfer that may be the payout's own holds the payout: whoever edits its metadata at Stripe, or makes one by hand, does not
/// cause a second one.
/// </summary>
public sealed class UnexplainedTransferTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("emptied", "")]
    [InlineData("other", "p-of-somebody-else")]
    public async Task A_transfer_of_ours_whose_metadata_were_edited_holds_the_payout_and_is_not_made_again(
        string name, string payoutId)
    {
        var contestId = $"c-edited-{name}";
        await world.GivenReady(contestId);
        await world.GivenSettled(ContestBuilder.Of(contestId, contestId));
        await world.Fault("timeout-after");
        await world.Runner().RunOnce(ct);
        var transfer = Assert.Single(await world.OfContest(contestId)).GetProperty("id").GetString()!;
        await Edit(transfer, payoutId);
        world.Clock.Forward(TimeSpan.FromHours(25));

        await world.RunToRest(world.Runner());

        Assert.Equal("held", await world.State(contestId));
        Assert.Equal("mismatch", await world.Outcomes(contestId));
        Assert.Equal(1, await world.TransferCount(contestId));
        Assert.Contains(await world.Sent<AlertRaisedV1>(),
            a => a.Kind == "payout-held" && a.Cause.Contains(transfer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_transfer_by_hand_of_the_same_amount_to_the_same_account_holds_the_payout()
    {
        var accountId = await world.GivenAccount("by-hand");
        await world.GivenSettled(ContestBuilder.Of("c-by-hand", "by-hand"));
        await world.Fault("timeout-before");
        await world.Runner().RunOnce(ct);
        await world.TransferByHand(accountId, 9_700, group: null);
        world.Clock.Forward(TimeSpan.FromHours(25));

        await world.RunToRest(world.Runner());

        Assert.Equal("held", await world.State("c-by-hand"));
        Assert.Equal(0, await world.TransferCount("c-by-hand"));
    }

    [Fact]
    public async Task The_same_prize_of_another_contest_and_a_transfer_by_hand_of_last_week_are_no_reason_to_hold()
    {
        var accountId = await world.GivenAccount("twice-won");
        await world.TransferByHand(accountId, 9_700, group: null);
        world.Clock.Forward(TimeSpan.FromDays(7));
        await world.GivenSettled(ContestBuilder.Of("c-twice-1", "twice-won"));
        await world.RunToRest(world.Runner());
        await world.GivenSettled(ContestBuilder.Of("c-twice-2", "twice-won"));
        await world.Fault("timeout-before");
        await world.Runner().RunOnce(ct);
        await world.GivenSettled(ContestBuilder.Of("c-twice-3", "twice-won"));
        await world.RunToRest(world.Runner());
        world.Clock.Forward(TimeSpan.FromHours(25));

        await world.RunToRest(world.Runner());

        foreach (var contestId in (string[])["c-twice-1", "c-twice-2", "c-twice-3"]) await world.IsPaidOnce(contestId);
    }

    private Task Edit(string transferId, string payoutId) => new TransferService(world.Stripe()).UpdateAsync(
        transferId, new TransferUpdateOptions { Metadata = new Dictionary<string, string> { ["payout_id"] = payoutId } },
        cancellationToken: ct);
}
