
using ContestPipeline.Payout.Reports;

namespace ContestPipeline.Integration.Payout.Notices;

/// <summary>A prize counts for the year in which Stripe made the transfer, in UTC.</summary>
public sealed class TaxYearTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_transfer_of_december_whose_answer_was_lost_and_that_is_booked_in_january_counts_for_december()
    {
        var now = world.Clock.GetUtcNow();
        var newYear = new DateTimeOffset(now.Year + 1, 1, 1, 0, 0, 0, TimeSpan.Zero);
        world.Clock.Forward(newYear - now - TimeSpan.FromHours(2));
        await world.GivenReady("december");
        await world.GivenSettled(ContestBuilder.Of("c-december", "december"));
        await world.Fault("timeout-after");
        await world.Runner().RunOnce(CancellationToken.None);
        world.Clock.Forward(TimeSpan.FromHours(25));

        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-december");
        var years = await world.Database.Run(tx => tx.PaidByYear("december"), CancellationToken.None);
        Assert.Equal(now.Year, Assert.Single(years).Year);
        Assert.DoesNotContain(
            await world.Database.Run(tx => tx.PaidIn(newYear.Year), CancellationToken.None), p => p.PlayerId == "december");
    }
}
