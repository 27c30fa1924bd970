using System.CommandLine;
using ContestPipeline.Ingestion.Feed;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary><c>contestctl feed validate</c>: what is wrong in a feed file, line by line.</summary>
internal static class FeedValidateCommand
{
    private const string About =
        """
        Checks feed files: every line a message with all its fields, every id the message's own. Names line, field, what was expected and what came.

        Example:
          contestctl feed validate samples/*.jsonl
        """;

    public static Command Make()
    {
        var files = new Argument<FileInfo[]>(
            "FILE") { Description = "Feed files, one JSON object a line.", Arity = ArgumentArity.OneOrMore };
        var json = Output.JsonOption<ValidateAnswer>();
        var command = new Command("validate", About) { files, json };
        command.SetAction(async (parsed, ct) =>
        {
            var results = new List<FeedFileResult>();
            foreach (var file in parsed.GetRequiredValue(files))
            {
                await using var stream = file.OpenRead();
                var content = await FeedFile.Read(stream, ct);
                results.Add(
                    new FeedFileResult(file.Name, content.Records.Count, [.. content.Problems.Select(p => p.ToString())]));
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
}
