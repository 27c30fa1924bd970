using System.CommandLine;
using System.Globalization;
using ContestPipeline.Contracts;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary><c>contestctl feed rejections</c>: what of a feed was not accepted, by who sent it.</summary>
internal static class FeedRejectionsCommand
{
    private const string About =
        """
        Lists what Ingestion has rejected of the feeds, the latest first, and counts
        it by source (ce_source) and reason. Reads feed.games.v1.rejected, which holds
        14 days. Exit code 1 when there is something.

        Examples:
          contestctl feed rejections
          contestctl feed rejections --source a-provider --game 2016100212 --json
        """;

    public static Command Make(Session session)
    {
        var source = new Option<string?>("--source") { Description = "Of this source only." };
        var game = new Option<string?>("--game") { Description = "Of this game only, by the record's key." };
        var limit = new Option<int>("--limit")
        {
            Description = "How many to list; all are counted.", DefaultValueFactory = _ => 20,
        };
        limit.Validators.Add(OptionRules.AtLeast(0));
        var json = Output.JsonOption<RejectionsAnswer>();
        var command = new Command("rejections", About) { source, game, limit, json };
        command.SetAction(async (parsed, ct) =>
        {
            var reader = session.Reader();
            var answer = await Task.Run(() => FeedRejections.Of(
                new LegibleRecords(reader).On(Topics.Rejected(Topics.FeedGames), _ => true, ct).Select(r => r.Message)
                    .OfType<RejectedV1>(),
                parsed.GetValue(source), parsed.GetValue(game), parsed.GetValue(limit)), ct);
            Output.Show(parsed, json, answer, console => Write(console, answer));
            return answer.Counts.Count == 0 ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, RejectionsAnswer answer)
    {
        if (answer.Counts.Count == 0)
        {
            console.WriteLine("nothing was rejected");
            return;
        }

        var counts = Output.Table("source", "reason", "messages", "last");
        foreach (var c in answer.Counts)
            counts.Row(c.Source, c.Reason, c.Messages, c.LastAt.ToString("u", CultureInfo.InvariantCulture));
        console.Write(counts);
        foreach (var r in answer.Rejections)
        {
            console.WriteLine($"{r.Partition}/{r.Offset} {r.Game}: {r.Reason}{(r.Field is null ? "" : $" at {r.Field}")}");
            if (r.Expected is not null) console.WriteLine($"  expected {r.Expected}{(r.Got is null ? "" : $", got {r.Got}")}");
        }
    }
}

/// <summary>Rejections, counted and listed. Pure.</summary>
internal static class FeedRejections
{
    /// <param name="source">Null: every source.</param>
    /// <param name="game">Null: every game.</param>
    /// <param name="limit">How many are listed, the latest first.</param>
    public static RejectionsAnswer Of(IEnumerable<RejectedV1> rejected, string? source, string? game, int limit)
    {
        RejectionShown[] all =
            [.. rejected.DistinctBy(r => r.IdempotencyKey)
                .Select(r => new RejectionShown(
                    r.Headers.GetValueOrDefault("ce_source", ""), r.Key, r.Partition, r.Offset, r.Reason, r.Field, r.Expected,
                    r.Got, r.Headers.GetValueOrDefault("ce_id"), r.At))
                .Where(r => (source is null || r.Source == source) && (game is null || r.Game == game))
                .OrderByDescending(r => r.At).ThenBy(r => r.Partition).ThenByDescending(r => r.Offset)];
        return new RejectionsAnswer(
            [.. all.GroupBy(r => (r.Source, r.Reason)).Select(g => new RejectionCount(g.Key.Source, g.Key.Reason, g.Count(),
                    g.Max(r => r.At))).OrderBy(c => c.Source, StringComparer.Ordinal)
                .ThenBy(c => c.Reason, StringComparer.Ordinal)],
            [.. all.Take(limit)]);
    }
}

/// <summary>What was rejected, counted by source and reason, and the latest of it.</summary>
internal sealed record RejectionsAnswer(IReadOnlyList<RejectionCount> Counts, IReadOnlyList<RejectionShown> Rejections);

/// <summary>How many messages of one source were rejected for one reason.</summary>
internal sealed record RejectionCount(string Source, string Reason, int Messages, DateTimeOffset LastAt);

/// <param name="Source">Empty: the record named none.</param>
/// <param name="Game">The record's key.</param>
/// <param name="Id"><c>ce_id</c>; absent: the record had none.</param>
internal sealed record RejectionShown(
    string Source, string Game, int Partition, long Offset, string Reason, string? Field, string? Expected, string? Got,
    string? Id, DateTimeOffset At);
