using System.CommandLine;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Providers;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary><c>contestctl feed convert</c>: a provider's documents of one game as canonical feed messages.</summary>
internal static class FeedConvertCommand
{
    private const string About =
        """
        Translates NFL GameCenter documents of one game, in the order they were
        published, into a feed file. Later documents of the game add only what
        changed: new plays, revisions, withdrawals, a new box. Documents may be packed
        by gzip.

        Example:
          contestctl feed convert 2016100212.json.gz --schedule schedule.csv --out game.jsonl
        """;

    public static Command Make()
    {
        var files = new Argument<FileInfo[]>(
            "FILE") { Description = "GameCenter documents of one game, also packed by gzip.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<FileInfo>("--out") { Description = "The feed file to write.", Required = true };
        var schedule =
            new Option<FileInfo?>(
                "--schedule") { Description =
                    "The provider's schedule, for the time of the kick-off; else one in the afternoon, New York." };
        var open = new Option<bool>(
            "--unconfirmed") { Description = "The last document is not the last word: leave the game complete, not closed." };
        var json = Output.JsonOption<ConvertAnswer>();
        var command = new Command("convert", About) { files, output, schedule, open, json };
        command.SetAction(async (parsed, ct) =>
        {
            var documents = new List<NflGameCenterDocument>();
            foreach (var file in parsed.GetRequiredValue(files)) documents.Add(await Read(file, ct));
            var kickoff = await Kickoff(documents, parsed.GetValue(schedule), ct);
            var feed = new NflGameCenterFeed(kickoff);
            var records =
                documents.SelectMany((d, i) => feed.Apply(d, confirmed: i == documents.Count - 1 && !parsed.GetValue(open)))
                    .ToArray();
            await using (var stream = parsed.GetRequiredValue(output).Create()) await FeedFile.Write(stream, records, ct);

            var result = new ConvertAnswer(documents[0].GameId, kickoff, records.Length, parsed.GetRequiredValue(output).Name);
            Output.Show(parsed, json, result, console =>
                console.WriteLine(
                    $"{result.Game}: {result.Messages} messages from {documents.Count} documents into {result.File}"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<NflGameCenterDocument> Read(FileInfo file, CancellationToken ct) =>
        ReadNflGameCenter.Read(await Unpacked.Read(file, ct)) switch
        {
            NflDocumentRead.Understood(var document) => document,
            NflDocumentRead.Refused(var field, var expected, var got) =>
                throw new InvalidDataException($"{file.Name}: {field}: expected {expected}, got {got}"),
            var other => throw new InvariantException($"an answer nobody knows: {other}"),
        };

    private static async Task<DateTimeOffset> Kickoff(
        List<NflGameCenterDocument> documents, FileInfo? schedule, CancellationToken ct)
    {
        var gameId = documents[0].GameId;
        if (documents.Any(d => d.GameId != gameId))
            throw new InvalidDataException(
                $"the documents are of several games: {string.Join(", ", documents.Select(d => d.GameId).Distinct())}");
        if (schedule is not null && await Schedule(schedule, ct) is var kickoffs && kickoffs.TryGetValue(gameId, out var kickoff))
            return kickoff;
        return NflSchedule.Guess(gameId)
            ?? throw new InvalidDataException($"the game id {gameId} holds no date: give --schedule");
    }

    private static async Task<IReadOnlyDictionary<string, DateTimeOffset>> Schedule(FileInfo file, CancellationToken ct)
    {
        using var text = new StringReader(await File.ReadAllTextAsync(file.FullName, ct));
        return NflSchedule.Read(text);
    }
}
