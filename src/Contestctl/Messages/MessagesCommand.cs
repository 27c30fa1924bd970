using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Messages;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Messages;

/// <summary><c>contestctl messages search|tail|export</c>: records of topics, decoded.</summary>
internal static class MessagesCommand
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private const string AboutSearch =
        """
        Shows records of a topic by partition, offset, time, key or text: the newest first, or from an offset or a time on. One answer looks at 100,000 records
        at most and shows 100; with --json it says where it went no further (next), which --after takes. With CONSOLE_API_URL the console looks, and masks
        personal data for who may only look; else this machine does, with KAFKA_BOOTSTRAP_SERVERS. Exit code 0 also when nothing is found.

        Examples:
          contestctl messages search contest.events.v1 --key sunday-night
          contestctl messages search feed.games.v1 --from 2026-09-13T17:00Z --text touchdown --json
          contestctl messages search stats.lines.v1 --partition 3 --offset 1200
        """;

    private const string AboutTail =
        """
        Follows a topic: shows its records as they are written, until Ctrl-C; with --jsonl one JSON object a line. Records are found as by messages search.

        Example:
          contestctl messages tail payouts.events.v1 --text failed --jsonl
        """;

    private const string AboutExport =
        """
        Writes all records that are meant, from the oldest on, as JSON Lines to a file or stdout: place, time, key, headers and body of each. It reads to
        the end that the topic has when it begins.

        Example:
          contestctl messages export contests.results.v1 --from 2026-09-01T00:00Z --out results.jsonl
        """;

    private static readonly JsonSerializerOptions s_line = new(WireJson.Options);

    public static Command MakeSearch(Session session)
    {
        var options = new WishOptions();
        var after = new Option<string?>("--after") { Description = "Where the answer before ended: its next." };
        var json = Output.JsonOption<MessagesFound>();
        var command = new Command("search", AboutSearch) { after, json };
        options.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            using var reader = new MessageSource(session, parsed.GetValue(options.Direct));
            var found = await reader.Find(options.Of(parsed) with { After = parsed.GetValue(after) }, ct);
            Output.Show(parsed, json, found, console =>
            {
                foreach (var m in found.Messages) Write(console, m);
                console.WriteLine(
                    $"{found.Messages.Count} found among {found.Scanned} records{(found.IsWhole ? "" : "; there are more")}");
                if (found.Next is { } next) console.WriteLine($"go on with --after {next}");
            });
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command MakeTail(Session session)
    {
        var options = new WishOptions();
        var json = Output.JsonOption<FoundMessage>();
        json.Aliases.Add("--jsonl");
        json.Description = "Write one JSON object a line.";
        var command = new Command("tail", AboutTail) { json };
        options.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            using var reader = new MessageSource(session, parsed.GetValue(options.Direct));
            var wish = options.Of(parsed);
            if (!wish.GoesForward) wish = wish with { NotBefore = session.Clock.GetUtcNow() };
            var shown = new HashSet<(int, long)>();
            while (!ct.IsCancellationRequested)
            {
                var found = await reader.Find(wish, ct);
                foreach (var m in found.Messages.Where(m => shown.Add((m.Partition, m.Offset))))
                {
                    if (parsed.GetValue(json)) WriteLine(Console.Out, m);
                    else Write(Output.Plain(), m);
                }

                if (found.Next is { } next) wish = wish with { After = next };
                else if (found.Messages.Count > 0)
                    wish = wish with { After = null, NotBefore = found.Messages.Max(m => m.WrittenAt) };
                if (found.Next is null) await Task.Delay(s_look, session.Clock, ct);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    public static Command MakeExport(Session session)
    {
        var options = new WishOptions();
        var output = new Option<FileInfo?>("--out") { Description = "Where they go; stdout, else." };
        var json = Output.JsonOption<ExportAnswer>();
        var command = new Command("export", AboutExport) { output, json };
        options.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            using var reader = new MessageSource(session, parsed.GetValue(options.Direct));
            var wish = options.Of(parsed);
            if (!wish.GoesForward) wish = wish with { NotBefore = DateTimeOffset.UnixEpoch };
            var file = parsed.GetValue(output);
            var count = 0L;
            await using (var writer = file is null ? Console.Out : new StreamWriter(file.FullName))
            {
                for (string? next = ""; next is not null;)
                {
                    var found = await reader.Find(wish, ct);
                    foreach (var m in found.Messages) WriteLine(writer, m);
                    count += found.Messages.Count;
                    wish = wish with { After = next = found.Next };
                }

                await writer.FlushAsync(ct);
            }

            if (file is not null)
                Output.Show(parsed, json, new ExportAnswer(file.Name, count),
                    console => console.WriteLine($"{count} records are in {file.Name}"));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, FoundMessage m)
    {
        console.WriteLine(Legible.Line(
            $"{m.Topic}[{m.Partition}] offset {m.Offset}, {m.WrittenAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, "
                + $"{m.Type ?? "no type"}"));
        console.WriteLine($"  key      {Legible.Line(m.Key)}");
        foreach (var (name, value) in m.Headers.OrderBy(h => h.Key, StringComparer.Ordinal))
            console.WriteLine($"  {Legible.Line(name),-8} {Legible.Line(value)}");
        console.WriteLine($"  body     {Legible.Line(m.Body ?? m.BodyBase64 ?? "")}");
    }

    private static void WriteLine(TextWriter writer, FoundMessage message)
    {
        var line = JsonSerializer.Serialize(message, s_line);
        writer.WriteLine(string.Concat(line.Select(c => Legible.IsHidden(c) ? Legible.Escaped(c) : c.ToString())));
    }

    /// <summary>What names the records.</summary>
    private sealed class WishOptions
    {
        private readonly Argument<string> topic = new("TOPIC") { Description = "The topic, without TOPIC_PREFIX." };
        private readonly Option<int?> partition = new("--partition") { Description = "Only this partition." };
        private readonly Option<long?> offset = new("--offset") { Description = "From this offset on, in each partition." };
        private readonly Option<string?> from = new("--from") { Description = "Written then or later, UTC." };
        private readonly Option<string?> to = new("--to") { Description = "Written before, UTC." };
        private readonly Option<string?> key = new("--key") { Description = "Only records with this key." };
        private readonly Option<string?> text = new("--text") { Description = "Only with this in body, header or key." };

        public Option<bool> Direct { get; } = new("--direct") { Description = "From here, not by the console." };

        public void AddTo(Command command)
        {
            topic.AcceptOnlyFromAmong([.. Topics.All.Select(t => t.Name)]);
            command.Add(topic);
            foreach (var option in (Option[])[partition, offset, from, to, key, text, Direct]) command.Add(option);
        }

        public MessageWish Of(ParseResult parsed) => new(
            parsed.GetRequiredValue(topic), parsed.GetValue(partition), parsed.GetValue(offset), Time(parsed, from),
            Time(parsed, to), parsed.GetValue(key), parsed.GetValue(text));

        private static DateTimeOffset? Time(ParseResult parsed, Option<string?> option)
        {
            if (parsed.GetValue(option) is not { } said) return null;
            return DateTimeOffset.TryParse(said, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time : throw new SettingException(option.Name, $"must be a time such as 2026-09-13T17:00Z, not '{said}'");
        }
    }
}
