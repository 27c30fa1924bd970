using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Contestctl.Money;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout.Http;

/// <summary>What machines do to money and contests stands in the audit log, too, once each.</summary>
public sealed class AuditLifeTests(ApiWorld world, PayoutWorld payouts, PipelineScope scope)
    : IClassFixture<ApiWorld>, IClassFixture<PayoutWorld>, IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Of_an_ordinary_payout_the_audit_tells_its_life_and_of_its_contest_that_the_awards_were_posted()
    {
        await world.Payouts.GivenReady("life");
        await world.Payouts.GivenSettled(ContestBuilder.Of("c-life", "life"));
        await world.Payouts.RunToRest(world.Payouts.Runner());
        var desk = new MoneyDesk(world);
        var payout = await desk.PayoutOf("c-life");

        var (status, ofPayout) = await world.Ask(
            HttpMethod.Get, $"/v1/audit?payout={payout}", world.Token("vera", ApiRole.Viewer));
        var (_, ofContest) = await world.Ask(HttpMethod.Get, "/v1/audit?contest=c-life", world.Token("vera", ApiRole.Viewer));

        Assert.Equal(200, status);
        var states = ofPayout.GetProperty("life").EnumerateArray().Select(s => s.GetProperty("state").GetString()).ToArray();
        Assert.Equal((PayoutStates.Pending, PayoutStates.Paid), (states[0], states[^1]));
        Assert.Equal(["payout-paid"], Actions(ofPayout));
        var transfer = await world.Payouts.Scalar<string>(
            $"select transfer_id from payout.payout where payout_id = '{payout}'");
        Assert.Contains(
            transfer!, ofPayout.GetProperty("rows")[0].GetProperty("result").GetString(), StringComparison.Ordinal);
        Assert.Equal(["payout-paid", "awards-posted"], Actions(ofContest));
        Assert.False(ofContest.TryGetProperty("life", out _));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("audit", "--payout", payout));
    }

    [Fact]
    public async Task A_contest_that_is_published_charged_and_called_off_says_so_once_however_often_it_is_told()
    {
        var rig = new CollectionRig(payouts, scope);
        await rig.EnterPaid("c-audited", 1);
        var published = new ContestPublishedV1(
            "create", "c-audited", PayoutWorld.Published(ContestBuilder.Of("c-audited", "p").Settled).Definition, "hash",
            DateTimeOffset.UnixEpoch);
        var cancelled = new ContestCancelledV1("c-audited", "cancel", "rain", "ann", DateTimeOffset.UnixEpoch);
        for (var again = 0; again < 2; again++)
        {
            await rig.Hear(published);
            await rig.Hear(cancelled);
            await rig.Run();
        }

        Assert.Equal("contest-cancelled ann,contest-published scoring,entry-charged stripe", await payouts.Scalar<string>(
            """
            select string_agg(action || ' ' || actor, ',' order by action)
            from payout.audit_log
            where contest_id = 'c-audited' and action in ('contest-published', 'contest-cancelled', 'entry-charged')
            """));
        await rig.EveryCentIsAccountedFor();
    }

    private static string?[] Actions(System.Text.Json.JsonElement page) =>
        [.. page.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("action").GetString())];
}
