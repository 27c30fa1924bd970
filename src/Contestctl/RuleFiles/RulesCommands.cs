using System.CommandLine;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.RuleFiles;

/// <summary><c>contestctl rules</c>: what turns stats into points, as files.</summary>
internal static class RulesCommands
{
    private const string AboutValidate =
        """
        Checks rule sets offline: every member, every stat of a bonus, thresholds,
        steps and bounds; everything that is wrong is named with its field, what was
        expected and what stands there. Prints the hash that contests name. Exit code
        1 when something is wrong.

        Example:
          contestctl rules validate samples/rules/draftkings-nba-classic-2020.json
        """;

    private const string AboutTest =
        """
        Computes lines under a rule set and compares with the points that they are to
        be worth. The table is CSV with the columns name, expected and one for each
        stat, or a JSON list of {"name", "expected", "stats"}. Exit code 1 when a line
        is worth something else.

        Example:
          contestctl rules test samples/rules/draftkings-nba-classic-2020.json samples/rules/draftkings-nba-classic-2020.cases.csv
        """;

    private const string AboutList =
        """
        Lists the rule sets that contests can name, with their hashes: those that ship
        with the product and, where KAFKA_BOOTSTRAP_SERVERS is set, those that were
        published on contest.rules.v1.

        Example:
          contestctl rules list --json
        """;

    public static Command MakeValidate()
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "Rule sets, as in src/Contracts/Schemas/rule-set.json.", Arity = ArgumentArity.OneOrMore,
        };
        var json = Output.JsonOption<RulesValidated>();
        var command = new Command("validate", AboutValidate) { files, json };
        command.SetAction(async (parsed, ct) =>
        {
            var judged = new List<RulesValidated.File>();
            foreach (var file in parsed.GetRequiredValue(files))
            {
                var rules = ReadRuleSet.Of(await File.ReadAllBytesAsync(file.FullName, ct), out var faults);
                judged.Add(new RulesValidated.File(file.Name, rules is null ? null : RuleSets.Ref(rules), faults));
            }

            Output.Show(parsed, json, new RulesValidated(judged.All(j => j.Faults.Count == 0), judged), console =>
            {
                foreach (var file in judged)
                {
                    foreach (var fault in file.Faults) console.WriteLine($"{file.Name}: {fault}");
                    if (file.RuleSet is { } set)
                        console.WriteLine($"{file.Name}: {set.Name} version {set.Version}, hash {set.Hash}");
                }
            });
            return judged.All(j => j.Faults.Count == 0) ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    public static Command MakeTest()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The rule set." };
        var table = new Argument<FileInfo>("CASES") { Description = "Lines and expected points, CSV or JSON." };
        var json = Output.JsonOption<RulesTested>();
        var command = new Command("test", AboutTest) { file, table, json };
        command.SetAction(async (parsed, ct) =>
        {
            var rules = await Valid(parsed.GetRequiredValue(file), ct);
            var cases = RuleCases.Read(await File.ReadAllTextAsync(parsed.GetRequiredValue(table).FullName, ct), rules);
            var tested = cases.Select(c => new RulesTested.Case(
                c.Place, c.Name, Output.Points(c.Expected, rules.Scale),
                Output.Points(ScoreLine.Points(rules, c.Stats), rules.Scale))).ToArray();
            var wrong = tested.Where(t => t.Expected != t.Got).ToArray();
            Output.Show(parsed, json, new RulesTested(RuleSets.Ref(rules), tested.Length, wrong), console =>
            {
                foreach (var one in wrong)
                    console.WriteLine($"{one.Place}: {one.Name}: expected {one.Expected}, got {one.Got}");
                console.WriteLine($"{tested.Length - wrong.Length} of {tested.Length} lines are worth what was expected");
            });
            return wrong.Length == 0 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    public static Command MakeList(Session session)
    {
        var json = Output.JsonOption<IReadOnlyList<RulesListed>>();
        var command = new Command("list", AboutList) { json };
        command.SetAction(async (parsed, ct) =>
        {
            var published = session.Settings.Optional("KAFKA_BOOTSTRAP_SERVERS") is null
                ? [] : await Task.Run(() => new ContestFacts(session.Reader()).Rules(ct), ct);
            RulesListed[] listed =
            [
                .. RuleSets.All.Select(r => new RulesListed(RuleSets.Ref(r), r.Sport, "shipped", r.Note)),
                .. published.Select(p => new RulesListed(
                    RuleSets.Ref(p.RuleSet), p.RuleSet.Sport, "published", p.RuleSet.Note)),
            ];
            Output.Show(parsed, json, (IReadOnlyList<RulesListed>)listed, console =>
            {
                var rows = Output.Table("rule set", "version", "sport", "from", "hash", "note");
                foreach (var one in listed)
                {
                    rows.Row(one.RuleSet.Name, one.RuleSet.Version, one.Sport, one.From, one.RuleSet.Hash, one.Note);
                }

                console.Write(rows);
            });
            return ExitCodes.Success;
        });
        return command;
    }

    /// <exception cref="InvalidDataException">It is none that may be used, with the first thing that is wrong.</exception>
    internal static async Task<RuleSet> Valid(FileInfo file, CancellationToken ct) =>
        ReadRuleSet.Of(await File.ReadAllBytesAsync(file.FullName, ct), out var faults)
            ?? throw new InvalidDataException($"{file.Name}: {faults[0]}");
}

/// <summary>What became of each file.</summary>
internal sealed record RulesValidated(bool Valid, IReadOnlyList<RulesValidated.File> Files)
{
    /// <param name="RuleSet">Null: something is wrong with it.</param>
    internal sealed record File(string Name, RuleSetRefV1? RuleSet, IReadOnlyList<RuleFault> Faults);
}

/// <summary>The lines that are worth something else than was expected, of so many.</summary>
internal sealed record RulesTested(RuleSetRefV1 RuleSet, int Cases, IReadOnlyList<RulesTested.Case> Wrong)
{
    /// <param name="Place">Where it stands in its file.</param>
    internal sealed record Case(string Place, string Name, string Expected, string Got);
}

/// <param name="From"><c>shipped</c> or <c>published</c>.</param>
internal sealed record RulesListed(RuleSetRefV1 RuleSet, string Sport, string From, string? Note);
