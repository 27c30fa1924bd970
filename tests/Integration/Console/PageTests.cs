using System.Net;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Http;
using ContestPipeline.WebConsole.Shown;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>What each page says, and what is decided from it, on a real database and Payout's own API.</summary>
public sealed class PageTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    [Fact]
    public async Task The_start_page_shows_alerts_and_money_that_does_not_move_with_its_cause()
    {
        await world.GivenContest("c-start");
        await world.GivenAlert("stuck/c-start", "contest-held");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var page = await viewer.GetStringAsync("/");

        Assert.Contains("contest-held", page, StringComparison.Ordinal);
        Assert.Contains("docs/runbooks/stuck-contest.md", page, StringComparison.Ordinal);
        Assert.Contains("Something &lt;b&gt;stands&lt;/b&gt; still.", page, StringComparison.Ordinal);
        Assert.Contains("1 payout is held for review", page, StringComparison.Ordinal);
        Assert.Contains("1 payout is without an account that can be paid", page, StringComparison.Ordinal);
        Assert.Contains("5,820.00 USD", page, StringComparison.Ordinal);
        Assert.DoesNotContain("formaction=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_takes_an_alert_up_and_ends_it_under_their_own_name()
    {
        await world.GivenAlert("taken/1", "balance-short");
        var ops = await world.SignedIn("olga", ApiRole.Operator);

        using var taken = await ConsoleWorld.Submit(ops, "/alerts", "/alerts/acknowledge", ("key", "taken/1"), ("note", "on it"));
        using var ended = await ConsoleWorld.Submit(ops, "/alerts", "/alerts/resolve", ("key", "taken/1"), ("note", "topped up"));

        Assert.Equal((HttpStatusCode.SeeOther, "/alerts?done=acknowledged"), (taken.StatusCode,
            taken.Headers.Location?.OriginalString));
        Assert.Equal("/alerts?done=resolved", ended.Headers.Location?.OriginalString);
        Assert.Equal("olga olga topped up", await world.Api.Payouts.Scalar<string>(
            "select concat_ws(' ', acknowledged_by, resolved_by, note) from payout.alert where dedup_key = 'taken/1'"));
        Assert.Equal("alert-acknowledged,alert-resolved", await world.Api.Payouts.Scalar<string>(
            "select string_agg(action, ',' order by at, no) from payout.audit_log where subject = 'taken/1' and actor = 'olga'"));
        Assert.Contains("The alert is resolved.", await ops.GetStringAsync("/alerts?done=resolved"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_queue_leads_to_the_payout_whose_time_line_tells_all_of_it_and_an_approver_releases_it()
    {
        var payoutId = await world.GivenContest("c-queue");
        var approver = await world.SignedIn("anna", ApiRole.Approver);

        var queue = await approver.GetStringAsync("/queue?contest=c-queue");
        var before = await approver.GetStringAsync($"/payouts/{payoutId}");
        using var released = await ConsoleWorld.Submit(
            approver, $"/payouts/{payoutId}", $"/payouts/{payoutId}/release", ("note", "identity checked"));
        var after = await approver.GetStringAsync($"/payouts/{payoutId}?done=released");

        Assert.Contains(payoutId, queue, StringComparison.Ordinal);
        Assert.Contains("5,820.00 USD, the limit is 5,000.00 USD", queue, StringComparison.Ordinal);
        Assert.Contains("held for approval", before, StringComparison.Ordinal);
        Assert.Contains("player_payable:c-queue-held", before, StringComparison.Ordinal);
        Assert.Equal($"/payouts/{payoutId}?done=released", released.Headers.Location?.OriginalString);
        Assert.Contains("release, by anna", after, StringComparison.Ordinal);
        Assert.Contains("The payout is released", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_queue_is_filtered_by_player_currency_and_what_holds_and_shows_what_went_back_lately()
    {
        await world.GivenContest("c-filter");
        await world.Api.Payouts.Scalar<int>(
            """
            with fee as (
                insert into payout.entry_payment (contest_id, entry_id, player_id, player_entry_no, amount_minor, currency, pay_before,
                    state, entry_state, charge_id, refund_no, refund_asked_minor, refunded_minor, created_at)
                values ('c-fees', 'e1', 'c-filter-held', 1, 2500, 'usd', now(), 'partly_refunded', 'accepted', 'ch_filter', 1, 1234, 1234, now())
                returning contest_id, entry_id)
            insert into payout.entry_refund (contest_id, entry_id, refund_no, amount_minor, reason, asked_by, attempt, state, refund_id,
                by_house, asked_at)
            select contest_id, entry_id, 1, 1234, 'a mistake', 'olga', 1, 'done', 're_filter', false, now() from fee
            returning 1
            """);
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var held = await viewer.GetStringAsync("/queue?player=c-filter-held&currency=USD&cause=approval");

        Assert.Contains("c-filter-held", held, StringComparison.Ordinal);
        Assert.Contains("Refunds of 90 days</dt><dd>1, 12.34 USD", held, StringComparison.Ordinal);
        foreach (var other in new[] { "player=nobody", "player=c-filter-held&currency=eur", "player=c-filter-held&cause=dispute",
            "player=c-filter-held&contest=c-none" })
            Assert.Contains("No payout waits for a decision.", await viewer.GetStringAsync($"/queue?{other}"),
                StringComparison.Ordinal);
        Assert.Contains("order=largest&amp;player=c-filter-held&amp;cause=approval", held, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_is_done_only_when_the_id_is_typed_and_a_reason_is_given()
    {
        var payoutId = await world.GivenContest("c-reject");
        var approver = await world.SignedIn("anna", ApiRole.Approver);
        var (page, act) = ($"/payouts/{payoutId}", $"/payouts/{payoutId}/reject");

        using var mistyped = await ConsoleWorld.Submit(approver, page, act, ("note", "fraud"), ("confirm", "po_other"));
        using var unreasoned = await ConsoleWorld.Submit(approver, page, act, ("note", " "), ("confirm", payoutId));
        using var rejected = await ConsoleWorld.Submit(approver, page, act, ("note", "fraud"), ("confirm", payoutId));
        using var again = await ConsoleWorld.Submit(approver, page, act, ("note", "fraud"), ("confirm", payoutId));

        Assert.Equal(HttpStatusCode.BadRequest, mistyped.StatusCode);
        Assert.Contains("a rejection has to say why", await unreasoned.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, rejected.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("is rejected, not held", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_whole_id_leads_to_its_page_and_an_unknown_one_says_so()
    {
        var payoutId = await world.GivenContest("c-search");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);
        var transfer = await world.Api.Payouts.Scalar<string>(
            "select transfer_id from payout.payout where player_id = 'c-search-paid'");
        var paid = await world.Api.Payouts.Scalar<string>(
            "select payout_id from payout.payout where player_id = 'c-search-paid'");

        foreach (var (id, place) in new[] { (payoutId, $"/payouts/{payoutId}"), (transfer!, $"/payouts/{paid}"),
            ("c-search-none", "/players/c-search-none"), ("c-search", "/contests/c-search") })
        {
            using var answer = await viewer.GetAsync($"/search?q={Uri.EscapeDataString(id)}");
            Assert.Equal((HttpStatusCode.Redirect, place), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        }

        Assert.Contains("Nothing has the id", await viewer.GetStringAsync("/search?q=%3Cscript%3E"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_overview_counts_payouts_by_state_with_the_oldest_of_each()
    {
        await world.GivenContest("c-overview");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var page = await viewer.GetStringAsync("/overview");

        Assert.Contains(">held</span>", page, StringComparison.Ordinal);
        Assert.Contains(">awaiting account</span>", page, StringComparison.Ordinal);
        Assert.Contains(">paid</span>", page, StringComparison.Ordinal);
        Assert.Contains("Not run yet", page, StringComparison.Ordinal);
    }

    /// <summary>The snapshot of a minute ago may know nothing of a contest that was settled since.</summary>
    [Fact]
    public async Task The_overview_says_what_is_owed_now_and_not_what_was_at_the_last_reading_of_the_balance()
    {
        await world.Api.Payouts.Scalar<int>(
            """
            insert into payout.balance_snapshot (currency, taken_at, cause, available_minor, pending_minor, obligations_minor, reserve_minor, status)
            values ('usd', now(), 'schedule', 100, 0, 77777700, 0, 'healthy')
            returning 1
            """);
        await world.GivenContest("c-owed");
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var page = await viewer.GetStringAsync("/overview");

        var owed = Assert.Single(await world.Api.Payouts.Database.Run(
            tx => tx.Obligations(), TestContext.Current.CancellationToken), o => o.Currency == "usd");
        Assert.True(owed.AmountMinor >= 5_820_00);
        Assert.Contains(
            $"<dt>owed now</dt><dd class=\"n\">{Written.Money(owed.AmountMinor, "usd")}</dd>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("777,777.00", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_players_payouts_are_halted_from_the_page_with_what_that_keeps_from_going_and_let_go_again()
    {
        await world.GivenContest("c-halt");
        const string Player = "c-halt-held";
        var ops = await world.SignedIn("olga", ApiRole.Operator);
        const string Page = $"/halts?scope=player&id={Player}";
        (string, string)[] halt = [("scope", "player"), ("id", Player), ("note", "taken over")];

        var before = await ops.GetStringAsync(Page);
        using var unconfirmed = await ConsoleWorld.Submit(ops, Page, "/halts", [.. halt, ("confirm", "everything")]);
        using var halted = await ConsoleWorld.Submit(ops, Page, "/halts", [.. halt, ("confirm", Player)]);
        var no = await world.Api.Payouts.Scalar<long>($"select halt_no from payout.halt where subject = '{Player}'");
        var list = await ops.GetStringAsync("/halts");
        using var lifted = await ConsoleWorld.Submit(ops, "/halts", $"/halts/{no}/lift", ("note", "safe again"));

        Assert.Contains("<strong>1 payouts, 5,820.00 USD</strong>", before, StringComparison.Ordinal);
        Assert.Contains(
            $"/halts?scope=player&amp;id={Player}", await ops.GetStringAsync($"/players/{Player}"), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.SeeOther, HttpStatusCode.SeeOther),
            (unconfirmed.StatusCode, halted.StatusCode, lifted.StatusCode));
        Assert.Contains($"payouts of player {Player}", list, StringComparison.Ordinal);
        Assert.Equal("olga taken over olga safe again", await world.Api.Payouts.Scalar<string>(
            $"select concat_ws(' ', halted_by, reason, lifted_by, lift_reason) from payout.halt where halt_no = {no}"));
    }

    [Fact]
    public async Task Failures_are_grouped_and_lead_to_their_messages()
    {
        foreach (var key in new[] { "game-1/ann", "game-2/bob" })
            await world.Api.Payouts.Scalar<int>(
                $"""
                with k as (
                    insert into scoring.parked_key (topic, key, partition, parked_at) values ('stats.lines.v1', '{key}', 0, now()) returning topic, key)
                insert into scoring.parked (topic, partition, record_offset, key, headers, body, error, first_seen)
                select topic, 0, ascii(right(key, 1)), key, '{"{}"}', '', 'game ' || right(split_part(key, '/', 1), 1) || ' is of no contest', now() from k
                returning 1
                """);
        var viewer = await world.SignedIn("vera", ApiRole.Viewer);

        var page = WebUtility.HtmlDecode(await viewer.GetStringAsync("/failures"));

        Assert.Contains("game # is of no contest", page, StringComparison.Ordinal);
        Assert.Contains(">2</span> scoring", page, StringComparison.Ordinal);
        Assert.Contains("/failures/key?worker=scoring&topic=stats.lines.v1&key=game-", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/failures/retry", page, StringComparison.Ordinal);
    }
}
