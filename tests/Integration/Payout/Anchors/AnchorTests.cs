using System.Security.Cryptography;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Anchors;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ContestPipeline.Integration.Payout.Anchors;

/// <summary>
/// An owner of the database who rewrites the books so that every chain fits is found by what was written outside of it.
/// </summary>
public sealed class AnchorTests(Backbone backbone) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("anchors-").FullName;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private string name = "";
    private WorkerDatabase database = null!;

    private string AnchorPath => Path.Combine(folder, "anchors");

    public async ValueTask InitializeAsync()
    {
        name = await backbone.NewDatabase();
        database = new WorkerDatabase(PayoutWorker.Name, backbone.Postgres.ConnectionString(name, "payout"), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_owner_s_rewrite_that_the_ledger_s_own_check_does_not_see_is_found_and_alerted()
    {
        await Post(Charge("a", 700), Charge("b", 500));
        await Audit("olga");
        Assert.Empty(await Loop().RunOnce(default));
        await Post(Charge("c", 300));
        Assert.Empty(await Loop().RunOnce(default));

        await AsOwner("delete from payout.ledger_transfer; delete from payout.ledger_account");
        await Post(Charge("a", 700), Charge("b", 900), Charge("c", 300));
        var (ledger, anchored) = await Verify();
        var lines = await File.ReadAllLinesAsync(AnchorPath);
        var found = await Loop().RunOnce(default);

        Assert.Empty(ledger);
        Assert.Contains(anchored, f => f.What.Contains("rewritten", StringComparison.Ordinal));
        Assert.Equal(anchored.Select(f => f.Where), found.Select(f => f.Where));
        Assert.Equal(lines, await File.ReadAllLinesAsync(AnchorPath));
        Assert.Equal(1,
            await Scalar($"select count(*) from payout.outbox where wire_name = '{WireTypes.Of(typeof(AlertRaisedV1)).Name}'"));
    }

    [Fact]
    public async Task Rows_that_are_gone_are_found_also_of_the_audit_log()
    {
        await Post(Charge("a", 700));
        await Audit("olga", "pete");
        Assert.Empty(await Loop().RunOnce(default));

        await AsOwner(
            "delete from payout.audit_log; update payout.audit_head set last_no = 0, chain = decode(repeat('00', 32), 'hex')");
        var found = await Loop().RunOnce(default);

        Assert.NotEmpty(found);
        Assert.All(found, f => Assert.StartsWith("audit row ", f.Where, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_that_was_cut_off_leaves_a_file_that_can_be_continued_and_checked()
    {
        await Post(Charge("a", 700));
        Assert.Empty(await Loop().RunOnce(default));
        await Post(Charge("b", 500));
        Assert.Empty(await Loop().RunOnce(default));
        var whole = await File.ReadAllTextAsync(AnchorPath);
        await File.WriteAllTextAsync(AnchorPath, whole[..^40]);

        Assert.Empty((await Verify()).Anchored);
        Assert.Empty(await Loop().RunOnce(default));

        Assert.Empty((await Verify()).Anchored);
        Assert.Equal(2, (await File.ReadAllLinesAsync(AnchorPath)).Length);
    }

    private static LedgerLine Charge(string entry, long minor) =>
        new($"charge/{entry}", LedgerAccounts.StripeBalance, LedgerAccounts.PrizePool("c"), "usd", minor, "entry-fee",
            $"ch_{entry}", "c", 1);

    private AnchorLoop Loop() => new(
        database, new AnchorOptions(AnchorPath, key.ExportPkcs8PrivateKeyPem(), TimeSpan.FromHours(1)),
        new AnchorFile(AnchorPath), TimeProvider.System, NullLogger<AnchorLoop>.Instance);

    private Task Post(params LedgerLine[] lines) => database.Run(tx => tx.Post(lines), default);

    private Task Audit(params string[] actors) => database.Run(
        tx =>
            tx.Audit([.. actors.Select(a =>
                new AuditEntry(a, "payout-approved", $"payout-{a}", null, null, null, "a reason", "done"))]), default);

    private async Task<(IReadOnlyList<LedgerFault> Ledger, IReadOnlyList<LedgerFault> Anchored)> Verify()
    {
        await using var connection = new NpgsqlConnection(backbone.Postgres.ConnectionString(name, "postgres"));
        await connection.OpenAsync();
        using var publicKey = AnchorOptions.Key("--anchor-key", key.ExportSubjectPublicKeyInfoPem());
        var (_, anchored) = await AnchorVerify.Run(
            connection, new AnchorFile(AnchorPath).ReadAfter(0, default), publicKey, default);
        return ((await LedgerVerify.Run(connection, default)).Faults, anchored);
    }

    private async Task AsOwner(string sql)
    {
        await using var connection = new NpgsqlConnection(backbone.Postgres.ConnectionString(name, "postgres"));
        await connection.ExecuteAsync($"set session_replication_role = replica; {sql}; set session_replication_role = default");
    }

    private async Task<long> Scalar(string sql)
    {
        await using var connection = new NpgsqlConnection(backbone.Postgres.ConnectionString(name, "postgres"));
        return await connection.ExecuteScalarAsync<long>(sql);
    }
}
