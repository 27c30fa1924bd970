using System.Text.Json;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Contestctl.Money;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;
using ChildProcess = ContestPipeline.Integration.Stripe.ChildProcess;

namespace ContestPipeline.Integration.Payout;

/// <summary>Lists that grow for years: every row is on one page and no other, sums are those of all, and what is asked for is
/// found by index.</summary>
public sealed class LongListsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Forged = "set session_replication_role = replica;";
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_winner_of_more_than_a_thousand_prizes_sees_them_all_and_what_they_come_to()
    {
        await GivenWonForYears("years");

        var (first, prizes) = await Pages("/v1/players/me/earnings", "years", "prizes", limit: 100);

        Assert.Equal(1_355, prizes.Count);
        Assert.Equal(1_355, prizes.Select(p => p.GetProperty("entryId").GetString()).Distinct().Count());
        long Sum(string field, params string[] statuses) =>
            prizes.Where(p => statuses.Length == 0 || statuses.Contains(p.GetProperty("status").GetString()))
                .Sum(p => p.GetProperty(field).GetInt64());
        var totals = Assert.Single(first.GetProperty("totals").EnumerateArray());
        long Total(string field) => totals.GetProperty(field).GetInt64();
        Assert.Equal(1_355, Total("wins"));
        Assert.Equal(
            await world.Payouts.Scalar<long>("select sum(gross_minor)::bigint from payout.award where player_id = 'years'"),
            Total("grossMinor"));
        Assert.Equal((Sum("prizeMinor"), Sum("platformFeeMinor"), Sum("netMinor")),
            (Total("grossMinor"), Total("feesMinor"), Total("netMinor")));
        Assert.Equal(Sum("netMinor", "paid") - Sum("lostMinor", "paid"), Total("paidMinor"));
        Assert.Equal((5 * 97, 150), (Total("waitingMinor"), Total("failedMinor")));
        Assert.Equal(Sum("lostMinor"), Total("failedMinor"));
        Assert.Equal(Total("netMinor"), Total("paidMinor") + Total("waitingMinor") + Total("failedMinor"));
    }

    [Fact]
    public async Task What_was_taken_back_of_a_payout_counts_once_against_its_prizes_however_small_the_pages()
    {
        await GivenWonForYears("taken");

        var (_, prizes) = await Pages("/v1/players/me/earnings", "taken", "prizes", limit: 1);
        var (contest, ofContest) = await Pages("/v1/players/me/prizes/c-taken-1", "taken", "prizes", limit: 1);

        Assert.Equal([("failed", 97L), ("paid", 53L)], Lost(prizes));
        Assert.Equal([("failed", 97L), ("paid", 53L)], Lost(ofContest));
        Assert.Equal((1_100, "c-taken-1"), (ofContest.Count, contest.GetProperty("contestId").GetString()));

        static IEnumerable<(string?, long)> Lost(IEnumerable<JsonElement> prizes) =>
            prizes.Select(p => (p.GetProperty("status").GetString(), p.GetProperty("lostMinor").GetInt64()))
                .Where(p => p.Item2 > 0);
    }

    [Fact]
    public async Task Rows_of_one_moment_in_the_audit_log_are_each_on_one_page()
    {
        await world.Payouts.Database.Run(tx => tx.Audit([.. Enumerable.Range(0, 450).Select(i => new AuditEntry(
            "mass", "entry-refunded", $"e-{i}", "c-mass", null, null, "cancelled", "done"))]), ct);
        Assert.Equal(1, await world.Payouts.Scalar<long>("select count(distinct at) from payout.audit_log where actor = 'mass'"));

        foreach (var filter in (string[])["actor=mass", "contest=c-mass"])
        {
            var (_, rows) = await Pages($"/v1/audit?{filter}", "vera", "rows", limit: 100);
            Assert.Equal(450, rows.Count);
            Assert.Equal(450, rows.Select(r => r.GetProperty("subject").GetString()).Distinct().Count());
        }

        var (status, older) = await world.Ask(
            HttpMethod.Get, "/v1/audit?actor=mass&before=2020-01-01T00:00:00Z", world.Token("vera", ApiRole.Viewer));
        Assert.Equal((200, 0), (status, older.GetProperty("rows").GetArrayLength()));
    }

    [Fact]
    public async Task The_command_shows_more_of_the_audit_log_than_one_page_holds()
    {
        await world.Payouts.Database.Run(tx => tx.Audit([.. Enumerable.Range(0, 1_250).Select(i => new AuditEntry(
            "shell", "entry-refunded", $"s-{i}", "c-shell", null, null, "cancelled", "done"))]), ct);

        Assert.Equal((1_200, true), await Shown("--limit", "1200"));
        Assert.Equal((1_250, false), await Shown("--limit", "5000"));
        Assert.Equal((0, false), await Shown("--before", "2020-01-01"));
        var desk = new MoneyDesk(world);
        Assert.Equal(ExitCodes.Usage, await desk.AsViewer("audit", "--before", "yesterday"));
        Assert.Equal(ExitCodes.Usage, await desk.AsViewer("audit", "--limit", "0"));

        async Task<(int Subjects, bool IsMore)> Shown(params string[] more)
        {
            using var contestctl = new ChildProcess(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "contestctl.dll"), "audit", "--actor", "shell", "--json", .. more],
                settings: new Dictionary<string, string> { ["PAYOUT_API_URL"] = world.Address.ToString(),
                    ["PAYOUT_API_TOKEN"] = world.Token("vera", ApiRole.Viewer) });
            var answer = JsonDocument.Parse(string.Join('\n', [.. await contestctl.LinesUntil("}"), "}"])).RootElement;
            Assert.Equal(ExitCodes.Success, await contestctl.ExitCode());
            return (answer.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("subject").GetString()).Distinct()
                .Count(), answer.TryGetProperty("next", out _));
        }
    }

    [Theory]
    [InlineData("/v1/audit?after=yesterday")]
    [InlineData("/v1/audit?after=1.2.c")]
    [InlineData("/v1/players/me/earnings?after=c-1")]
    [InlineData("/v1/players/me/earnings?limit=0")]
    [InlineData("/v1/players/me/prizes/c-1?after=c-1")]
    [InlineData("/v1/players/me/prizes/c-1?limit=1001")]
    public async Task What_is_no_page_is_refused(string path) =>
        Assert.Equal(400, (await world.Ask(HttpMethod.Get, path, world.Token("ann", ApiRole.Player, ApiRole.Viewer))).Status);

    [Fact]
    public async Task A_player_s_years_are_found_in_the_ledger_and_the_awards_without_reading_those_of_others()
    {
        await world.Payouts.Scalar<int>(
            $"""
            {Forged}
            insert into payout.ledger_transfer (transfer_id, debit_account, debit_shard, debit_no, debit_chain, credit_account, credit_shard, credit_no, credit_chain,
                currency, amount_minor, code, reference, contest_id, revision, posted_at)
            select gen_random_uuid(), case when back then 'stripe_balance' else player end, 0, i + 1, chain, case when back then player else 'stripe_balance' end, 0, i + 1, chain,
                'usd', 97, case when back then 'reversal' else 'payout' end, 'line-' || i, 'c-ledger-' || i / 2000 % 18, 1, '2026-03-01'
            from (select i, 'player_payable:ledger-' || i % 2000 as player, i / 2000 >= 18 as back, decode(repeat('00', 32), 'hex') as chain
                from generate_series(0, 39999) as i) lines;
            insert into payout.award (contest_id, revision, chunk, player_id, entry_id, place, points, gross_minor, fee_minor, net_minor)
            select 'c-ledger-' || i / 2000, 1, 0, 'ledger-' || i % 2000, 'e-' || i, 1, 100, 100, 3, 97 from generate_series(0, 35999) as i;
            analyze payout.ledger_transfer, payout.award;
            select 1
            """);
        IReadOnlyList<YearPaid> years = [];

        var lines = await Read("ledger_transfer", async tx => years = await tx.PaidByYear("ledger-7"));
        var awards = await Read("award", tx => tx.PaidByYear("ledger-7"));

        Assert.Equal([new YearPaid("ledger-7", 2026, "usd", 16 * 97, 16 * 3, 18)], years);
        Assert.InRange(lines, 20, 100);
        Assert.InRange(awards, 1, 100);
        Assert.Equal(years, (await world.Payouts.Database.Run(tx => tx.PaidIn(2026), ct)).Where(y => y.PlayerId == "ledger-7"));
    }

    [Fact]
    public async Task The_approval_queue_is_found_without_reading_what_was_paid()
    {
        await world.Payouts.Scalar<int>(
            $"""
            {Forged}
            insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, transfer_id, created_at)
            select md5('queue-' || i), 'c-queue', 1, 'queue-' || i, 97, 'usd', case when held then 'held' else 'paid' end, 1, case when held then null else 'tr-' || i end, '2026-03-01'
            from (select i, i % 1000 = 0 as held from generate_series(1, 30000) as i) payouts;
            analyze payout.payout;
            select 1
            """);
        IReadOnlyList<PayoutView> held = [];

        var query = new PayoutQuery(PayoutStates.Held, Contest: null, Player: null, After: null, Limit: 100);
        var read = await Read("payout", async tx => held = await tx.PayoutViews(query));
        var later = await Read("payout", tx => tx.PayoutViews(query with { After = held[9].PayoutId }));
        var failed = await Read("payout", tx => tx.PayoutViews(query with { State = PayoutStates.Failed }));

        Assert.Equal(30, held.Count(p => p.ContestId == "c-queue"));
        Assert.Equal(held.OrderBy(p => p.PayoutId, StringComparer.Ordinal), held);
        Assert.InRange(read, 30, 100);
        Assert.InRange(later, 20, 90);
        Assert.InRange(failed, 0, 10);
    }

    [Fact]
    public async Task The_newest_of_the_audit_log_are_found_without_reading_the_others()
    {
        await world.Payouts.Scalar<int>(
            $"""
            {Forged}
            insert into payout.audit_log (shard, no, actor, action, subject, reason, result, at, chain)
            select i % 8, 1000000 + i, 'old', 'entry-refunded', 'old-' || i, '', 'done', timestamptz '2020-01-01' + i * interval '1 second', decode(repeat('00', 32), 'hex')
            from generate_series(1, 30000) as i;
            analyze payout.audit_log;
            select 1
            """);
        var at = new DateTimeOffset(2020, 1, 1, 4, 0, 0, TimeSpan.Zero);
        AuditQuery Query(PageEnd? after, DateTimeOffset? before) => new(null, null, null, null, before, after, Limit: 100);

        Assert.InRange(await Read("audit_log", tx => tx.AuditRows(Query(null, null))), 100, 200);
        Assert.InRange(await Read("audit_log", tx => tx.AuditRows(Query(null, at))), 100, 200);
        Assert.InRange(await Read("audit_log", tx => tx.AuditRows(Query(new PageEnd(at, 3, "7"), null))), 100, 200);
    }

    /// <summary>1,355 prizes in three results: 1,100 were paid, and a person took 150 back; 250 were paid; five wait.</summary>
    private async Task GivenWonForYears(string player)
    {
        world.Payouts.Risk = null;
        await world.Payouts.GivenReady(player);
        await Settled(1, 1_100);
        await Settled(2, 250);
        await world.Payouts.RunToRest(world.Payouts.Runner());
        await Settled(3, 5);
        await world.Payouts.Scalar<int>(
            $"""
            update payout.payout set state = 'reversed' where contest_id = 'c-{player}-1';
            insert into payout.transfer_reversal (reversal_id, transfer_id, payout_id, amount_minor, currency, made_at, booked_at)
            select 'trr-{player}', transfer_id, payout_id, 150, 'usd', created_at, created_at from payout.payout where contest_id = 'c-{player}-1';
            select 1
            """);

        Task Settled(int contest, int prizes) =>
            world.Payouts.GivenSettled(
                ContestBuilder.Of($"c-{player}-{contest}", 100, (player, [.. Enumerable.Repeat(100L, prizes)])));
    }

    /// <summary>Asks for page after page until none is next.</summary>
    /// <returns>The first page, and the rows of all.</returns>
    private async Task<(JsonElement First, IReadOnlyList<JsonElement> Rows)> Pages(
        string path, string subject, string rows, int limit)
    {
        JsonElement? first = null;
        var all = new List<JsonElement>();
        string? next = null;
        do
        {
            var after = next is null ? "" : $"&after={Uri.EscapeDataString(next)}";
            var (status, page) = await world.Ask(HttpMethod.Get, $"{path}{(path.Contains('?') ? '&' : '?')}limit={limit}{after}",
                world.Token(subject, ApiRole.Player, ApiRole.Viewer));
            Assert.Equal(200, status);
            first ??= page;
            all.AddRange(page.GetProperty(rows).EnumerateArray());
            next = page.TryGetProperty("next", out var end) ? end.GetString() : null;
        }
        while (next is not null);

        return (first.Value, all);
    }

    /// <summary>Of how many rows of the table a query reads, planned once for all values, as it is after it was asked for a few
    /// times.</summary>
    private Task<long> Read(string table, Func<Tx, Task> query) => world.Payouts.Database.Run(async tx =>
    {
        Task<long> SoFar() => tx.QueryOne<long>(
            "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where schemaname = "
                + "'payout' and relname = @table", new { table });
        await tx.Execute("set local plan_cache_mode = force_generic_plan");
        var before = await SoFar();
        await query(tx);
        return await SoFar() - before;
    }, ct);
}
