using System.Globalization;
using System.Text.Json;
using ContestPipeline.Integration.Payout.Deposits;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout.Wallet;

/// <summary>What the platform earned and what moved a wallet, by month and by year, as the ledger has it.</summary>
public sealed class RevenueTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private static readonly string[] s_figures =
    [
        "rakeMinor", "forfeitsMinor", "feesMinor", "depositFeesMinor", "overlayMinor", "roundingMinor", "lossesMinor",
        "stripeFeesMinor",
    ];

    private readonly WalletRig rig = new(world.Payouts);

    [Fact]
    public async Task Months_and_kinds_add_up_to_what_the_houses_accounts_changed_by()
    {
        var first = Month();
        await world.Payouts.GivenSettled(ContestBuilder.Of("rev-1", 100, ("ann", [10_000])));
        world.Payouts.Clock.Forward(TimeSpan.FromDays(40));
        var second = Month();
        for (var n = 1; n <= 3; n++) await rig.Deposit($"rev-2-p{n}", 1_000, "all");
        await rig.GivenResult(await rig.Played("rev-2"));
        await new DepositRig(world.Payouts).Credited("rev-player", "d", 6_000);

        var report = await Report(first, second);

        var contest = Figures(report, first, "lineup");
        Assert.Equal((300L, -10_007L, 7L, -9_700L, 1), (Minor(contest, "feesMinor"), Minor(contest, "overlayMinor"),
            Minor(contest, "roundingMinor"), Minor(contest, "netMinor"), contest.GetProperty("contests").GetInt32()));
        Assert.False(contest.TryGetProperty("failedStakesBps", out _));
        var challenge = Figures(report, second, "verified");
        Assert.Equal((200L, 24L, 224L, 3_000L, 1_000L, 3_333L, 224L), (Minor(challenge, "forfeitsMinor"),
            Minor(challenge, "feesMinor"), Minor(challenge, "netMinor"), Minor(challenge, "stakesMinor"),
            Minor(challenge, "failedStakesMinor"), Minor(challenge, "failedStakesBps"), Minor(challenge, "averageNetMinor")));
        var none = Figures(report, second, null);
        Assert.True(Minor(none, "stripeFeesMinor") < 0, none.GetRawText());
        foreach (var month in report.GetProperty("months").EnumerateArray())
            Assert.Equal(Minor(month.GetProperty("figures"), "netMinor"),
                s_figures.Sum(f => Minor(month.GetProperty("figures"), f)));
        var total = Assert.Single(report.GetProperty("totals").EnumerateArray()).GetProperty("figures");
        Assert.Equal(Minor(total, "netMinor"), await world.Payouts.Scalar<long>(
            """
            select sum(balance_minor)::bigint from payout.ledger_account where account in ('platform_fees', 'house_overlay',
                'house_rounding', 'refunds', 'dispute_losses', 'correction_losses', 'stripe_fees')
            """));
        Assert.Equal(["verified"], (await Report(second, second)).GetProperty("months").EnumerateArray()
            .Where(m => m.TryGetProperty("kind", out _)).Select(m => m.GetProperty("kind").GetString()));
    }

    [Theory]
    [InlineData("from=2026-13", 400)]
    [InlineData("from=2026-1", 400)]
    [InlineData("to=x", 400)]
    [InlineData("to=1999-12", 400)]
    [InlineData("from=2026-02&to=2026-01", 400)]
    [InlineData("from=2016-01&to=2026-01", 400)]
    [InlineData("from=2016-02&to=2026-01", 200)]
    [InlineData("to=9000-12", 200)]
    public async Task Months_that_are_none_are_refused(string query, int status) =>
        Assert.Equal(status, (await world.Ask(
            HttpMethod.Get, $"/v1/platform/revenue?{query}", world.Token("olga", ApiRole.Operator))).Status);

    [Fact]
    public async Task Only_operators_see_what_the_platform_earns()
    {
        foreach (var role in (string[])[ApiRole.Player, ApiRole.Viewer, ApiRole.Approver])
            Assert.Equal(403, (await world.Ask(HttpMethod.Get, "/v1/platform/revenue", world.Token("eve", role))).Status);
    }

    [Fact]
    public async Task The_years_of_a_wallet_add_up_to_its_balance_for_the_player_and_for_staff()
    {
        await rig.Deposit("years-p1", 1_600, "a");
        await rig.Deposit("years-p2", 1_000, "a");
        await rig.Deposit("years-p3", 1_000, "a");
        var played = await rig.Played("years");
        var joined = world.Payouts.Clock.GetUtcNow().Year;
        world.Payouts.Clock.Forward(TimeSpan.FromDays(366));
        await rig.GivenResult(played);

        var (_, own) = await world.Ask(HttpMethod.Get, "/v1/me/wallet/years", world.Token("years-p1", ApiRole.Player));
        var (_, seen) = await world.Ask(
            HttpMethod.Get, "/v1/players/years-p1/wallet/years", world.Token("vera", ApiRole.Viewer));
        var (_, lost) = await world.Ask(
            HttpMethod.Get, "/v1/players/years-p3/wallet/years", world.Token("vera", ApiRole.Viewer));

        Assert.Equal(own.GetRawText(), seen.GetRawText());
        var years = own.GetProperty("years").EnumerateArray().ToArray();
        Assert.Equal([joined + 1, joined], years.Select(y => y.GetProperty("year").GetInt32()));
        Assert.Equal((1_600L, 1_000L, 0L, 600L), (Minor(years[1], "depositedMinor"), Minor(years[1], "stakedMinor"),
            Minor(years[1], "wonMinor"), Minor(years[1], "balanceMinor")));
        Assert.Equal((1_000L, 388L, 0L, 1_988L), (Minor(years[0], "stakesReturnedMinor"), Minor(years[0], "wonMinor"),
            Minor(years[0], "otherMinor"), Minor(years[0], "balanceMinor")));
        Assert.Equal(1_988, await rig.Balance("wallet:years-p1"));
        Assert.Equal((1_000L, 0L), (Minor(Assert.Single(lost.GetProperty("years").EnumerateArray()), "stakedMinor"),
            Minor(lost.GetProperty("years")[0], "balanceMinor")));
        Assert.Equal(403, (await world.Ask(
            HttpMethod.Get, "/v1/players/years-p1/wallet/years", world.Token("years-p2", ApiRole.Player))).Status);
        var (_, nobody) = await world.Ask(HttpMethod.Get, "/v1/me/wallet/years", world.Token("nobody", ApiRole.Player));
        Assert.Equal(0, nobody.GetProperty("years").GetArrayLength());
    }

    private string Month() => world.Payouts.Clock.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private async Task<JsonElement> Report(string from, string to)
    {
        var (status, report) = await world.Ask(
            HttpMethod.Get, $"/v1/platform/revenue?from={from}&to={to}", world.Token("olga", ApiRole.Operator));
        Assert.Equal(200, status);
        return report;
    }

    private static JsonElement Figures(JsonElement report, string month, string? kind) => Assert.Single(
        report.GetProperty("months").EnumerateArray(),
        m => m.GetProperty("month").GetString() == month
            && (m.TryGetProperty("kind", out var its) ? its.GetString() : null) == kind).GetProperty("figures");

    private static long Minor(JsonElement answer, string field) => answer.GetProperty(field).GetInt64();
}
