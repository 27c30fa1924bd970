using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>Bad input gets a reason, a field, what was expected and what came.</summary>
public sealed class ValidateFeedTests
{
    private static readonly FeedPlayV1 s_play = new(
        "g1", "p1", 1, 1, "upsert", true, [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = 5 })],
        new DateTimeOffset(2016, 10, 2, 0, 0, 0, default));

    private static readonly DateTimeOffset s_time = s_play.ProviderTime;

    private static readonly BoxSumV1 s_sum = new("KC-DST", "score_allowed", 3, new Dictionary<string, long> { ["pa_fg"] = 3 });

    public static TheoryData<string, string, string> Refused { get; } = new()
    {
        { "op", "op-unknown", "op" }, { "delete", "delete-with-stats", "athletes" },
        { "sequence", "figure-out-of-range", "sequence" },
        { "huge sequence", "figure-out-of-range", "sequence" }, { "revision", "figure-out-of-range", "revision" },
        { "game", "id-empty", "gameId" },
        { "event", "id-invalid", "eventId" }, { "long", "id-too-long", "eventId" },
        { "unicode", "id-invalid", "athletes[0].athleteId" },
        { "absurd", "figure-out-of-range", "athletes[0].stats.rush_yds" },
        { "twice", "athlete-repeated", "athletes[1].athleteId" },
        { "time", "time-out-of-range", "providerTime" }, { "status", "status-unknown", "status" },
        { "null athlete", "value-missing", "athletes[0]" },
        { "crowd", "too-many-elements", "athletes" }, { "beat", "figure-out-of-range", "lastSequence" },
        { "box", "id-empty", "coveredStats[1]" }, { "sum unit", "id-empty", "sums[0].athleteId" },
        { "sum name", "id-invalid", "sums[0].name" }, { "sum total", "figure-out-of-range", "sums[0].total" },
        { "sum twice", "athlete-repeated", "sums[1].name" }, { "sum null", "value-missing", "sums[0]" },
        { "sum weight", "figure-out-of-range", "sums[0].weights.pa_fg" }, { "sum stat", "id-empty", "sums[0].weights" },
        { "other", "type-unknown", "ce_type" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void A_message_that_cannot_be_meant_is_refused_with_reason_and_field(string fault, string reason, string field)
    {
        var problem = ValidateFeed.Check(Faulty(fault));

        Assert.NotNull(problem);
        Assert.Equal((reason, field), (problem.Reason, problem.Field));
        Assert.NotEqual("", problem.Expected);
    }

    [Fact]
    public void Messages_as_they_should_be_are_accepted()
    {
        Assert.Null(ValidateFeed.Check(s_play));
        Assert.Null(ValidateFeed.Check(s_play with { Op = "delete", Athletes = [] }));
        Assert.Null(ValidateFeed.Check(new FeedStatusV1("g1", 1, GameStatus.Postponed, s_time)));
        Assert.Null(ValidateFeed.Check(new FeedHeartbeatV1("g1", 0, s_time)));
        Assert.Null(ValidateFeed.Check(new FeedBoxV1("g1", 2, ["rush_yds"], [], s_time)));
        Assert.Null(ValidateFeed.Check(Sums(s_sum, s_sum with { Name = "takeaways" }, s_sum with { AthleteId = "PIT-DST" })));
    }

    /// <summary>The schema that is published and the check that is made have one opinion of an id.</summary>
    [Fact]
    public void Ids_are_accepted_exactly_where_the_published_pattern_matches_them()
    {
        string[] ids = [.. Enumerable.Range(0, 0x180).Select(c => $"a{(char)c}b"), "", new('x', FeedLimits.IdCharactersMax),
            new('x', FeedLimits.IdCharactersMax + 1)];

        Assert.All(ids, id => Assert.Equal(
            System.Text.RegularExpressions.Regex.IsMatch(id, FeedLimits.IdPattern),
            ValidateFeed.Check(s_play with { EventId = id }) is null));
    }

    [Fact]
    public async Task A_file_is_read_past_its_bad_lines_and_each_is_named()
    {
        using var file = new MemoryStream();
        await FeedFile.Write(file,
            [new FeedRecord(0, s_time, s_play), new FeedRecord(5, s_time, s_play with { Sequence = 2, EventId = "p2" })],
            default);
        var good = Encoding.UTF8.GetString(file.ToArray()).TrimEnd('\n').Split('\n');
        string[] lines =
        [
            good[0], "{", good[0].Replace("upsert", "replace"), good[0].Replace("feed.play.v1", "feed.pla.v1"),
            good[1].Replace("feed/g1/2", "feed/g1/3"), good[0].Replace("\"eventId\":\"p1\",", ""), "[]", good[1],
        ];

        var content = await FeedFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), default);

        Assert.Equal([0L, 5L], content.Records.Select(r => r.AtMs));
        Assert.Equal(
            [(2, "body-invalid"), (3, "op-unknown"), (4, "type-unknown"), (5, "id-of-another-message"), (6, "body-invalid"),
                (7, "member-missing")],
            content.Problems.Select(p => (p.Line, p.Problem.Reason)));
        Assert.Equal("line 3: op: op-unknown; expected upsert or delete, got replace", content.Problems[1].ToString());
    }

    [Theory]
    [InlineData("""{"type":"\ud800"}""")]
    [InlineData("""{"\udfff":"x","type":"feed.play.v1"}""")]
    public async Task A_line_with_an_escape_that_stands_for_no_character_is_named_and_never_a_crash(string line)
    {
        var content = await FeedFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(line)), default);

        Assert.Empty(content.Records);
        Assert.Equal(1, Assert.Single(content.Problems).Line);
    }

    [Fact]
    public async Task What_is_written_is_read_back_the_same()
    {
        FeedRecord[] records =
        [
            new(0, s_time, s_play), new(1, s_time, new FeedStatusV1("g1", 2, GameStatus.Closed, s_time, "Final", "why")),
            new(2, s_time, new FeedBoxV1("g1", 3, ["recs"], [], s_time)), new(3, s_time, new FeedHeartbeatV1("g1", 3, s_time)),
        ];
        using var file = new MemoryStream();
        await FeedFile.Write(file, records, default);
        file.Position = 0;

        var content = await FeedFile.Read(file, default);

        Assert.Empty(content.Problems);
        Assert.Equal(records.Select(Text), content.Records.Select(Text));
    }

    private static string Text(FeedRecord record) =>
        $"{record.AtMs} {record.Time:O} {record.Type} {record.Id} {Encoding.UTF8.GetString(WireJson.Bytes(record.Message))}";

    private static IMessage Faulty(string fault) => fault switch
    {
        "op" => s_play with { Op = "replace" },
        "delete" => s_play with { Op = "delete" },
        "sequence" => s_play with { Sequence = -1 },
        "huge sequence" => s_play with { Sequence = 1_742_487_421_826 },
        "revision" => s_play with { Revision = 0 },
        "game" => s_play with { GameId = "" },
        "event" => s_play with { EventId = "a/b" },
        "long" => s_play with { EventId = new string('x', 65) },
        "unicode" => s_play with { Athletes = [new AthleteStatsV1("Müller", s_play.Athletes[0].Stats)] },
        "absurd" => s_play with { Athletes = [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = 10_001 })] },
        "twice" => s_play with { Athletes = [s_play.Athletes[0], s_play.Athletes[0]] },
        "time" => s_play with { ProviderTime = DateTimeOffset.MinValue },
        "status" => new FeedStatusV1("g1", 1, "halftime", s_time),
        "null athlete" => s_play with { Athletes = [null!] },
        "crowd" =>
            s_play with { Athletes =
                [.. Enumerable.Range(0, 201).Select(i => new AthleteStatsV1($"a{i}", s_play.Athletes[0].Stats))] },
        "beat" => new FeedHeartbeatV1("g1", -1, s_time),
        "box" => new FeedBoxV1("g1", 1, ["recs", ""], [], s_time),
        "sum unit" => Sums(s_sum with { AthleteId = "" }),
        "sum name" => Sums(s_sum with { Name = "the score" }),
        "sum total" => Sums(s_sum with { Total = FeedLimits.TotalMax + 1 }),
        "sum twice" => Sums(s_sum, s_sum with { Total = 7 }),
        "sum null" => Sums([null!]),
        "sum weight" => Sums(s_sum with { Weights = new Dictionary<string, long> { ["pa_fg"] = FeedLimits.FigureMax + 1 } }),
        "sum stat" => Sums(s_sum with { Weights = new Dictionary<string, long> { [""] = 1 } }),
        _ => new StatLineV1("g1", "a1", 1, s_play.Athletes[0].Stats, s_time),
    };

    private static FeedBoxV1 Sums(params BoxSumV1[] sums) => new("g1", 2, [], [], s_time, sums);
}
