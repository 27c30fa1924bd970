using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout;

/// <summary>Payments of entries over HTTP: who sees the secret, who may refund, and what the answers say.</summary>
public sealed class EntryRoutesTests(ApiWorld world, PipelineScope scope) : IClassFixture<ApiWorld>, IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Only_the_player_who_pays_sees_the_secret_and_only_until_it_is_paid()
    {
        var rig = await Entered("api-secret");
        const string Path = "/v1/entries/api-secret/e0/payment";
        var player = world.Token("api-secret-p0", ApiRole.Player);

        var (_, own) = await world.Ask(HttpMethod.Get, Path, player);
        var (othersStatus, _) = await world.Ask(HttpMethod.Get, Path, world.Token("eve", ApiRole.Player));
        var (_, staff) = await world.Ask(HttpMethod.Get, Path, world.Token("vera", ApiRole.Viewer));
        Assert.True(await rig.Pay("api-secret", 0));
        await rig.Run();
        var (_, paid) = await world.Ask(HttpMethod.Get, Path, player);

        Assert.StartsWith("pi_", own.GetProperty("clientSecret").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, othersStatus);
        Assert.False(staff.TryGetProperty("clientSecret", out _));
        Assert.Equal("requires_payment", staff.GetProperty("state").GetString());
        Assert.False(paid.TryGetProperty("clientSecret", out _));
        Assert.Equal("paid", paid.GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_operator_refunds_once_however_often_the_request_is_sent()
    {
        var rig = await Entered("api-refund");
        await rig.Pay("api-refund", 0);
        await rig.Run();
        const string Path = "/v1/entries/api-refund/e0/refunds";
        var body = new { requestId = "case-1", reason = "goodwill", amountMinor = 700 };

        var (forbidden, _) = await world.Ask(
            HttpMethod.Post, Path, world.Token("vera", ApiRole.Viewer, ApiRole.Approver, ApiRole.Player), body);
        var (first, one) = await world.Ask(HttpMethod.Post, Path, world.Token("olga", ApiRole.Operator), body);
        var (again, same) = await world.Ask(HttpMethod.Post, Path, world.Token("olga", ApiRole.Operator), body);
        var (other, _) = await world.Ask(HttpMethod.Post, Path, world.Token("olga", ApiRole.Operator),
            new { requestId = "case-1", reason = "goodwill", amountMinor = 701 });
        var (tooMuch, why) = await world.Ask(HttpMethod.Post, Path, world.Token("olga", ApiRole.Operator),
            new { requestId = "case-2", reason = "x", amountMinor = 1_801 });
        var (unclear, _) = await world.Ask(HttpMethod.Post, Path, world.Token("olga", ApiRole.Operator),
            new { requestId = "case-3", reason = "x", amountMinor = 0 });
        var (unknown, _) = await world.Ask(
            HttpMethod.Post, "/v1/entries/api-refund/nobody/refunds", world.Token("olga", ApiRole.Operator), body);
        await rig.Run();

        Assert.Equal((403, 202, 202, 409, 409, 400, 404), (forbidden, first, again, other, tooMuch, unclear, unknown));
        Assert.Equal((1, 1), (one.GetProperty("refundNo").GetInt32(), same.GetProperty("refundNo").GetInt32()));
        Assert.Contains("at most 1800", why.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("partly_refunded", await rig.State("api-refund", 0));
        Assert.Equal(700,
            await world.Payouts.Scalar<long>("select refunded_minor from payout.entry_payment where contest_id = 'api-refund'"));
        await rig.EveryCentIsAccountedFor();
    }

    private async Task<CollectionRig> Entered(string contestId)
    {
        var rig = new CollectionRig(world.Payouts, scope);
        await rig.Publish(contestId);
        await rig.Enter(contestId, 1);
        return rig;
    }
}
