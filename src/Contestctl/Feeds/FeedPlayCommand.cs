using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary><c>contestctl feed play</c>: publishes feed files as a provider would, and as badly as one asks for.</summary>
internal static class FeedPlayCommand
{
    private const int InFlightMax = 2_000;

    private const string About =
        """
        Publishes feed files to feed.games.v1 at their own pace times a speed; several files play at once. Duplicates, disorder and late edits are drawn from
        a seed: the same seed plays the same stream, and its final state is that of the undisturbed one. In live plays that never were (--late-edits,
        --withdrawals) are refused.

        Examples:
          contestctl feed play samples/kc-at-pit-2016-week-4.jsonl --speed 60
          contestctl feed play samples/*.jsonl --speed 0 --duplicates 20 --reorder 8 --late-edits 5 --seed 7
        """;

    public static Command Make(Session session)
    {
        var files = new Argument<FileInfo[]>(
            "FILE") { Description = "Feed files, one JSON object a line.", Arity = ArgumentArity.OneOrMore };
        var speed = new Option<int>(
            "--speed") { Description = "Times real time; 0: as fast as the broker takes it.", DefaultValueFactory = _ => 1 };
        var duplicates = new Option<int>("--duplicates") { Description = "Percent of the messages sent twice." };
        var reorder = new Option<int>("--reorder") { Description = "How many places a message can come late." };
        var lateEdits = new Option<int>(
            "--late-edits") { Description = "Percent of the plays first sent wrong and corrected later." };
        var seed = new Option<ulong>("--seed") { Description = "What chance is drawn from.", DefaultValueFactory = _ => 1 };
        var withdrawals =
            new Option<int>(
                "--withdrawals") { Description =
                    "Percent of the plays after which one is reported that never was, and withdrawn later." };
        var json = Output.JsonOption<PlayAnswer>();
        foreach (var percent in new[] { duplicates, lateEdits, withdrawals }) Between(percent, 0, 100);
        Between(speed, 0, 100_000);
        Between(reorder, 0, 10_000);
        var command = new Command("play", About) { files, speed, duplicates, reorder, lateEdits, withdrawals, seed, json };
        command.SetAction(async (parsed, ct) =>
        {
            var faults = new FeedFaults(
                parsed.GetValue(duplicates), parsed.GetValue(reorder), parsed.GetValue(lateEdits), parsed.GetValue(withdrawals));
            if (session.Settings.PipelineEnvironment() == "live" && (faults.LateEditsPercent + faults.WithdrawalsPercent > 0))
                throw new RefusedException(
                    "in live no play is published that never was: leave out --late-edits and --withdrawals");
            var records = FeedDisorder.Apply(await Read(parsed.GetRequiredValue(files), ct), faults, parsed.GetValue(seed));
            var watch = Stopwatch.StartNew();
            await Play(session, records, parsed.GetValue(speed), ct);
            var result = new PlayAnswer(records.Count, watch.ElapsedMilliseconds);
            Output.Show(parsed, json, result,
                console => console.WriteLine($"{result.Messages} messages published in {result.Milliseconds} ms"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Between(Option<int> option, int min, int max) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var value)
            && (value < min || value > max)) result.AddError($"{option.Name} must be from {min} to {max}, not {value}");
    });

    private static async Task<FeedRecord[]> Read(FileInfo[] files, CancellationToken ct)
    {
        var all = new List<FeedRecord>();
        foreach (var file in files)
        {
            await using var stream = file.OpenRead();
            var content = await FeedFile.Read(stream, ct);
            if (content.Problems.Count > 0)
                throw new InvalidDataException(
                    $"{file.Name}: {content.Problems[0]} ({content.Problems.Count} problems; see contestctl feed validate)");
            all.AddRange(content.Records);
        }

        return [.. all.OrderBy(r => r.AtMs)];
    }

    private static async Task Play(Session session, IReadOnlyList<FeedRecord> records, int speed, CancellationToken ct)
    {
        var start = session.Clock.GetTimestamp();
        using var producer = new MessageProducer(session.Kafka(), "feed", session.Clock);
        using var work = LongWork.Begin("publishing to feed.games.v1", session.Clock);
        var sending = new Queue<Task>();
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            if (speed > 0
                && TimeSpan.FromMilliseconds(record.AtMs / (double)speed) - session.Clock.GetElapsedTime(start) is { } early
                && early > TimeSpan.Zero)
                await Task.Delay(early, session.Clock, ct);
            ct.ThrowIfCancellationRequested();
            sending.Enqueue(producer.Publish(record.Message, record.Id, record.Time));
            if (sending.Count > InFlightMax) await sending.Dequeue();
            work.Report((i + 1, records.Count));
        }

        await Task.WhenAll(sending);
    }
}
