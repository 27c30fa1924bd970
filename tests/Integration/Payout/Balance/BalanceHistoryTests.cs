using ContestPipeline.Contestctl;
using ContestPipeline.Integration.Contestctl.Money;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout;

/// <summary>What was kept of the platform's balance, over the API and by the command.</summary>
public sealed class BalanceHistoryTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task What_was_kept_of_a_balance_is_read_page_by_page_and_shown_by_a_command()
    {
        await world.Payouts.Scalar<int>(
            """
            insert into payout.balance_snapshot
                (currency, taken_at, cause, available_minor, pending_minor, obligations_minor, reserve_minor, status)
            select 'sek', '2026-01-01T00:00Z'::timestamptz + n * interval '1 day', 'schedule', n, 0, 7, 0, 'healthy'
            from generate_series(1, 5) n
            returning 1
            """);
        var days = new List<long>();
        for (string? before = ""; before is not null;)
        {
            var (status, page) = await world.Ask(
                HttpMethod.Get, $"/v1/balance/history?currency=sek&limit=2{before}", world.Token("vera", ApiRole.Viewer));
            Assert.Equal(200, status);
            days.AddRange(page.GetProperty("snapshots").EnumerateArray().Select(s => s.GetProperty("availableMinor").GetInt64()));
            before = page.TryGetProperty("next", out var next) ? $"&before={Uri.EscapeDataString(next.GetString()!)}" : null;
        }

        Assert.Equal([5, 4, 3, 2, 1], days);
        var desk = new MoneyDesk(world);
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("balance", "history", "sek", "--before", "2026-01-03"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer("balance", "history", "doubloon"));
        Assert.Equal(403, (await world.Ask(
            HttpMethod.Get, "/v1/balance/history?currency=sek", world.Token("ann", ApiRole.Player))).Status);
    }

    [Theory]
    [InlineData("/v1/balance/history?currency=usd&limit=0")]
    [InlineData("/v1/balance/history?currency=doubloon")]
    [InlineData("/v1/balance/history")]
    public async Task What_cannot_be_asked_for_is_refused(string path) =>
        Assert.Equal(400, (await world.Ask(HttpMethod.Get, path, world.Token("vera", ApiRole.Viewer))).Status);
}
