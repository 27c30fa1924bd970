using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ContestPipeline.Contestctl.Feeds;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Corrections;

/// <summary><c>contestctl feed correct</c>: makes the messages that correct one play, and publishes nothing.</summary>
internal static class FeedCorrectCommand
{
    private const string About =
        """
        Makes the correction of one play from what the topic holds of its game: the
        play at its next revision, and the box where it agreed with the plays. Nothing
        is published; contestctl feed publish tries the file out and publishes it.

        --set names what the play gives an athlete, as ATHLETE.STAT=VALUE; 0 takes a
        stat away. --withdraw: the play never was.

        Examples:
          contestctl feed correct kc-at-pit-2016-week-4 p17 --withdraw
          contestctl feed correct kc-at-pit-2016-week-4 p17 --set a1.rush_yds=12
        """;

    public static Command Make(Session session)
    {
        var game = new Argument<string>("GAME") { Description = "The game's id." };
        var play = new Argument<string>("PLAY") { Description = "The play's event id." };
        var set = new Option<string[]>("--set") { Description = "ATHLETE.STAT=VALUE; may be repeated." };
        var withdraw = new Option<bool>("--withdraw") { Description = "Withdraw the play." };
        var output = new Option<FileInfo>("--out") { Description = "Where the messages go.",
            DefaultValueFactory = _ => new FileInfo("corrected.jsonl") };
        var json = Output.JsonOption<CorrectAnswer>();
        var command = new Command("correct", About) { game, play, set, withdraw, output, json };
        set.Validators.Add(option =>
        {
            foreach (var token in option.Tokens.Where(t => Figure(t.Value) is null))
                option.AddError(
                    $"--set must be ATHLETE.STAT=VALUE with a whole number, such as a1.rush_yds=12, not '{token.Value}'");
        });
        command.Validators.Add(result =>
        {
            var isWithdrawn = result.GetResult(withdraw) is { Implicit: false };
            if (isWithdrawn == result.GetResult(set) is { Tokens.Count: > 0 }) result.AddError("give either --set or --withdraw");
        });
        command.SetAction(async (parsed, ct) =>
        {
            var (gameId, to) = (parsed.GetRequiredValue(game), parsed.GetRequiredValue(output));
            if (to.Exists) throw new SettingException("--out", $"names {to.Name}, which exists; it would be overwritten");
            PlayFigure[] figures = [.. (parsed.GetValue(set) ?? []).Select(Figure).OfType<PlayFigure>()];
            var told = await Told(session, gameId, ct);
            var records = CorrectPlay.Make(gameId, parsed.GetRequiredValue(play), told, figures, session.Clock.GetUtcNow());
            if (records.Select(r => ValidateFeed.Check(r.Message)).FirstOrDefault(p => p is not null) is { } problem)
                throw new RefusedException(
                    $"{problem.Field}: {problem.Reason}; expected {problem.Expected}, got {problem.Got}");
            await using (var stream = to.Create()) await FeedFile.Write(stream, records, ct);
            var corrected = (FeedPlayV1)records[0].Message;
            var answer = new CorrectAnswer(
                to.Name, gameId, corrected.EventId, corrected.Revision, [.. records.Select(r => r.Type)]);
            Output.Show(parsed, json, answer, console =>
            {
                console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{answer.File}: play {answer.EventId} at revision {answer.Revision}{(records.Count > 1 ? ", and the box with it" : "")}"));
                console.WriteLine($"next: contestctl feed publish {answer.File} --why …");
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<IMessage>> Told(Session session, string gameId, CancellationToken ct)
    {
        var reader = session.Reader();
        return await Task.Run<IReadOnlyList<IMessage>>(
            () => [.. FeedEntry.Of(reader.Read(Topics.FeedGames, ct), new HashSet<string> { gameId }).Select(e => e.Message)
                .OfType<IMessage>()], ct);
    }

    /// <returns>Null when it is none.</returns>
    private static PlayFigure? Figure(string text)
    {
        var value = text.LastIndexOf('=');
        var stat = value < 0 ? -1 : text.LastIndexOf('.', value);
        return stat > 0 && stat + 1 < value
            && long.TryParse(text.AsSpan(value + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new PlayFigure(text[..stat], text[(stat + 1)..value], number) : null;
    }
}
