using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;

namespace ContestPipeline.Unit.Replaying;

/// <summary>Which records a replay means.</summary>
public sealed class ReplaySourceTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 9, 13, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public void The_record_s_own_time_decides_from_the_first_minute_up_to_but_not_with_the_last(int minutes, bool isMeant) =>
        Assert.Equal(isMeant,
            (All with { NotBefore = s_noon, Before = s_noon.AddHours(1) }).Selects(Record("{}"), s_noon.AddMinutes(minutes)));

    [Fact]
    public void What_a_replay_produced_is_left_out_unless_it_is_asked_for()
    {
        var again = Record("{}", headers: new() { [ReplaySource.Header] = "run1 3/17" });

        Assert.True(All.Selects(Record("{}"), s_noon));
        Assert.False(All.Selects(again, s_noon));
        Assert.True((All with { OfReplay = "run1" }).Selects(again, s_noon));
        Assert.False((All with { OfReplay = "run2" }).Selects(again, s_noon));
        Assert.False((All with { OfReplay = "run1" }).Selects(Record("{}"), s_noon));
    }

    [Fact]
    public void Of_a_compacted_topic_what_a_replay_produced_is_meant_like_any_other_record()
    {
        var lines = All with { Topic = Topics.StatLines };
        var again = Record("{}", headers: new() { [ReplaySource.Header] = "run1 3/17" });

        Assert.True(lines.Selects(again, s_noon));
        Assert.True(lines.Selects(Record("{}"), s_noon));
        Assert.False((lines with { OfReplay = "run2" }).Selects(again, s_noon));
        Assert.False((lines with { OfReplay = "run1" }).Selects(Record("{}"), s_noon));
    }

    [Theory]
    [InlineData("""{"contestId":"c1"}""", true)]
    [InlineData("""{"contestId":"c2","gameId":"g1"}""", false)]
    [InlineData("""{"gameId":"g1"}""", true)]
    [InlineData("""{"gameId":"g9"}""", false)]
    [InlineData("""{"definition":{"contestId":"c1"}}""", false)]
    [InlineData("""{"contestId":7}""", false)]
    [InlineData("no JSON", false)]
    [InlineData("", false)]
    public void A_contest_means_its_own_messages_and_those_of_its_games(string body, bool isMeant) =>
        Assert.Equal(isMeant, (All with { Contest = "c1", Games = ["g1"] }).Selects(Record(body), s_noon));

    [Fact]
    public void The_key_must_be_the_whole_key()
    {
        Assert.True((All with { Key = "k" }).Selects(Record("{}"), s_noon));
        Assert.False((All with { Key = "k1" }).Selects(Record("{}"), s_noon));
    }

    [Fact]
    public void The_hash_of_a_selection_is_the_same_however_partitions_take_turns_and_another_for_another_body_or_order()
    {
        Envelope[] records = [Record("a", 0, 1), Record("b", 0, 2), Record("c", 1, 1)];

        Assert.Equal(Hash(records[0], records[1], records[2]), Hash(records[2], records[0], records[1]));
        Assert.NotEqual(Hash(records[0], records[1], records[2]), Hash(records[1], records[0], records[2]));
        Assert.NotEqual(Hash(records[0]), Hash(Record("A", 0, 1)));
    }

    private static ReplaySource All { get; } = new(Topics.FeedGames, [], null, null, null, null, null, null);

    private static string Hash(params Envelope[] records)
    {
        var count = new SelectionCount();
        foreach (var record in records) count.Add(record, s_noon);
        return count.Done().Hash;
    }

    private static Envelope Record(
        string body, int partition = 0, long offset = 0, Dictionary<string, string>? headers = null) => new(
        Topics.FeedGames, partition, offset, "k", DeterministicId.From($"{partition}/{offset}"), "feed.play.v1", "feed", s_noon,
        null, headers ?? [], Encoding.UTF8.GetBytes(body));
}
