using ContestPipeline.Contracts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Payout.Corrections;

/// <summary>
/// Reductions alone take nothing back from anybody: Scoring has to have finalised their revision, and not to have cancelled the
/// contest.
/// </summary>
public sealed class UnfoundedReductionsTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_Scoring_has_not_finalised_is_told_and_taken_back_only_when_it_has()
    {
        await GivenPaid("c-forged", "forged");
        await Reduce("c-forged", "forged");
        await Effects();
        Assert.Empty(await Alerts("c-forged"));

        world.Clock.Forward(UnfoundedResultsJob.Patience + TimeSpan.FromSeconds(1));
        await Effects();
        await Effects();

        Assert.Equal("open 0", await Parts("c-forged"));
        Assert.Equal("9700 paid", await Payouts("c-forged"));
        var alert = Assert.Single(await Alerts("c-forged"));
        Assert.Equal(
            ("result-unfounded/c-forged/2", "result-unfounded", "critical"), (alert.DedupKey, alert.Kind, alert.Severity));
        Assert.Contains("3880 usd minor units of 1 players; expected contest.finalized.v1 of revision 2", alert.Cause,
            StringComparison.Ordinal);

        await world.Finalize("c-forged", 2);
        await Effects();
        Assert.Equal("reversed 3880", await Parts("c-forged"));
        Assert.Equal("9700 reversed", await Payouts("c-forged"));
    }

    [Fact]
    public async Task Of_a_cancelled_contest_nothing_is_taken_back()
    {
        await GivenPaid("c-off", "off");
        await world.Finalize("c-off", 2);
        IMessage cancelled = new ContestCancelledV1("c-off", "cancel", "storm", "ann", DateTimeOffset.UnixEpoch);
        await world.Database.Run(
            tx => new CollectionHandler(OverlayLimit.Default)
                .Handle([new Received<IMessage>(cancelled, world.EnvelopeOf(cancelled))], tx), ct);
        await Reduce("c-off", "off");

        world.Clock.Forward(UnfoundedResultsJob.Patience + TimeSpan.FromSeconds(1));
        await Effects();

        Assert.Equal(("open 0", "9700 paid"), (await Parts("c-off"), await Payouts("c-off")));
        Assert.Contains(await Alerts("c-off"),
            a => a.DedupKey == "result-unfounded/c-off/2"
                && a.Cause.Contains("the contest was cancelled: storm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_payout_that_waits_does_not_shrink_for_them()
    {
        await world.GivenAccount("whole");
        await world.GivenSettled(ContestBuilder.Of("c-whole", 1, ("whole", [10_000])));
        await Reduce("c-whole", "whole");

        await Effects();
        await world.RunToRest(world.Runner());

        Assert.Equal(("open 0", "9700 paid"), (await Parts("c-whole"), await Payouts("c-whole")));
    }

    private async Task GivenPaid(string contest, string player)
    {
        await world.GivenAccount(player);
        await world.GivenSettled(ContestBuilder.Of(contest, 1, (player, [10_000])));
        await world.RunToRest(world.Runner());
        Assert.Equal("9700 paid", await Payouts(contest));
    }

    private Task Reduce(string contest, string player) => world.Handle(new ContestReductionsHandler(), new ContestReductionsV1(
        contest, 2, 0, "usd",
        [new PlayerAwardsV1(player, 4_000, 120, 3_880, [new PrizeV1($"{contest}-{player}-0", 2, 90, 4_000, 120, 3_880)])]));

    /// <summary>Whatever could take something back or tell has its turn.</summary>
    private async Task Effects()
    {
        var calls = world.Calls(null, new ReversalCall<CorrectionToTakeBack>());
        for (var round = 0; round < 3; round++)
        {
            await new ReductionEffects(world.Database, world.Gateway().Stripe).ReadStale(ct);
            await calls.RunOnce(ct);
        }

        var job = new UnfoundedReductionsJob();
        while (await world.Database.Run(job.Run, ct))
        {
        }
    }

    private async Task<IReadOnlyList<AlertRaisedV1>> Alerts(string contest) =>
        [.. (await world.Sent<AlertRaisedV1>()).Where(a => a.Subject == contest)];

    private Task<string?> Payouts(string contest) =>
        world.Scalar<string>(
            $"select string_agg(amount_minor || ' ' || state, ', ' order by revision) from payout.payout where contest_id = "
                + $"'{contest}'");

    private Task<string?> Parts(string contest) =>
        world.Scalar<string>(
            $"select string_agg(outcome || ' ' || taken_minor, ', ') from payout.reduction_part where contest_id = '{contest}'");
}
