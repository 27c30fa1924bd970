using System.Net;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>Pages of wallets, challenges and revenue, on a real database as the console's own role.</summary>
public sealed class WalletPageTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    [Fact]
    public async Task A_players_page_shows_the_wallet_as_the_player_sees_it_and_is_found_by_what_is_in_it()
    {
        await world.GivenWallet("saver");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var page = WebUtility.HtmlDecode(await viewer.GetStringAsync("/players/saver"));
        Assert.Contains("<dt>available</dt><dd class=\"n\">54.00 USD</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>of it back to the card only</dt><dd class=\"n\">49.00 USD</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>asked for and not paid in</dt><dd class=\"n\">49.00 USD</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>on its way to the bank</dt><dd class=\"n\">15.00 USD</dd>", page, StringComparison.Ordinal);
        Assert.Contains("deposit/saver/second", page, StringComparison.Ordinal);
        Assert.Contains("−15.00 USD", page, StringComparison.Ordinal);
        Assert.Contains("+50.00 USD", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/contests/c-won\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("frozen", page, StringComparison.Ordinal);
        foreach (var id in new[] { "deposit/saver/first", "pi_saver", "ch_saver", "saver" })
            Assert.Equal("/players/saver", await Found(viewer, id));
        Assert.StartsWith("/payouts/", await Found(viewer, "withdrawal/saver/out"), StringComparison.Ordinal);
        Assert.DoesNotContain("<h2>Wallet", await viewer.GetStringAsync("/players/nobody"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wallet_with_a_disputed_deposit_is_shown_frozen()
    {
        await world.GivenWallet("frozen");
        await world.Api.Payouts.Scalar<int>(
            """
            insert into payout.dispute (dispute_id, player_id, phase, applied, stale, hinted_at)
            values ('dp_frozen', 'frozen', 'open', 'open', false, now());
            select 1
            """);
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        Assert.Contains("nothing leaves the wallet until the dispute is decided",
            await viewer.GetStringAsync("/players/frozen"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_books_are_recovered_a_wallet_is_shown_frozen_for_that()
    {
        await world.GivenWallet("waits");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        await world.GivenRecovery();
        var meanwhile = WebUtility.HtmlDecode(await viewer.GetStringAsync("/players/waits"));
        await world.EndRecovery();
        var after = await viewer.GetStringAsync("/players/waits");

        Assert.Contains("<span class=\"state bad\">frozen</span>", meanwhile, StringComparison.Ordinal);
        Assert.Contains("Payout's database is being recovered: withdrawals and refunds are refused", meanwhile,
            StringComparison.Ordinal);
        Assert.DoesNotContain("disputed", meanwhile, StringComparison.Ordinal);
        Assert.DoesNotContain("frozen", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wallets_movements_deposits_and_lots_are_read_page_by_page()
    {
        await world.GivenDeposits("lots", 105);
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        string[] all = [.. Enumerable.Range(1, 105).Select(n => $"{n:d3}")];

        var lots = await ConsoleWorld.Pages(
            viewer, "/players/lots", "Next 50 lots", "<td>deposit <span class=\"id\">ch_lots_(...)<");
        var deposits = await ConsoleWorld.Pages(
            viewer, "/players/lots", "Next 20 deposits", "<span class=\"id\">deposit/lots/(...)</span> <span class=\"id mu");
        var moved = await ConsoleWorld.Pages(
            viewer, "/players/lots", "Next 20 movements in USD",
            "\\+10.00 USD</td>\\s*<td>\\s*<span class=\"id\">[^<]*?(...)</span>");

        Assert.Equal([50, 50, 5], lots.Select(page => page.Count));
        Assert.Equal(all, lots.SelectMany(page => page));
        Assert.Equal([20, 20, 20, 20, 20, 5], deposits.Select(page => page.Count));
        Assert.Equal(all.Reverse(), deposits.SelectMany(page => page));
        Assert.Equal(11, moved.Count);
        Assert.Equal(all.Reverse(), moved.SelectMany(page => page));
        foreach (var none in new[] { "lots=x", "deposits=x", "moved=x", "moved=usd.x", "lots=1.0.x" })
        {
            using var answer = await viewer.GetAsync($"/players/lots?{none}");
            Assert.Equal((none, HttpStatusCode.NotFound), (none, answer.StatusCode));
        }
    }

    [Fact]
    public async Task A_challenge_shows_its_proofs_the_open_ones_first_and_what_was_handed_in_to_operators_alone()
    {
        await world.GivenProofs("twenty-runs");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        var ops = await world.SignedIn("olga", ApiRole.Operator);

        var seen = await viewer.GetStringAsync("/contests/twenty-runs");
        var page = await ops.GetStringAsync("/contests/twenty-runs");

        Assert.Contains("2 handed in, 1 not decided.", seen, StringComparison.Ordinal);
        Assert.True(seen.IndexOf("2, version 2", StringComparison.Ordinal) < seen.IndexOf("by votes", StringComparison.Ordinal));
        Assert.Contains("hidden from viewers", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("ran again", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("decide-proof", seen, StringComparison.Ordinal);
        Assert.Contains("ran &lt;ten&gt; miles", page, StringComparison.Ordinal);
        Assert.Contains("contestctl contest decide-proof twenty-runs", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_is_shown_whole_with_who_voted_what_and_when_and_who_decided_it_and_why()
    {
        await world.GivenProofs("ruled");
        await world.GivenRuling("ruled", "and home");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        var ops = await world.SignedIn("olga", ApiRole.Operator);

        var page = await ops.GetStringAsync("/contests/ruled");
        var seen = await viewer.GetStringAsync("/contests/ruled");

        Assert.Contains("word and home", page, StringComparison.Ordinal);
        Assert.DoesNotContain("word and home", seen, StringComparison.Ordinal);
        foreach (var shown in new[] { page, seen })
        {
            Assert.Contains("by referee rita", shown, StringComparison.Ordinal);
            Assert.Matches(Vote("abel", "for", "2026-09-13 17:00:01", 1), shown);
            Assert.Matches(Vote("bert", "against", "2026-09-13 17:00:02", 2), shown);
        }

        Assert.Contains("a &lt;stock&gt; photo", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proofs_are_read_page_by_page_the_open_ones_first()
    {
        await world.GivenProofs("many-proofs");
        await world.GivenMoreProofs("many-proofs", 120);
        var ops = await world.SignedIn("olga", ApiRole.Operator);

        var pages = await ConsoleWorld.Pages(
            ops, "/contests/many-proofs", @"Next \d+ proofs", "<summary>Handed in: (.*?)</summary>");

        Assert.Equal(["ran again", .. Enumerable.Range(1, 120).Select(n => $"walk {n}"), "ran <ten> miles"],
            pages.SelectMany(page => page));
        Assert.All(pages, page => Assert.InRange(page.Count, 1, 50));
        using var none = await ops.GetAsync("/contests/many-proofs?proofs=x");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_fee_is_found_by_its_charge_and_what_went_back_by_its_refund()
    {
        await world.GivenWallet("asks");
        await world.Api.Payouts.Scalar<int>(
            """
            insert into payout.entry_payment (contest_id, entry_id, player_id, player_entry_no, amount_minor, currency, pay_before,
                state, entry_state, charge_id, refund_no, refund_asked_minor, refunded_minor, created_at)
            values ('c-charged', 'e1', 'asks', 1, 2500, 'usd', now(), 'partly_refunded', 'accepted', 'ch_of_fee', 1, 1000, 1000,
                now());
            insert into payout.entry_refund (contest_id, entry_id, refund_no, amount_minor, reason, asked_by, attempt, state,
                refund_id, by_house, asked_at)
            values ('c-charged', 'e1', 1, 1000, 'a mistake', 'olga', 1, 'done', 're_of_fee', false, now());
            insert into payout.deposit_refund (deposit_id, refund_no, amount_minor, attempt, state, refund_id, asked_at)
            values ('deposit/asks/first', 1, 500, 1, 'done', 're_of_deposit', now());
            insert into payout.dispute (dispute_id, player_id, phase, applied, stale, hinted_at)
            values ('dp_of_deposit', 'asks', 'open', 'open', false, now());
            select 1
            """);
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        foreach (var (id, place) in new[] { ("ch_of_fee", "/contests/c-charged"), ("re_of_fee", "/contests/c-charged"),
            ("re_of_deposit", "/players/asks"), ("dp_of_deposit", "/players/asks") })
            Assert.Equal((id, place), (id, await Found(viewer, id)));
        Assert.Equal(1, await world.Api.Payouts.Scalar<long>(
            """
            select count(*) from pg_indexes
            where schemaname = 'payout' and tablename = 'entry_payment' and indexdef like '%(charge_id)%'
            """));
    }

    [Fact]
    public async Task Revenue_is_shown_by_month_to_operators_alone()
    {
        await world.GivenWallet("earner");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        var ops = await world.SignedIn("olga", ApiRole.Operator);

        using var refused = await viewer.GetAsync("/revenue");
        var page = await ops.GetStringAsync("/revenue");
        var year = await ops.GetStringAsync("/revenue?show=year");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.DoesNotContain("href=\"/revenue\"", await viewer.GetStringAsync("/overview"), StringComparison.Ordinal);
        Assert.Contains("<dt>fees on deposits</dt><dd class=\"n\">", page, StringComparison.Ordinal);
        var month = $"{world.Api.Payouts.Clock.GetUtcNow():yyyy-MM}";
        Assert.Contains($"<td>{month}</td><td>no contest</td>", page, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"true\">The last 12 months", year, StringComparison.Ordinal);
        Assert.Contains("contestctl revenue --from", year, StringComparison.Ordinal);
    }

    private static string Vote(string voter, string what, string at, int version) =>
        $"{voter}</a> {what}, <time [^>]*>{at}</time>{(version > 1 ? " \\(changed\\)" : "")}";

    private static async Task<string?> Found(HttpClient browser, string id)
    {
        using var answer = await browser.GetAsync($"/search?q={Uri.EscapeDataString(id)}");
        return answer.Headers.Location?.OriginalString;
    }
}
