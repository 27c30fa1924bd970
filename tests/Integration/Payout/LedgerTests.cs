using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Payout;

/// <summary>The ledger on real PostgreSQL: what it accepts, what it refuses whoever asks, and what verification finds.</summary>
public sealed class LedgerTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Posting_moves_balances_and_the_same_line_again_moves_nothing()
    {
        var player = LedgerAccounts.PlayerPayable("p-again");
        LedgerLine[] lines = [Line("again/1", LedgerAccounts.HouseOverlay, player, 500),
            Line("again/2", player, LedgerAccounts.PlatformFees, 15)];

        var first = await Post(lines);
        var second = await Post([.. lines, Line("again/3", LedgerAccounts.HouseOverlay, player, 1)]);

        Assert.Equal((2, 1), (first, second));
        Assert.Equal(486, await Balance(player));
    }

    [Fact]
    public async Task The_same_id_with_another_body_is_a_loud_error_and_moves_nothing()
    {
        var player = LedgerAccounts.PlayerPayable("p-other-body");
        await Post([Line("other-body/1", LedgerAccounts.HouseOverlay, player, 500)]);

        await Assert.ThrowsAsync<InvariantException>(() =>
            Post([Line("other-body/1", LedgerAccounts.HouseOverlay, player, 501)]));

        Assert.Equal(500, await Balance(player));
    }

    [Theory]
    [InlineData("prize_pool:c-negative")]
    [InlineData("player_payable:p-negative")]
    public async Task A_pool_or_a_payable_never_goes_below_zero(string account)
    {
        var refused =
            await Assert.ThrowsAsync<PostgresException>(() =>
                Post([Line($"negative/{account}", account, LedgerAccounts.HouseRounding, 1)]));

        Assert.Equal("ledger_account_never_negative", refused.ConstraintName);
    }

    [Fact]
    public async Task Twenty_concurrent_postings_of_the_same_lines_post_once_and_never_deadlock()
    {
        var lines = Enumerable.Range(0, 50)
            .Select(i =>
                Line($"concurrent/{i}", LedgerAccounts.HouseOverlay, LedgerAccounts.PlayerPayable($"p-concurrent-{i % 7}"), 10))
                .ToArray();

        var posted = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => Post(i % 2 == 0 ? lines : [.. lines.Reverse()]))));

        Assert.Equal(50, posted.Sum());
        Assert.Equal(500,
            await scope.Scalar<long>(
                "select sum(balance_minor)::bigint from payout.ledger_account where account like "
                    + "'player_payable:p-concurrent-%'"));
    }

    [Theory]
    [InlineData("update payout.ledger_transfer set amount_minor = amount_minor + 1")]
    [InlineData("delete from payout.ledger_transfer")]
    [InlineData("truncate payout.ledger_transfer")]
    [InlineData("delete from payout.ledger_account")]
    [InlineData("delete from payout.payout")]
    [InlineData("delete from payout.contest")]
    [InlineData("update payout.payout_change set state = 'paid'")]
    [InlineData("delete from payout.award")]
    [InlineData("update payout.settlement set pool_minor = 0")]
    public async Task History_is_refused_to_the_worker_by_privilege_and_to_the_owner_by_trigger(string sql)
    {
        await Post([Line("refuse/1", LedgerAccounts.HouseOverlay, LedgerAccounts.PlayerPayable("p-refuse"), 5)]);

        var worker = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAs(scope.WorkerConnection("payout"), sql));
        var owner = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAs(scope.AdminConnection, sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, worker.SqlState);
        Assert.Equal("23001", owner.SqlState);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task An_amount_that_is_not_positive_is_refused_by_the_table_itself(long amountMinor)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAs(
            scope.WorkerConnection("payout"),
            $"""
            insert into payout.ledger_transfer values (gen_random_uuid(), 'a', 0, 1, sha256(''), 'b', 0, 1, sha256(''), 'usd', {amountMinor},
                'award', 'r', 'c', 1, now())
            """));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    [Fact]
    public async Task A_contest_that_does_not_balance_cannot_be_completed_even_by_hand()
    {
        await ExecuteAs(
            scope.WorkerConnection("payout"),
            """
            insert into payout.contest (contest_id, revision, currency, state) values ('c-unbalanced', 1, 'usd', 'posting');
            insert into payout.settlement values ('c-unbalanced', 1, 'x', 0, 0, 0, 0, 100, 100, 0, 0, 0, 0, 100, 'd', now())
            """);
        await Post([Line("overlay/c-unbalanced/1", LedgerAccounts.HouseOverlay, LedgerAccounts.PrizePool("c-unbalanced"), 100,
            "overlay", "c-unbalanced")]);

        var refused =
            await Assert.ThrowsAsync<PostgresException>(() =>
                ExecuteAs(scope.WorkerConnection("payout"), Complete("c-unbalanced")));
        await Post([
            Line("remainder/c-unbalanced/1", LedgerAccounts.PrizePool("c-unbalanced"), LedgerAccounts.HouseRounding, 100,
                "remainder", "c-unbalanced")]);
        await ExecuteAs(scope.WorkerConnection("payout"), Complete("c-unbalanced"));
        var late = await Assert.ThrowsAsync<PostgresException>(() => Post([
            Line("overlay/c-unbalanced/2", LedgerAccounts.HouseOverlay, LedgerAccounts.PrizePool("c-unbalanced"), 1, "overlay",
                "c-unbalanced")]));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
        Assert.Contains("does not balance", refused.MessageText, StringComparison.Ordinal);
        Assert.Equal("23001", late.SqlState);
    }

    [Fact]
    public async Task Verification_names_the_first_bad_row_of_every_kind_of_tampering()
    {
        await using var own = new OwnLedger(scope.Backbone);
        await own.Start();
        var player = LedgerAccounts.PlayerPayable("p-tamper");
        for (var i = 1; i <= 5; i++)
            await own.Post([Line($"tamper/{i}", LedgerAccounts.HouseOverlay, player, 10 * i)]);

        Assert.True((await own.Verify()).Clean);
        var changed = await own.VerifyAfter(
            "update payout.ledger_transfer set amount_minor = 7000 where debit_account = 'house_overlay' and credit_no = 3");
        var removed = await own.VerifyAfter("delete from payout.ledger_transfer where credit_no = 3");
        var moved = await own.VerifyAfter(
            "update payout.ledger_account set balance_minor = balance_minor + 1 where account = 'player_payable:p-tamper'");
        var redated = await own.VerifyAfter(
            "update payout.ledger_transfer set posted_at = posted_at - interval '1 day' where credit_no = 3");
        var forked = await own.VerifyAfter(
            """
            create temp table forged as select * from payout.ledger_transfer where credit_no = 3; update forged set transfer_id =
                gen_random_uuid();
            insert into payout.ledger_transfer table forged; drop table forged
            """);

        Assert.Contains(changed.Faults, f => f.Where.Contains("p-tamper usd shard 0 line 3", StringComparison.Ordinal));
        Assert.Contains(removed.Faults,
            f => f.Where.Contains("p-tamper usd shard 0 line 4", StringComparison.Ordinal)
                && f.What.Contains("line 3 is missing", StringComparison.Ordinal));
        Assert.Contains(moved.Faults,
            f => f.Where.Contains("p-tamper", StringComparison.Ordinal)
                && f.What.Contains("balance kept 151", StringComparison.Ordinal));
        Assert.Contains(redated.Faults, f => f.Where.Contains("p-tamper usd shard 0 line 3", StringComparison.Ordinal));
        Assert.Contains(forked.Faults,
            f => f.Where.Contains("p-tamper usd shard 0 line 3", StringComparison.Ordinal)
                && f.What.Contains("there twice", StringComparison.Ordinal));
        Assert.True((await own.Verify()).Clean);
    }

    [Fact]
    public async Task Postings_that_make_the_same_new_accounts_at_once_all_arrive()
    {
        var posted = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(() => Post([..
            Enumerable.Range(0, 40)
                .Select(i =>
                    Line($"newcomers/{n}/{i}", LedgerAccounts.PrizePool($"c-newcomers-{i % 3}"),
                        LedgerAccounts.PlayerPayable($"p-newcomer-{i}"), 1)),
            .. Enumerable.Range(0, 3)
                .Select(i =>
                    Line($"newcomers/fund/{n}/{i}", LedgerAccounts.HouseOverlay, LedgerAccounts.PrizePool($"c-newcomers-{i}"),
                        100))]))));

        Assert.All(posted, count => Assert.Equal(43, count));
        Assert.Equal(640,
            await scope.Scalar<long>(
                "select sum(balance_minor)::bigint from payout.ledger_account where account like 'player_payable:p-newcomer-%'"));
        Assert.Equal(640,
            await scope.Scalar<long>(
                "select sum(last_no)::bigint from payout.ledger_account where account like 'player_payable:p-newcomer-%'"));
    }

    [Theory]
    [InlineData(
        "insert into payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, "
            + "created_at) values ('p-lost', 'c-nowhere', 1, 'p', 1, 'usd', 'pending', 1, now())")]
    [InlineData("insert into payout.payout_change (payout_id, change_no, state, at) values ('p-nowhere', 1, 'pending', now())")]
    public async Task A_payout_without_a_contest_and_a_change_without_a_payout_are_refused(string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAs(scope.WorkerConnection("payout"), sql));

        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, refused.SqlState);
    }

    private static string Complete(string contestId) =>
        $"update payout.contest set state = 'paying', completed_at = now() where contest_id = '{contestId}'";

    private static LedgerLine Line(
        string words, string debit, string credit, long amountMinor, string code = "test", string contestId = "c") =>
        new(words, debit, credit, "usd", amountMinor, code, words, contestId, 1);

    private async Task<int> Post(IReadOnlyList<LedgerLine> lines)
    {
        await using var database = scope.Database("payout");
        return await database.Run(tx => tx.Post(lines), CancellationToken.None);
    }

    private Task<long> Balance(string account) =>
        scope.Scalar<long>(
            "select sum(balance_minor)::bigint from payout.ledger_account where account = @account", new { account });

    private static async Task ExecuteAs(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }

    /// <summary>A database of its own, so that tampering does not reach other tests.</summary>
    private sealed class OwnLedger(Backbone backbone) : IAsyncDisposable
    {
        private string name = "";
        private WorkerDatabase? database;

        public async Task Start()
        {
            name = await backbone.NewDatabase();
            database = new WorkerDatabase("payout", backbone.Postgres.ConnectionString(name, "payout"), TimeProvider.System);
        }

        public Task<int> Post(IReadOnlyList<LedgerLine> lines) => database!.Run(tx => tx.Post(lines), CancellationToken.None);

        public async Task<LedgerReport> Verify()
        {
            await using var connection = new NpgsqlConnection(backbone.Postgres.ConnectionString(name, "postgres"));
            await connection.OpenAsync();
            return await LedgerVerify.Run(connection, CancellationToken.None);
        }

        /// <summary>As somebody with all rights would do it, triggers off; undone afterwards.</summary>
        public async Task<LedgerReport> VerifyAfter(string tampering)
        {
            await using var connection = new NpgsqlConnection(backbone.Postgres.ConnectionString(name, "postgres"));
            await connection.OpenAsync();
            await connection.ExecuteAsync(
                "create table transfer_before as table payout.ledger_transfer; create table account_before as table "
                    + "payout.ledger_account");
            await connection.ExecuteAsync($"set session_replication_role = replica; {tampering}");
            var report = await LedgerVerify.Run(connection, CancellationToken.None);
            await connection.ExecuteAsync(
                """
                delete from payout.ledger_transfer; insert into payout.ledger_transfer table transfer_before; drop table
                    transfer_before;
                delete from payout.ledger_account; insert into payout.ledger_account table account_before; drop table
                    account_before;
                set session_replication_role = default
                """);
            return report;
        }

        public ValueTask DisposeAsync() => database?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
