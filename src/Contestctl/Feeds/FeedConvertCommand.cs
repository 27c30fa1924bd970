using System.CommandLine;
using ContestPipeline.Contestctl.Files;
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
        Translates a provider's documents of one game, in the order they were
        published, into a feed file: the NFL's GameCenter documents, or the NBA's live
        play-by-plays and boxes. Later documents of the game add only what changed: new
        plays, revisions, withdrawals, a new box. Documents may be packed by gzip.

        Examples:
          contestctl feed convert 2016100212.json.gz --schedule schedule.csv --out game.jsonl
          contestctl feed convert playbyplay.json boxscore.json --out game.jsonl
        """;

    public static Command Make()
    {
        var files = new Argument<FileInfo[]>(
            "FILE") { Description = "Documents of one game, also packed by gzip.", Arity = ArgumentArity.OneOrMore };
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
            var documents = new List<(string Name, byte[] Content)>();
            foreach (var file in parsed.GetRequiredValue(files))
                documents.Add((file.Name, (await Unpacked.Read(file, ct)).ToArray()));
            var (gameId, startsAt, records) = ConvertNba.Of(documents, confirmed: !parsed.GetValue(open))
                ?? await OfNfl(documents, parsed.GetValue(schedule), isOpen: parsed.GetValue(open), ct);
            await using (var stream = parsed.GetRequiredValue(output).Create()) await FeedFile.Write(stream, records, ct);

            var result = new ConvertAnswer(gameId, startsAt, records.Count, parsed.GetRequiredValue(output).Name);
            Output.Show(parsed, json, result, console =>
                console.WriteLine(
                    $"{result.Game}: {result.Messages} messages from {documents.Count} documents into {result.File}"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<(string GameId, DateTimeOffset StartsAt, IReadOnlyList<FeedRecord> Records)> OfNfl(
        List<(string Name, byte[] Content)> packed, FileInfo? schedule, bool isOpen, CancellationToken ct)
    {
        var documents = packed.Select(p => Read(p.Name, p.Content)).ToList();
        var kickoff = await Kickoff(documents, schedule, ct);
        var feed = new NflGameCenterFeed(kickoff);
        return (documents[0].GameId, kickoff,
            [.. documents.SelectMany((d, i) => feed.Apply(d, confirmed: i == documents.Count - 1 && !isOpen))]);
    }

    private static NflGameCenterDocument Read(string name, byte[] content) => ReadNflGameCenter.Read(content) switch
        {
            NflDocumentRead.Understood(var document) => document,
            NflDocumentRead.Refused(var field, var expected, var got) =>
                throw new InvalidDataException($"{name}: {field}: expected {expected}, got {got}"),
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
