using System.Globalization;
using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Pools;

/// <summary>An athlete as an operator's salary file has him.</summary>
/// <param name="Id">The operator's own; empty where the file has none.</param>
/// <param name="IsCaptain">The same athlete once more, at one and a half times the salary and under another id.</param>
internal sealed record SalaryLine(
    int Line, string Id, string Name, IReadOnlyList<string> Positions, string Team, long Salary, bool IsCaptain);

/// <summary>A line that names no athlete whom the pool can hold.</summary>
/// <param name="Message">What was expected, what came.</param>
internal sealed record RefusedAthlete(int Line, string Name, string Message);

/// <summary>
/// Reads salary files as DraftKings and FanDuel publish them, and others of such columns; the table may stand anywhere in the
/// file, as it does in DraftKings' template of entries. Pure.
/// </summary>
internal static class ReadSalaries
{
    /// <summary>How the two call a captain in the column of roster positions.</summary>
    private static readonly string[] s_captains = ["CPT", "MVP"];

    /// <param name="text">CSV.</param>
    /// <returns>Every line of the table, as an athlete or refused.</returns>
    /// <exception cref="InvalidDataException">No line is a header with names, positions, teams and salaries.</exception>
    public static (IReadOnlyList<SalaryLine> Athletes, IReadOnlyList<RefusedAthlete> Refused) Of(string text)
    {
        var rows = Csv.Rows(text);
        var (at, columns) = rows.Index().Select(r => (r.Index, SalaryColumns.Of(r.Item.Cells)))
            .FirstOrDefault(r => r.Item2 is not null);
        if (columns is null)
            throw new InvalidDataException("expected a header with the columns Name (or First Name and Last Name), Position, "
                + "TeamAbbrev (or Team) and Salary; no line is one");
        var (athletes, refused) = (new List<SalaryLine>(), new List<RefusedAthlete>());
        foreach (var row in rows.Skip(at + 1))
        {
            var told = columns.Cells(row.Cells);
            if (told is { Name: "", Position: "", Team: "", Salary: "", Id: "" }) continue;
            if (Why(told, out var salary) is { } why) refused.Add(new RefusedAthlete(row.Line, told.Name, why));
            else athletes.Add(new SalaryLine(row.Line, told.Id, told.Name, Positions(told.Position), told.Team, salary,
                s_captains.Contains(told.RosterPosition)));
        }

        if (athletes.Count + refused.Count == 0)
            throw new InvalidDataException("expected athletes below the header; there is none");
        return (athletes, refused);
    }

    /// <returns>What of it is no athlete; null: it is one.</returns>
    private static string? Why(SalaryCells told, out long salary)
    {
        salary = 0;
        if (told.Name.Length == 0 || !IdRules.IsClean(told.Name)) return "expected a name without control characters";
        if (told.Team.Length == 0) return "expected a team; the cell is empty";
        if (Positions(told.Position) is var positions && (positions.Count == 0 || !positions.All(IdRules.IsId)))
            return $"expected positions such as QB or PG/SG; got '{told.Position}'";
        return decimal.TryParse(told.Salary.TrimStart('$'), NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var amount) && amount == decimal.Truncate(amount)
            && amount <= ValidateDefinition.SalaryMax && (salary = (long)amount) >= 0
            ? null : $"expected a salary, a whole number from 0 to {ValidateDefinition.SalaryMax}; got '{told.Salary}'";
    }

    /// <summary>A slash joins positions, but for one.</summary>
    private static IReadOnlyList<string> Positions(string text) =>
        text is "D/ST" ? ["DST"] : text.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>The cells of a line that say something about an athlete; empty where the file has no such column.</summary>
internal sealed record SalaryCells(string Id, string Name, string Position, string RosterPosition, string Team, string Salary);

/// <summary>Which column of a salary file holds what.</summary>
internal sealed record SalaryColumns(
    int Id, int Name, int FirstName, int LastName, int Position, int RosterPosition, int Team, int Salary)
{
    /// <returns>Null: the cells are no header of a salary file.</returns>
    /// <exception cref="InvalidDataException">They are, and one is there twice.</exception>
    public static SalaryColumns? Of(IReadOnlyList<string> header)
    {
        var columns = new SalaryColumns(At("ID", "Player ID"), At("Name", "Nickname"), At("First Name"), At("Last Name"),
            At("Position"), At("Roster Position"), At("TeamAbbrev", "Team"), At("Salary"));
        return columns is { Position: >= 0, Team: >= 0, Salary: >= 0 }
            && (columns.Name >= 0 || columns is { FirstName: >= 0, LastName: >= 0 }) ? columns : null;

        // Of several names the first that is there counts.
        int At(params string[] names)
        {
            foreach (var name in names)
            {
                int[] found = [.. header.Index().Where(h => h.Item.Equals(name, StringComparison.OrdinalIgnoreCase))
                    .Select(h => h.Index)];
                if (found.Length > 1 && header.Contains("Salary", StringComparer.OrdinalIgnoreCase))
                    throw new InvalidDataException($"expected the column {name} once; got it {found.Length} times");
                if (found.Length == 1) return found[0];
            }

            return -1;
        }
    }

    public SalaryCells Cells(IReadOnlyList<string> cells)
    {
        var name = At(Name);
        if (name.Length == 0) name = $"{At(FirstName)} {At(LastName)}".Trim();
        return new SalaryCells(At(Id), name, At(Position), At(RosterPosition), At(Team), At(Salary));

        string At(int column) => column >= 0 && column < cells.Count ? cells[column] : "";
    }
}
