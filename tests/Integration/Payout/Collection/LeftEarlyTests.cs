using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;

namespace ContestPipeline.Integration.Payout.Collection;

/// <summary>What an entry's contest says of it comes in another order than it was said in.</summary>
public sealed class LeftEarlyTests(PayoutWorld world, PipelineScope scope)
    : IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    /// <summary>An operator gave the message up that asks for the fee, and replayed it when all was over.</summary>
    [Theory]
    [InlineData("refused")]
    [InlineData("withdrawn")]
    [InlineData("cancelled")]
    public async Task An_entry_that_has_left_before_it_was_to_be_paid_is_not_charged(string how)
    {
        var rig = new CollectionRig(world, scope);
        var contestId = $"col-left-{how}";
        var at = DateTimeOffset.UnixEpoch;
        await rig.Hear(how switch
        {
            "refused" => new EntryRefusedV1(contestId, "e0", $"{contestId}-p0", "contest-locked", "it locked", at),
            "withdrawn" => new EntryWithdrawnV1("take-back", contestId, "e0", $"{contestId}-p0", at),
            _ => new ContestCancelledV1(contestId, CommandId: null, "rain", "operator", at),
        });
        await rig.Run();

        var required = new EntryPaymentRequiredV1(
            "submit", contestId, "e0", $"{contestId}-p0", 1, CollectionRig.FeeMinor, "usd", Slate.Lock, at);
        await rig.Hear(required);
        await rig.Run();
        Assert.Equal("cancelled", await rig.State(contestId, 0));

        await rig.Hear(required);
        await rig.Run();
        Assert.Equal("cancelled", await rig.State(contestId, 0));
        Assert.Equal(1,
            await world.Scalar<long>(
                $"select count(*) from payout.stripe_call where kind = 'entry-payment' and key like 'entry/{contestId}/%'"));
    }
}
