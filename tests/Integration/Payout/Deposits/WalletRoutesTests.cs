using System.Text.Json;
using ContestPipeline.Integration.Payout.Reconcile;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout.Deposits;

/// <summary>Wallets over HTTP: who sees which, what a player may ask for, and what the answers say.</summary>
public sealed class WalletRoutesTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Deposits = "/v1/me/wallet/deposits";

    [Fact]
    public async Task A_player_deposits_pays_and_sees_it_in_the_wallet_as_staff_does_and_Stripe_agrees()
    {
        var rig = new DepositRig(world.Payouts);
        var player = world.Token("anna", ApiRole.Player);

        var (asked, taken) = await world.Ask(HttpMethod.Post, Deposits, player, Body("a/1", 6_000));
        var (_, pending) = await world.Ask(HttpMethod.Get, "/v1/me/wallet", player);
        await rig.Run();
        var (_, payable) = await world.Ask(HttpMethod.Get, $"{Deposits}/a%2F1", player);
        Assert.True(await rig.Pay("anna", "a/1"));
        await rig.Run();
        await rig.Credited("anna", "b", 4_000);
        var (_, paid) = await world.Ask(HttpMethod.Get, $"{Deposits}/a%2F1", player);
        var (_, own) = await world.Ask(HttpMethod.Get, "/v1/me/wallet", player);
        var (_, seen) = await world.Ask(HttpMethod.Get, "/v1/players/anna/wallet", world.Token("vera", ApiRole.Viewer));

        Assert.Equal((202, "requested", 6_000L), (asked, Text(taken, "state"), Minor(taken, "creditMinor")));
        Assert.Equal((0L, 6_000L), (Sum(pending, "availableMinor"), Sum(pending, "pendingMinor")));
        Assert.StartsWith("pi_", Text(payable, "clientSecret"), StringComparison.Ordinal);
        Assert.Equal("paid", Text(paid, "state"));
        Assert.False(paid.TryGetProperty("clientSecret", out _));
        Assert.Equal(own.GetRawText(), seen.GetRawText());
        Assert.Equal((10_000L, 0L, 0L, 10_000L, 0L), (Sum(own, "availableMinor"), Sum(own, "stakedMinor"),
            Sum(own, "pendingMinor"), Sum(own, "refundableMinor"), Sum(own, "withdrawableMinor")));
        Assert.Equal([6_000L, 4_000L], own.GetProperty("lots").EnumerateArray().Select(l => Minor(l, "leftMinor")));
        await world.Payouts.TakeEvents();
        var compared = await world.Payouts.Reconcile();
        Assert.True(compared.Clean, string.Join("\n", compared.Differences));
        world.Payouts.Clock.Forward(TimeSpan.FromDays(91));
        var (_, later) = await world.Ask(HttpMethod.Get, "/v1/me/wallet", player);
        Assert.Equal((0L, 10_000L), (Sum(later, "refundableMinor"), Sum(later, "withdrawableMinor")));
    }

    [Fact]
    public async Task The_history_of_a_wallet_is_read_page_by_page_the_latest_first()
    {
        var rig = new DepositRig(world.Payouts);
        var player = world.Token("pages", ApiRole.Player);
        for (var n = 1; n <= 5; n++) await rig.Credited("pages", $"d{n}", n * 100);

        var amounts = new List<long>();
        string? next = null;
        do
        {
            var (status, page) = await world.Ask(HttpMethod.Get,
                $"/v1/me/wallet/history?currency=usd&limit=2{(next is null ? "" : $"&after={next}")}", player);
            Assert.Equal(200, status);
            amounts.AddRange(page.GetProperty("movements").EnumerateArray().Select(m => Minor(m, "amountMinor")));
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null);

        Assert.Equal([500L, 400L, 300L, 200L, 100L], amounts);
        Assert.Equal(400, (await world.Ask(HttpMethod.Get, "/v1/me/wallet/history?currency=usd&after=x", player)).Status);
        Assert.Equal(400, (await world.Ask(HttpMethod.Get, "/v1/me/wallet/history?currency=usd&limit=0", player)).Status);
        Assert.Equal(400, (await world.Ask(HttpMethod.Get, "/v1/me/wallet/history?currency=zzz", player)).Status);
    }

    [Fact]
    public async Task While_the_books_are_recovered_the_wallet_says_that_nothing_is_taken_out_and_why()
    {
        var rig = new DepositRig(world.Payouts);
        var player = world.Token("restored", ApiRole.Player);
        await rig.Credited("restored", "d", 1_000);

        await world.Payouts.Scalar<int>(
            """
            insert into payout.recovery (state, cause, lost_since, stopped_at) values ('stopped', 'restored', now(), now());
            select 1
            """);
        var (refused, _) = await world.Ask(HttpMethod.Post, "/v1/me/wallet/refunds", player, Body("r", 500));
        var (_, frozen) = await world.Ask(HttpMethod.Get, "/v1/me/wallet", player);
        await world.Payouts.Scalar<int>("update payout.recovery set state = 'ended', ended_at = now(); select 1");
        var (_, free) = await world.Ask(HttpMethod.Get, "/v1/players/restored/wallet", world.Token("vera", ApiRole.Viewer));

        Assert.Equal(409, refused);
        Assert.True(frozen.GetProperty("isFrozen").GetBoolean());
        Assert.Equal(["recovery"], frozen.GetProperty("frozenBy").EnumerateArray().Select(cause => cause.GetString()));
        Assert.False(free.GetProperty("isFrozen").GetBoolean());
        Assert.Empty(free.GetProperty("frozenBy").EnumerateArray());
    }

    [Fact]
    public async Task The_lots_of_a_wallet_are_read_page_by_page_the_oldest_first()
    {
        var rig = new DepositRig(world.Payouts);
        var player = world.Token("lots", ApiRole.Player);
        for (var n = 1; n <= 5; n++) await rig.Credited("lots", $"d{n}", n * 100);

        var amounts = new List<long>();
        string? next = null;
        do
        {
            var (status, page) = await world.Ask(HttpMethod.Get,
                $"/v1/me/wallet?limit=2{(next is null ? "" : $"&after={Uri.EscapeDataString(next)}")}", player);
            Assert.Equal((200, 1_500L), (status, Sum(page, "availableMinor")));
            Assert.InRange(page.GetProperty("lots").GetArrayLength(), 1, 2);
            amounts.AddRange(page.GetProperty("lots").EnumerateArray().Select(l => Minor(l, "leftMinor")));
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null);

        Assert.Equal([100L, 200L, 300L, 400L, 500L], amounts);
        foreach (var wrong in new[] { "after=x", "after=1.0.x", "limit=0", "limit=1001" })
            Assert.Equal((wrong, 400), (wrong, (await world.Ask(HttpMethod.Get, $"/v1/me/wallet?{wrong}", player)).Status));
    }

    [Fact]
    public async Task Nobody_deposits_for_another_and_what_is_out_of_bounds_is_refused_and_moves_nothing()
    {
        var player = world.Token("bad", ApiRole.Player);
        var (first, _) = await world.Ask(HttpMethod.Post, Deposits, player, Body("k", 60_000));
        (string Who, object Body, int Status)[] wrong =
        [
            (world.Token("olga", ApiRole.Operator, ApiRole.Approver), Body("k", 60_000), 403),
            (player, Body("k", 60_001), 409), (player, Body("l", 40_001), 409), (player, Body("l", 49), 400),
            (player, Body("l", 0), 400), (player, Body("l", -60_000), 400), (player, Body("l", 100_001), 400),
            (player, Body("", 60), 400), (player, new { requestId = "l", amountMinor = 60, currency = "xxx" }, 400),
            (player, new { requestId = "l", amountMinor = "60", currency = "usd" }, 400),
            (player, new { requestId = "l", amountMinor = 60 }, 400),
            (player, new { requestId = "l", amountMinor = 60, currency = "usd", playerId = "anna" }, 400),
        ];

        foreach (var (who, body, status) in wrong)
            Assert.Equal((status, body), ((await world.Ask(HttpMethod.Post, Deposits, who, body)).Status, body));
        Assert.Equal(202, first);
        Assert.Equal(404, (await world.Ask(HttpMethod.Get, $"{Deposits}/none", player)).Status);
        Assert.Equal(403, (await world.Ask(HttpMethod.Get, "/v1/players/bad/wallet", player)).Status);
        Assert.Equal(1, await world.Payouts.Scalar<long>(
            "select count(*) from payout.wallet_deposit where player_id in ('bad', 'olga')"));
    }

    private static object Body(string requestId, long amountMinor) => new { requestId, amountMinor, currency = "usd" };

    private static string Text(JsonElement answer, string field) => answer.GetProperty(field).GetString()!;

    private static long Minor(JsonElement answer, string field) => answer.GetProperty(field).GetInt64();

    private static long Sum(JsonElement wallet, string field) =>
        wallet.GetProperty("balances").EnumerateArray().Sum(b => Minor(b, field));
}
