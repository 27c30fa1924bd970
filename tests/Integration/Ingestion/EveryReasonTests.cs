using System.Globalization;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>For each reason to reject a message: who sends it again as docs/producers/feed.md says is understood.</summary>
public sealed class EveryReasonTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const string Athlete = "a1";
    private const int FullOfPlays = FeedBoxV1.LinesMax / FeedLimits.AthletesMax;
    private static readonly DateTimeOffset s_time = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);

    /// <summary>Of all cases: they share the worker's books, and a place holds one record.</summary>
    private static long s_offset;

    public static TheoryData<string> Reasons => [.. FeedPageTests.ReasonsOfTheCode()];

    [Theory, MemberData(nameof(Reasons))]
    public async Task A_message_that_is_sent_again_as_the_page_says_counts(string reason)
    {
        var game = "again-" + reason;
        var (before, wrong, again) = Story(reason, game);
        var rule = FeedPageTests.Rule(reason);
        await using var worker = await WorkerHarness.Open(
            scope.Build(b => b.AddIngestion()), IngestionService.Name, TimeProvider.System, default);

        foreach (var record in before) await worker.Handle([At(record)], default);
        await worker.Handle([At(wrong)], default);
        var counted = await Counted(game);
        await worker.Handle([At(again)], default);

        Assert.Equal([reason], await Rejected(game));
        Assert.NotEqual(counted, await Counted(game));
        Assert.Equal(
            rule.Contains("under the same `ce_id`", StringComparison.Ordinal), Id(wrong) is not { } id || id == Id(again));
        Assert.Equal(
            rule.Contains("next number", StringComparison.Ordinal),
            Sequence(wrong) is { } number && number != Sequence(again));
    }

    /// <summary>What came before, the message that is rejected, and the same as the page says to send it again.</summary>
    private static (HarnessRecord[] Before, HarnessRecord Wrong, HarnessRecord Again) Story(string reason, string game)
    {
        var good = Play(game);
        var right = Record(good, "m1");
        var other = good with { EventId = "e2", Sequence = 2 };
        return reason switch
        {
            "header-missing" => ([], Header(right, "ce_type", null), right),
            "header-invalid" => ([], Header(right, "ce_specversion", "0.3"), right),
            "type-unknown" => ([], Header(right, "ce_type", "feed.pla.v1"), right),
            "type-on-wrong-topic" => ([], Header(right, "ce_type", WireTypes.Of(typeof(CreateContestV1)).Name), right),
            "body-invalid" => ([], right with { Body = "{"u8.ToArray() }, right),
            "key-mismatch" => ([], right with { Key = game + "-other" }, right),
            "too-many-athletes" => (
                [.. Enumerable.Range(0, FullOfPlays).Select(n => Record(Crowd(game, n), $"crowd-{n}"))],
                right, Record(good with { Athletes = Crowd(game, 0).Athletes }, "m1")),
            "status-unknown" => ([], Record(new FeedStatusV1(game, 1, "halftime", s_time), "m1"),
                Record(new FeedStatusV1(game, 1, GameStatus.Postponed, s_time), "m1")),
            "message-id-reused" => ([right], Record(other, "m1"), Record(other, "m2")),
            "sequence-contradicted" => ([right], Record(other with { Sequence = 1 }, "m2"), Record(other, "m3")),
            "revision-contradicted" => (
                [right], Record(good with { Sequence = 2, Athletes = [Line(Athlete, 7)] }, "m2"),
                Record(good with { Sequence = 3, Revision = 2, Athletes = [Line(Athlete, 7)] }, "m3")),
            _ => ([], Record(Spoilt(reason, good), "m1"), right),
        };
    }

    private static FeedPlayV1 Spoilt(string reason, FeedPlayV1 good) => reason switch
    {
        "id-empty" => good with { EventId = "" },
        "id-too-long" => good with { EventId = new string('x', FeedLimits.IdCharactersMax + 1) },
        "id-invalid" => good with { EventId = "a/b" },
        "value-missing" => good with { Athletes = [null!] },
        "figure-out-of-range" => good with { Athletes = [Line(Athlete, FeedLimits.FigureMax + 1)] },
        "time-out-of-range" => good with { ProviderTime = DateTimeOffset.MinValue },
        "op-unknown" => good with { Op = "replace" },
        "delete-with-stats" => good with { Op = PlayOps.Delete },
        "athlete-repeated" => good with { Athletes = [Line(Athlete, 5), Line(Athlete, 5)] },
        "too-many-elements" => good with
        {
            Athletes = [.. Enumerable.Range(0, FeedLimits.AthletesMax + 1).Select(n => Line($"b{n}", 1))],
        },
        _ => throw new ArgumentException(
            $"{reason} is new: say here how it comes about, and on the page what to do", nameof(reason)),
    };

    /// <summary>As many athletes as a play takes; all of these plays together are as many as a game takes.</summary>
    private static FeedPlayV1 Crowd(string game, int n) => Play(game) with
    {
        EventId = $"crowd-{n}", Sequence = n + 2,
        Athletes = [.. Enumerable.Range(n * FeedLimits.AthletesMax, FeedLimits.AthletesMax).Select(a => Line($"b{a}", 1))],
    };

    private static FeedPlayV1 Play(string game) =>
        new(game, "e1", 1, 1, PlayOps.Upsert, true, [Line(Athlete, 5)], s_time);

    private static AthleteStatsV1 Line(string athlete, long yards) =>
        new(athlete, new Dictionary<string, long> { ["rush_yds"] = yards });

    private static HarnessRecord Record(IMessage message, string id) =>
        HarnessRecord.Of(message, $"{message.PartitionKey}-{id}", "provider", s_time);

    private static HarnessRecord Header(HarnessRecord record, string name, string? text)
    {
        var headers = record.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.Ordinal);
        if (text is null) headers.Remove(name);
        else headers[name] = text;
        return record with { Headers = headers };
    }

    private static HarnessRecord At(HarnessRecord record) => record with { Offset = ++s_offset };

    private static string? Id(HarnessRecord record) => record.Headers.GetValueOrDefault("ce_id");

    private static long? Sequence(HarnessRecord record)
    {
        try
        {
            using var body = JsonDocument.Parse(record.Body);
            return body.RootElement.GetProperty("sequence").GetInt64();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>All that is known of a game: its status and the sum of its figures.</summary>
    private async Task<string> Counted(string game) => string.Join(
        ' ', (await scope.Query<string>(
            "select athlete_id || stats::text from ingestion.line where game_id = @game order by athlete_id", new { game }))
            .Append(await scope.Scalar<string>("select status from ingestion.game where game_id = @game", new { game }) ?? "-")
            .Select(text => text.ToString(CultureInfo.InvariantCulture)));

    private async Task<IEnumerable<string>> Rejected(string game) => (await scope.Query<byte[]>(
        "select body from ingestion.outbox where topic = 'feed.games.v1.rejected' and partition_key in (@game, @other) "
            + "order by position",
        new { game, other = game + "-other" })).Select(body => WireJson.Read<RejectedV1>(body).Reason);
}
