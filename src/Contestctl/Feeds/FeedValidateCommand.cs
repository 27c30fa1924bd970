using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary><c>contestctl feed validate</c>: what is wrong in a feed file, line by line and as a whole.</summary>
internal static class FeedValidateCommand
{
    private const string About =
        """
        Checks whole feed files: every line a message with all its fields, no number
        missing or given twice, no revision that contradicts another, plays that agree
        with their box, with --rules stats that the rule set knows. Names place, rule,
        what was expected and what came. Exit code 1 when there is a problem.

        Examples:
          contestctl feed validate samples/*.jsonl
          contestctl feed validate game.jsonl --rules draftkings-nfl-classic
        """;

    public static Command Make(Session session)
    {
        var files = new Argument<FileInfo[]>(
            "FILE") { Description = "Feed files, one JSON object a line.", Arity = ArgumentArity.OneOrMore };
        var rules = RulesOption();
        var json = Output.JsonOption<ValidateAnswer>();
        var command = new Command("validate", About) { files, rules, json };
        command.SetAction(async (parsed, ct) =>
        {
            var known = FeedJudgement.RulesNamed(parsed.GetValue(rules));
            var results = new List<FeedFileResult>();
            foreach (var file in parsed.GetRequiredValue(files))
            {
                var judged = await FeedJudgement.OfFile(file, known, session.Clock, ct);
                var readable = judged.Messages - judged.Rules.Where(r => r.Rule == FeedRules.Readable).Sum(r => r.Failures);
                results.Add(new FeedFileResult(file.Name, readable, [.. judged.Findings.Select(f => f.ToString())]));
            }

            Output.Show(parsed, json, new ValidateAnswer(results), console =>
            {
                foreach (var result in results)
                {
                    console.WriteLine($"{result.File}: {result.Messages} messages, {result.Problems.Count} problems");
                    foreach (var problem in result.Problems) console.WriteLine($"  {problem}");
                }
            });
            return results.All(r => r.Problems.Count == 0) ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    public static Option<string?> RulesOption() => new("--rules")
    {
        Description = "The rule set whose stats are known: NAME, or NAME@VERSION. Without it stats are not judged.",
    };
}
