using System.Text.Json;
using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Players;
using ContestPipeline.Integration.Payout;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Contestctl.Money;

/// <summary>What a person may ask for of what is kept of them.</summary>
public sealed class PlayerCommandsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly MoneyDesk desk = new(world);

    [Fact]
    public async Task Every_table_that_names_a_player_is_exported()
    {
        await using var connection = new NpgsqlConnection(world.Payouts.AdminConnection);
        var named = await connection.QueryAsync<string>(
            """
            select distinct c.table_schema || '.' || c.table_name
            from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema in ('ingestion', 'scoring', 'settlement', 'payout') and t.table_type = 'BASE TABLE'
                and c.column_name in ('player_id', 'voter_id')
            order by 1
            """);

        Assert.Empty(named.Except(PlayerTable.All.Select(t => t.Table)));
        foreach (var table in PlayerTable.All) await connection.RowsOf(table, "nobody", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_export_has_payouts_ledger_and_audit_no_secret_and_is_written_down()
    {
        await world.Payouts.GivenReady("asks");
        await world.Payouts.GivenSettled(ContestBuilder.Of("c-asks", "asks"));
        await world.Payouts.RunToRest(world.Payouts.Runner());
        var folder = Directory.CreateTempSubdirectory("player-export-");
        try
        {
            var file = Path.Combine(folder.FullName, "asks.json");
            string[] export = ["player", "export", "asks", "--out", file, "--reason", "case 12"];

            Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer(export));
            Assert.Equal(ExitCodes.Success, await desk.AsOperator(export));
            Assert.Equal(ExitCodes.Usage, await desk.AsOperator(export));
            Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator(
                "player", "export", "nobody-at-all", "--out", file + "2", "--reason", "case 13"));

            var tables = JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement.GetProperty("tables");
            Assert.Equal("paid", tables.GetProperty("payout.payout")[0].GetProperty("state").GetString());
            Assert.Contains(tables.GetProperty("payout.ledger_transfer").EnumerateArray(),
                line => line.GetProperty("code").GetString() == "payout" && !line.TryGetProperty("debit_chain", out _));
            Assert.Contains(tables.GetProperty("payout.audit_log").EnumerateArray(),
                row => row.GetProperty("action").GetString() == "payout-paid");
            Assert.Equal("olga case 12", await world.Payouts.Scalar<string>(
                "select actor || ' ' || reason from payout.audit_log where action = 'player-exported' and player_id = 'asks'"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_was_handed_in_is_erased_once_nothing_is_open_and_what_money_rests_on_stays()
    {
        await world.Payouts.GivenSettled(ContestBuilder.Of("c-goes", "goes"));
        await world.Payouts.Scalar<int>(
            """
            insert into scoring.proof (contest_id, entry_id, proof_no, version, player_id, content, content_hash, submitted_at, approvals,
                rejections, decision_no)
            select 'c-goes', 'e', 1, 1, 'goes', '{"text":"ran"}', 'hash', now(), 0, 0, 0
            from (select set_config('session_replication_role', 'replica', true)) no_entry
            returning 1
            """);
        await world.Payouts.Scalar<int>(
            """
            insert into payout.challenge_draft (player_id, draft_id, contest_id, body, version, state, command_id, asked_at, changed_at)
            values ('goes', 'd1', 'x1', '{}', 'v', 'draft', null, null, now()), ('goes', 'd2', 'x2', '{}', 'v', 'published', 'k', now(), now())
            returning 1
            """);
        string[] erase = ["player", "erase", "goes", "--confirm", "goes", "--reason", "case 14"];

        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("player", "erase", "goes", "--confirm", "gone", "--reason", "x"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator(erase));
        await world.Payouts.GivenReady("goes");
        await world.Payouts.RunToRest(world.Payouts.Runner());
        Assert.Equal(ExitCodes.Success, await desk.AsOperator(erase));
        Assert.Equal(ExitCodes.Success, await desk.AsOperator(erase));

        Assert.Equal(" hash", await world.Payouts.Scalar<string>(
            "select content || ' ' || content_hash from scoring.proof where player_id = 'goes'"));
        Assert.Equal("1 proofs, 0 files, 1 drafts|0 proofs, 0 files, 0 drafts", await world.Payouts.Scalar<string>(
            "select string_agg(split_part(result, ';', 1), '|' order by at) from payout.audit_log where action = 'player-erased' and "
                + "player_id = 'goes'"));
        Assert.Equal("d2", await world.Payouts.Scalar<string>(
            "select string_agg(draft_id, ' ') from payout.challenge_draft where player_id = 'goes'"));
        await world.Payouts.LedgerIsClean();
        Assert.Equal("paid", await world.Payouts.State("c-goes"));
    }
}
