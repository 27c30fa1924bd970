using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;

namespace ContestPipeline.Contestctl.Entries;

/// <summary>An entry of a file, as the command that submits it.</summary>
/// <param name="Line">Where it begins, from 1.</param>
internal sealed record ImportedEntry(int Line, SubmitEntryV1 Command);

/// <summary>A line that is no entry of the contest.</summary>
/// <param name="ReasonCode">As commands are refused with it.</param>
/// <param name="Message">What was expected, what came.</param>
internal sealed record RefusedLine(int Line, string EntryId, string ReasonCode, string Message);

/// <param name="PassedOver">Columns that say nothing about entries.</param>
internal sealed record EntriesFile(
    IReadOnlyList<ImportedEntry> Entries, IReadOnlyList<RefusedLine> Refused, IReadOnlyList<string> PassedOver);

/// <summary>Reads line-ups from CSV and judges each as Scoring will. Pure.</summary>
internal static class ReadEntries
{
    /// <param name="text">CSV with the columns entry, player and one for each slot, in any order.</param>
    /// <param name="playerId">Whose entries they are, where no column says so.</param>
    /// <param name="theirs">An operator's own ids of athletes, to those of the pool.</param>
    /// <returns>Every line, as an entry or refused; lines without entry, player and athletes are none.</returns>
    /// <exception cref="InvalidDataException">The columns are not those of the contest.</exception>
    public static EntriesFile Of(
        string text, ContestRules rules, string? playerId, IReadOnlyDictionary<string, string> theirs)
    {
        var rows = Csv.Rows(text);
        if (rows.Count == 0) throw new InvalidDataException("expected a header of columns; the file is empty");
        var columns = EntryColumns.Of(rows[0].Cells, ContestKinds.GameOfPlayers(rules.Definition) is null
            ? rules.Definition.Roster.Slots : [], playerId);
        rows = [.. rows.Where((row, i) => i > 0 && !columns.IsBlank(row.Cells))];
        if (rows.Count == 0) throw new InvalidDataException("expected entries below the header; there is none");
        var (entries, refused) = (new List<ImportedEntry>(), new List<RefusedLine>());
        var finder = new AthleteFinder(rules.Definition.Athletes, theirs);
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var players = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var (submit, why) = One(row, columns, rules, finder);
            why ??= Among(row.Line, submit, rules.Definition, lines, players, entries.Count);
            if (why is null) entries.Add(new ImportedEntry(row.Line, submit));
            else refused.Add(new RefusedLine(row.Line, submit.EntryId, why.ReasonCode,
                why.Field is null ? why.Message : $"{why.Field}: {why.Message}"));
        }

        return new EntriesFile(entries, refused, columns.PassedOver);
    }

    /// <summary>The command's id follows from what it says: the same line is the same command, a mended one is another.</summary>
    internal static SubmitEntryV1 Command(string contestId, string entryId, string playerId, IReadOnlyList<string> athleteIds)
    {
        var said = new SubmitEntryV1("", contestId, entryId, playerId, athleteIds);
        return said with { CommandId = DeterministicId.From($"contestctl/submit/{CanonicalHash.Of(said)}").ToString() };
    }

    private static (SubmitEntryV1 Submit, Refusal? Why) One(
        CsvRow row, EntryColumns columns, ContestRules rules, AthleteFinder finder)
    {
        var contestId = rules.Definition.ContestId;
        if (row.Cells.Count < columns.Count || (row.Cells.Count > columns.Count && !columns.MayBeLonger))
            return (Command(contestId, row.Cells.ElementAtOrDefault(columns.Entry) ?? "", "", []),
                new Refusal(Reasons.LineupSize, $"expected {columns.Count} cells; got {row.Cells.Count}"));
        var (entryId, playerId) = (row.Cells[columns.Entry], columns.PlayerOf(row.Cells));
        string[] cells = [.. columns.Slots.Select(c => row.Cells[c])];
        var isEmpty = cells.All(c => c.Length == 0);
        var athletes = new List<string>();
        for (var slot = 0; slot < cells.Length && !isEmpty; slot++)
        {
            var wanted = rules.Definition.Roster.Slots[slot];
            if (cells[slot].Length == 0)
                return (Command(contestId, entryId, playerId, []),
                    new Refusal(Reasons.LineupSize, "expected an athlete; the cell is empty", wanted.Name));
            var (athlete, why) = finder.Find(cells[slot], wanted.Positions);
            if (athlete is null)
                return (Command(contestId, entryId, playerId, []), new Refusal(Reasons.AthleteUnknown, why!, wanted.Name));
            athletes.Add(athlete.AthleteId);
        }

        var submit = Command(contestId, entryId, playerId, athletes);
        if (!IdRules.IsNewId(entryId)) return (submit, new Refusal(Reasons.InvalidId, IdRules.NewIdExpected, "entry"));
        if (!IdRules.IsNewId(playerId)) return (submit, new Refusal(Reasons.InvalidId, IdRules.NewIdExpected, "player"));
        return (submit, ValidateLineup.Check(rules, submit));
    }

    /// <summary>What a line may not be beside those before it.</summary>
    private static Refusal? Among(int line, SubmitEntryV1 submit, ContestDefinitionV1 definition, Dictionary<string, int> lines,
        Dictionary<string, int> players, int before)
    {
        if (!lines.TryAdd(submit.EntryId, line))
            return new Refusal(Reasons.EntryExists, $"line {lines[submit.EntryId]} is of the same entry");
        if (before == definition.MaxEntries)
            return new Refusal(Reasons.ContestFull, $"the contest takes {definition.MaxEntries} entries");
        var mine = players[submit.PlayerId] = players.GetValueOrDefault(submit.PlayerId) + 1;
        return mine <= definition.MaxEntriesPerPlayer ? null : new Refusal(Reasons.PlayerLimit,
            $"the player's entry {mine} of this file; the limit is {definition.MaxEntriesPerPlayer}");
    }
}
