using System.Net;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>Pages of what is on record, on a real database as the console's own role.</summary>
public sealed class RecordPageTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    [Fact]
    public async Task The_balance_is_shown_against_what_is_owed_with_its_month_and_what_waits_for_money()
    {
        await world.GivenRecords("g-balance");
        await world.GivenContest("c-balance");
        await world.Api.Payouts.Scalar<int>(
            "update payout.payout set state = 'awaiting_funds' where player_id = 'c-balance-none' returning 1");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var page = await viewer.GetStringAsync("/balance");
        var older = await viewer.GetStringAsync("/balance?currency=usd&before=2000-01-01T00:00:00Z");
        using var wrong = await viewer.GetAsync("/balance?before=yesterday");

        Assert.Contains("polyline class=\"available\"", page, StringComparison.Ordinal);
        Assert.Contains("8,950.00 USD", page, StringComparison.Ordinal);
        Assert.Contains("to c-balance-none", page, StringComparison.Ordinal);
        Assert.Contains("rel=\"next\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", older, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
    }

    [Fact]
    public async Task A_comparison_shows_both_sides_of_each_difference_the_worst_first_and_what_to_do()
    {
        await world.GivenRecords("g-reconciliation");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        var run = await world.Api.Payouts.Scalar<long>("select max(run_no) from payout.reconciliation");

        var list = await viewer.GetStringAsync("/reconciliations");
        var page = await viewer.GetStringAsync($"/reconciliations/{run}");
        using var none = await viewer.GetAsync("/reconciliations/999999");

        Assert.Contains($"href=\"/reconciliations/{run}\"", list, StringComparison.Ordinal);
        Assert.Contains("99.99 %", list, StringComparison.Ordinal);
        Assert.Contains("98.76 %", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("tr_twice", StringComparison.Ordinal) < page.IndexOf("ch_late", StringComparison.Ordinal));
        Assert.Contains("docs/runbooks/suspected-double-payment.md", page, StringComparison.Ordinal);
        Assert.Contains("1,234.56 USD", page, StringComparison.Ordinal);
        Assert.Contains("not there", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task The_audit_log_is_found_by_person_contest_player_and_payout_page_by_page()
    {
        await world.GivenAlert("audited/1", "balance-short");
        var ops = await world.SignedIn("audrey", ApiRole.Operator);
        using var taken = await ConsoleWorld.Submit(
            ops, "/alerts", "/alerts/acknowledge", ("key", "audited/1"), ("note", "on it <now>"));

        var hers = await ops.GetStringAsync("/audit?actor=audrey");
        var nobodys = await ops.GetStringAsync("/audit?actor=nobody&contest=&player=%20&payout=");
        using var wrong = await ops.GetAsync("/audit?after=1.2.three");

        Assert.Contains("alert-acknowledged", hers, StringComparison.Ordinal);
        Assert.Contains("on it &lt;now&gt;", hers, StringComparison.Ordinal);
        Assert.Contains("Nothing is logged of that.", nobodys, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
    }

    [Fact]
    public async Task Games_that_are_not_over_show_what_is_wrong_with_their_feed()
    {
        await world.GivenRecords("g-feed");
        await world.GivenRecords("g-over");
        await world.Api.Payouts.Scalar<int>(
            "update ingestion.game set status = 'closed', is_silent = false where game_id = 'g-over' returning 1");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var open = await viewer.GetStringAsync("/feeds");
        var all = await viewer.GetStringAsync("/feeds?show=all&after=g-feed");

        Assert.Contains("messages missing: 41, 42", open, StringComparison.Ordinal);
        Assert.Contains("silent for 12 min", open, StringComparison.Ordinal);
        Assert.Contains("the provider was asked once for what follows number 40", open, StringComparison.Ordinal);
        Assert.Contains("/messages?topic=feed.games.v1&amp;key=g-feed", open, StringComparison.Ordinal);
        Assert.DoesNotContain("g-over", open, StringComparison.Ordinal);
        Assert.Contains("g-over", all, StringComparison.Ordinal);
        Assert.DoesNotContain("g-feed<", all, StringComparison.Ordinal);
    }
}
