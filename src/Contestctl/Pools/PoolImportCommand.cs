using System.CommandLine;
using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contracts;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Pools;

/// <summary><c>contestctl pool import</c>: a published salary file as the athletes of a contest's definition.</summary>
internal static class PoolImportCommand
{
    private const string About =
        """
        Reads a salary file as DraftKings and FanDuel publish it and writes the member
        athletes of a contest's definition. Whom a line means is looked up among the
        athletes that the feed knows (--players): by name and team, of namesakes by
        position, a team's defence by its team. Nobody is guessed: lines that mean
        nobody, or one of several, are named with what there is. --is says who is meant.

        Nothing is written unless every line is understood; with --leave-out those whom
        the feed does not know stay out, and are named. Exit code 1: a line is refused;
        2: the file is none.

        Examples:
          contestctl pool import samples/salaries.csv --players samples/players.json
          contestctl pool import samples/salaries.csv --players samples/players.json --is "10014=00-0030506" --ids ids.csv
        """;

    public static Command Make()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The salaries, CSV, also packed by gzip." };
        var players = new Option<FileInfo>("--players")
        {
            Description = "The feed's athletes of the games, as samples/players.json.", Required = true,
        };
        var named = Pairs("--is", "Whom an id or name of the file means: 'THEIRS=ATHLETE'.");
        var teams = Pairs("--team", "A team that the feed calls otherwise: 'THEIRS=OURS'.");
        var leaveOut = new Option<bool>("--leave-out") { Description = "Leave out whom the feed does not know." };
        var ids = new Option<FileInfo?>("--ids")
        {
            Description = "Write here whom the operator's ids mean, for entries import.",
        };
        var json = Output.JsonOption<PoolAnswer>();
        var command = new Command("import", About) { file, players, named, teams, leaveOut, ids, json };
        command.SetAction(async (parsed, ct) =>
        {
            var known = WireJson.Read<IReadOnlyList<KnownAthlete>>(await Unpacked.Read(parsed.GetRequiredValue(players), ct));
            var (lines, refused) = ReadSalaries.Of(Csv.Text(await Unpacked.Read(parsed.GetRequiredValue(file), ct)));
            var pool = new MatchAthletes(known, Split(parsed.GetValue(teams), teams.Name),
                Split(parsed.GetValue(named), named.Name))
                .Pool(lines);
            var leftOut = parsed.GetValue(leaveOut) ? pool.Unknown : [];
            RefusedAthlete[] all =
                [.. refused.Concat(pool.Refused).Concat(pool.Unknown.Except(leftOut)).OrderBy(r => r.Line)];
            if (all.Length == 0 && parsed.GetValue(ids) is { } out_)
                await File.WriteAllTextAsync(out_.FullName, OperatorIds.Written(pool.Ids), ct);
            var answer = new PoolAnswer(all.Length == 0 ? pool.Athletes : [], all, leftOut);
            Output.Show(parsed, json, answer, _ => Write(answer));
            return all.Length == 0 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static Option<string[]> Pairs(string name, string what) =>
        new(name) { Description = what + " May be repeated." };

    /// <exception cref="InvalidDataException">One is no pair, or of one name there are two.</exception>
    private static Dictionary<string, string> Split(string[]? pairs, string option)
    {
        var split = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in pairs ?? [])
        {
            if (pair.LastIndexOf('=') is not (> 0 and var at) || at == pair.Length - 1)
                throw new InvalidDataException($"{option}: expected THEIRS=OURS; got '{pair}'");
            if (!split.TryAdd(pair[..at].Trim(), pair[(at + 1)..].Trim()))
                throw new InvalidDataException($"{option}: expected each once; {pair[..at]} is there twice");
        }

        return split;
    }

    private static void Write(PoolAnswer answer)
    {
        var remarks = Output.Progress();
        foreach (var (title, lines) in new[] { ("refused", answer.Refused), ("left out", answer.LeftOut) })
        {
            if (lines.Count == 0) continue;
            var table = Output.Table("line", title, "what");
            foreach (var line in lines) table.Row(line.Line, line.Name, line.Message);
            remarks.Write(table);
        }

        if (answer.Refused.Count == 0) Output.Document(answer.Athletes);
        remarks.WriteLine(answer.Refused.Count > 0
            ? $"{answer.Refused.Count} lines refused; nothing was written"
            : $"{answer.Athletes.Count} athletes of the games "
                + $"{string.Join(", ", answer.Athletes.Select(a => a.GameId).Distinct())}; {answer.LeftOut.Count} left out");
    }
}

/// <summary>A salary file as the athletes of a definition.</summary>
/// <param name="Athletes">None where a line is refused.</param>
/// <param name="LeftOut">Whom the feed does not know.</param>
internal sealed record PoolAnswer(
    IReadOnlyList<PoolAthleteV1> Athletes, IReadOnlyList<RefusedAthlete> Refused, IReadOnlyList<RefusedAthlete> LeftOut);
