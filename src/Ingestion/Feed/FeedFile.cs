using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion.Feed;

/// <summary>
/// Canonical feed messages in a file, one JSON object a line: <c>{"type","id","time","atMs","data"}</c>. The id and time become
/// the CloudEvents headers; <c>data</c> is the message's body exactly as it goes on the topic.
/// </summary>
public static class FeedFile
{
    private const int LineBytesMax = 1_000_000;
    private const int LinesAtOnce = 4_096;

    /// <summary>Fewer are not worth another one.</summary>
    private const int LinesPerProcessor = 256;

    /// <summary>Everything in the file, and everything that is wrong with it, by line number.</summary>
    /// <param name="Lines">Of each record the number of its line.</param>
    public sealed record Content(
        IReadOnlyList<FeedRecord> Records, IReadOnlyList<LineProblem> Problems, IReadOnlyList<int> Lines);

    /// <summary>What is wrong with one line (1-based).</summary>
    public sealed record LineProblem(int Line, FeedProblem Problem)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"line {Line}: {Problem.Field}: {Problem.Reason}; expected {Problem.Expected}, got {Problem.Got}");
    }

    public static async Task Write(Stream to, IEnumerable<FeedRecord> records, CancellationToken ct)
    {
        var line = new ArrayBufferWriter<byte>();
        foreach (var record in records)
        {
            line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = WireJson.Options.Encoder }))
            {
                json.WriteStartObject();
                json.WriteString("type", record.Type);
                json.WriteString("id", record.Id);
                json.WriteString("time", record.Time);
                json.WriteNumber("atMs", record.AtMs);
                json.WritePropertyName("data");
                json.WriteRawValue(WireJson.Bytes(record.Message));
                json.WriteEndObject();
            }

            line.Write("\n"u8);
            await to.WriteAsync(line.WrittenMemory, ct);
        }
    }

    /// <summary>
    /// Reads the whole file, on every processor there is; a line that cannot be used is reported and left out, the others are
    /// returned.
    /// </summary>
    public static async Task<Content> Read(Stream from, CancellationToken ct)
    {
        var records = new List<FeedRecord>();
        var problems = new List<LineProblem>();
        var lines = new List<int>();
        using var reader = new StreamReader(from, Encoding.UTF8, leaveOpen: true);
        var share = new List<(int Number, string Line)>(LinesAtOnce);
        for (var number = 1; await reader.ReadLineAsync(ct) is { } line; number++)
        {
            if (line.Length > 0) share.Add((number, line));
            if (share.Count == LinesAtOnce) ParseAll();
        }

        ParseAll();
        return new Content(records, problems, lines);

        void ParseAll()
        {
            var processors = Math.Clamp(share.Count / LinesPerProcessor, 1, Environment.ProcessorCount);
            var parsed = share.AsParallel().AsOrdered().WithDegreeOfParallelism(processors).WithCancellation(ct)
                .Select(l => (l.Number, Record: Parse(l.Line, out var problem), Problem: problem));
            foreach (var (number, record, problem) in parsed)
            {
                if (record is not null)
                {
                    records.Add(record);
                    lines.Add(number);
                }
                else problems.Add(new LineProblem(number, problem!));
            }

            share.Clear();
        }
    }

    private static FeedRecord? Parse(string line, out FeedProblem? problem)
    {
        problem = null;
        if (line.Length > LineBytesMax)
        {
            problem = new FeedProblem(
                "line-too-long", "$", $"{LineBytesMax} characters at most", line.Length.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return ParseRecord(document.RootElement, out problem);
        }
        catch (JsonException e)
        {
            problem = new FeedProblem("body-invalid", e.Path ?? "$", "valid JSON with every required field", JsonFault.Words(e));
            return null;
        }
        catch (InvalidOperationException e)
        {
            // An escape that stands for no character, found only now: names and strings are unescaped when they are asked for.
            problem = new FeedProblem("body-invalid", "$", "text of whole characters", e.Message);
            return null;
        }
    }

    private static FeedRecord? ParseRecord(JsonElement line, out FeedProblem? problem)
    {
        if (Member(line, "type", JsonValueKind.String, out problem) is not { } type
            || Member(line, "id", JsonValueKind.String, out problem) is not { } id
            || Member(line, "time", JsonValueKind.String, out problem) is not { } time
            || Member(line, "atMs", JsonValueKind.Number, out problem) is not { } at
            || Member(line, "data", JsonValueKind.Object, out problem) is not { } data) return null;

        if (WireTypes.Find(type.GetString()!) is not { } messageType || WireTypes.Of(messageType).Topic != Topics.FeedGames)
            problem = new FeedProblem(
                "type-unknown", "type", ValidateFeed.Types, type.GetString()!);
        else if (!time.TryGetDateTimeOffset(out var providerTime))
            problem = new FeedProblem("time-invalid", "time", "an ISO 8601 time with offset", time.GetString()!);
        else if (!at.TryGetInt64(out var atMs) || atMs < 0)
            problem = new FeedProblem("moment-invalid", "atMs", "whole milliseconds, not negative", at.GetRawText());
        else
        {
            var message = (IMessage)WireJson.Read(Encoding.UTF8.GetBytes(data.GetRawText()), messageType);
            problem = ValidateFeed.Check(message);
            // These have no number to be named by: any id will do.
            if (problem is null && message is not (FeedHeartbeatV1 or FeedSnapshotCompleteV1)
                && message.IdempotencyKey != id.GetString())
                problem = new FeedProblem("id-of-another-message", "id", message.IdempotencyKey, id.GetString()!);
            if (problem is null) return new FeedRecord(atMs, providerTime, message);
        }

        return null;
    }

    private static JsonElement? Member(JsonElement line, string name, JsonValueKind kind, out FeedProblem? problem)
    {
        problem = null;
        if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty(name, out var value) && value.ValueKind == kind)
            return value;
        var got = line.ValueKind != JsonValueKind.Object ? line.ValueKind.ToString()
            : line.TryGetProperty(name, out var other) ? other.ValueKind.ToString() : "nothing";
        problem = new FeedProblem("member-missing", name, kind.ToString().ToLowerInvariant(), got.ToLowerInvariant());
        return null;
    }
}
