using ContestPipeline.Payout.Clawbacks;

namespace ContestPipeline.Unit.Payout.Reversals;

/// <summary>
/// What is stored of a wanted reversal, and sent to Stripe, stays as it is: calls that an older version wrote are made by a newer
/// one.
/// </summary>
public sealed class ReversalReasonsTests
{
    private static readonly ReversalToMake s_lost = new("p-1", "tr_1", 40, "usd", "dp_1");
    private static readonly CorrectionToTakeBack s_corrected = new(
        "p-1", "tr_1", 40, new ReductionPart("c-1", 3, "e-1", 2, "u-1", "usd", 50));

    [Fact]
    public void A_lost_dispute_has_its_kind_key_mark_and_body()
    {
        var call = s_lost.ToCall();
        Assert.Equal(("transfer-reversal", "dispute/dp_1/reversal/p-1", "p-1"), (call.Kind, call.Key, call.Subject));
        Assert.Equal(("dispute_id", "dp_1"), ((IWantedReversal)s_lost).Mark);
        Assert.Equal(
            """{"payoutId":"p-1","transferId":"tr_1","amountMinor":40,"currency":"usd","disputeId":"dp_1","try":1,"isBlind":false}""",
            call.Body);
    }

    [Fact]
    public void A_correction_has_its_kind_key_mark_and_body()
    {
        var call = s_corrected.ToCall();
        Assert.Equal(("correction-reversal", "correction/c-1/3/e-1/2/reversal", "p-1"), (call.Kind, call.Key, call.Subject));
        Assert.Equal(("correction", "correction/c-1/3/e-1/2/reversal"), ((IWantedReversal)s_corrected).Mark);
        Assert.Equal("usd", ((IWantedReversal)s_corrected).Currency);
        Assert.Equal(
            """{"payoutId":"p-1","transferId":"tr_1","amountMinor":40,"part":{"contestId":"c-1","revision":3,"entryId":"e-1","awardRevision":2,"playerId":"u-1","currency":"usd","netMinor":50},"try":1,"isBlind":false}""",
            call.Body);
    }

    [Fact]
    public void Asked_again_only_the_key_the_amount_and_the_try_are_others()
    {
        foreach (var wanted in new IWantedReversal[] { s_lost, s_corrected })
        {
            var next = wanted.Again(30, isBlind: true);
            Assert.Equal((wanted.Key + "/n2", 30, 2, true), (next.Key, next.AmountMinor, next.Try, next.IsBlind));
            Assert.Equal((wanted.Mark, wanted.TransferId), (next.Mark, next.TransferId));
            var again = new ReversalAgain(next.Key, next.ToCall().Kind, next.ToCall().Body, "less");
            Assert.Equal((object)next, again.Wanted());
        }
    }

    [Fact]
    public void Only_a_correction_books_its_loss_and_each_loss_of_it_once()
    {
        var whys = new[] { ReversalShort.AtFirst, ReversalShort.Refused, ReversalShort.Shrunk };
        Assert.All(whys, why => Assert.Empty(((IWantedReversal)s_lost).LossLines(why, 10)));
        Assert.Equal(
            new[] { "short", "refused", "shrunk-1" }.Select(w => $"correction-loss/c-1/3/e-1/2/{w}"),
            whys.Select(why => Assert.Single(s_corrected.LossLines(why, 10)).Words));
    }
}
