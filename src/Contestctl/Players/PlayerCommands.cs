using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContestPipeline.Contestctl.Parking;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.ProofFiles;
using ContestPipeline.Plumbing;
using Npgsql;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Players;

/// <summary>What was exported of a player.</summary>
/// <param name="Tables">Rows by table; tables without any are left out.</param>
internal sealed record PlayerExportAnswer(
    string Player, DateTimeOffset At, IReadOnlyDictionary<string, int> Tables, string File);

/// <summary>What was erased of a player.</summary>
/// <param name="Proofs">Contents of proofs; their hashes stay.</param>
/// <param name="Files">Files that only this player handed in.</param>
internal sealed record PlayerEraseAnswer(string Player, int Proofs, int Files, int Drafts);

/// <summary><c>contestctl player export|erase</c>: what a person may ask for of what is kept of them.</summary>
internal static class PlayerCommands
{
    private const string AboutExport =
        """
        Writes all that is kept of a player as one JSON file: entries, proofs and votes, results, fees, payouts with their attempts, wallet, account at Stripe,
        notices, audit entries and ledger lines, table by table. Secrets and the marks of hash chains are left out. Names, addresses and bank accounts are kept
        by Stripe alone. Needs ADMIN_DATABASE. It is written down in the audit log, under the name in your token (PAYOUT_API_TOKEN, role operator or approver).

        Example:
          contestctl player export player-7 --out player-7.json --reason "request of 3 May, case 12"
        """;

    private const string AboutErase =
        """
        Erases drafts of challenges and what a player has handed in: the contents of proofs, and files that nobody else handed in too
        (PROOF_FILES_STORE). What money and results rest on
        stays: ledger, payouts, tax, audit, hashes of proofs. Refused while a contest, payout or dispute of the player is open or money is owed. Messages on
        topics go after 14 days. May be given again; the audit log has it each time. Exit code 1 when it is refused.

        Example:
          contestctl player erase player-7 --confirm player-7 --reason "request of 3 May, case 12"
        """;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command MakeExport(Session session)
    {
        var (player, reason) = (Player(), Reason());
        var file = new Option<FileInfo>("--out") { Description = "The file to write; it must not be there.", Required = true };
        var json = Output.JsonOption<PlayerExportAnswer>();
        var command = new Command("export", AboutExport) { player, file, reason, json };
        command.SetAction(async (parsed, ct) =>
        {
            var (id, to) = (parsed.GetRequiredValue(player), parsed.GetRequiredValue(file));
            if (to.Exists) throw new SettingException("--out", $"names {to.FullName}, which is there already");
            var bearer = await Bearer.Require(session, ct);
            await using var connection = await session.OpenAdmin(ct);
            var (document, counts) = await LongWork.While(
                "reading", session.Clock, work => Read(connection, id, session.Clock.GetUtcNow(), work, ct));
            if (counts.Count == 0) throw new RefusedException($"nothing is kept of player {id}");
            await Write(
                session, bearer.Subject, "player-exported", id, parsed.GetRequiredValue(reason), $"{counts.Values.Sum()} rows",
                ct);
            await File.WriteAllTextAsync(to.FullName, document.ToJsonString(s_indented), ct);
            var answer = new PlayerExportAnswer(id, session.Clock.GetUtcNow(), counts, to.FullName);
            Output.Show(parsed, json, answer, console =>
            {
                foreach (var (table, rows) in counts) console.WriteLine($"{table}: {rows}");
                console.WriteLine($"{counts.Values.Sum()} rows of {id} are in {to.FullName}");
            });
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command MakeErase(Session session)
    {
        var (player, reason) = (Player(), Reason());
        var confirm = new Option<string>("--confirm") { Description = "The player's id once more.", Required = true };
        var json = Output.JsonOption<PlayerEraseAnswer>();
        var command = new Command("erase", AboutErase) { player, confirm, reason, json };
        command.SetAction(async (parsed, ct) =>
        {
            var id = parsed.GetRequiredValue(player);
            if (parsed.GetRequiredValue(confirm) != id) throw new SettingException("--confirm", $"must be {id}");
            var bearer = await Bearer.Require(session, ct);
            await using var connection = await session.OpenAdmin(ct);
            if (await connection.WhyNotErase(id, ct) is { } why) throw new RefusedException($"nothing is erased: {why}");
            var files = (await connection.FilesOf(id, ct)).Where(f => !f.IsShared).Select(f => f.Sha256).Distinct().ToArray();
            await Delete(session, files, ct);
            await connection.ForgetFiles(id, ct);
            var proofs = await connection.EraseProofs(id, ct);
            var drafts = await connection.ForgetDrafts(id, ct);
            await Write(session, bearer.Subject, "player-erased", id, parsed.GetRequiredValue(reason),
                $"{proofs} proofs, {files.Length} files, {drafts} drafts", ct);
            Output.Show(parsed, json, new PlayerEraseAnswer(id, proofs, files.Length, drafts), console =>
                console.WriteLine(
                    $"{proofs} proofs, {files.Length} files and {drafts} drafts of {id} are erased; what money rests on stays"));
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Files first: while a row names one, the command that was cut off finds it again.</summary>
    private static async Task Delete(Session session, IReadOnlyList<string> files, CancellationToken ct)
    {
        if (files.Count == 0) return;
        var store = ProofFileStores.Of(ProofFileOptions.From(session.Settings).Place)
            ?? throw new SettingException("PROOF_FILES_STORE", $"is not set: where {files.Count} files of the player are kept");
        foreach (var file in files) await store.Delete(file, ct);
        (store as IDisposable)?.Dispose();
    }

    private static async Task<(JsonObject Document, IReadOnlyDictionary<string, int> Counts)> Read(
        NpgsqlConnection connection, string player, DateTimeOffset now, LongWork work, CancellationToken ct)
    {
        var tables = new JsonObject();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (table, no) in PlayerTable.All.Select((table, no) => (table, no)))
        {
            work.Step("tables", no, PlayerTable.All.Count);
            var rows = await connection.RowsOf(table, player, ct);
            if (rows.Count == 0) continue;
            counts[table.Table] = rows.Count;
            tables[table.Table] = new JsonArray([.. rows.Select(row => JsonNode.Parse(row))]);
        }

        return (new JsonObject { ["player"] = player, ["at"] = now, ["tables"] = tables }, counts);
    }

    private static async Task Write(
        Session session, string person, string action, string player, string reason, string result, CancellationToken ct)
    {
        await using var database = new WorkerDatabase(PayoutWorker.Name, session.AdminDatabase, session.Clock);
        await database.Run(tx => tx.AuditAsRole(new AuditEntry(person, action, player, null, player, null, reason, result)), ct);
    }

    private static Argument<string> Player() => new("PLAYER") { Description = "The player's id." };

    private static Option<string> Reason() =>
        new("--reason", "--why") { Description = "Why; kept in the audit log.", Required = true };
}
