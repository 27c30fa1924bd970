using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>The files in samples/ are whole, valid, and exactly what the adapter makes of the raw games.</summary>
public sealed class SampleTests
{
    public static TheoryData<string, string, string> Samples { get; } = new()
    {
        { "kc-at-pit-2016-week-4.jsonl", "nfl-gamecenter/2016/2016100212.json.gz", "2016-10-03T00:30:00Z" },
        { "nyg-at-min-2016-week-4.jsonl", "nfl-gamecenter/2016/2016100300.json.gz", "2016-10-04T00:30:00Z" },
    };

    [Theory, MemberData(nameof(Samples))]
    public async Task A_sample_is_what_the_adapter_makes_of_the_raw_game(string sample, string raw, string kickoff)
    {
        var game = SharedData.Game(raw);
        using var text = File.OpenText(SharedData.Require("nfl-gamecenter/schedule.csv"));
        var schedule = NflSchedule.Read(text);
        Assert.Equal(DateTimeOffset.Parse(kickoff, System.Globalization.CultureInfo.InvariantCulture), schedule[game.GameId]);

        using var made = new MemoryStream();
        await FeedFile.Write(made, new NflGameCenterFeed(schedule[game.GameId]).Apply(game, confirmed: true), default);

        await Compare(sample, made.ToArray());
    }

    [Theory, MemberData(nameof(Samples))]
    public async Task A_sample_is_valid_numbers_its_messages_without_a_gap_and_ends_closed(
        string sample, string raw, string kickoff)
    {
        await using var file = File.OpenRead(PathOf(sample));
        var content = await FeedFile.Read(file, default);

        Assert.Empty(content.Problems);
        var sequences = content.Records.Select(r => Folding.Sequence(r.Message)).Where(s => s > 0).ToArray();
        Assert.Equal(Enumerable.Range(1, sequences.Length).Select(i => (long)i), sequences);
        Assert.Equal(GameStatus.Closed, Assert.IsType<FeedStatusV1>(content.Records[^1].Message).Status);
        Assert.Contains(content.Records, r => r.Message is FeedBoxV1);
        Assert.Equal(content.Records.Select(r => r.AtMs).Order(), content.Records.Select(r => r.AtMs));
        Assert.NotEmpty(raw + kickoff);
    }

    [Fact]
    public async Task The_athlete_pool_is_what_the_two_games_make_with_its_seed()
    {
        var games = new[] { "nfl-gamecenter/2016/2016100212.json.gz", "nfl-gamecenter/2016/2016100300.json.gz" }.Select(
            SharedData.Game).ToArray();
        var names = SharedData.Rows(File.OpenText(SharedData.Require("nfl-gamecenter/players.csv")))
            .ToDictionary(c => c[0], c => (c[1], c[3]), StringComparer.Ordinal);

        var pool = NflAthletePool.Of(games, names, RuleSets.Find("draftkings-nfl-classic", 201502)!, seed: 20161002);

        var text = "[\n" + string.Join(",\n", pool.Select(p => "  " + Encoding.UTF8.GetString(WireJson.Bytes(p)))) + "\n]\n";
        await Compare("players.json", Encoding.UTF8.GetBytes(text));
    }

    /// <summary>With UPDATE_SAMPLES=1 the files are written instead, for a change of the adapter that is meant.</summary>
    private static async Task Compare(string sample, byte[] made)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_SAMPLES") == "1") await File.WriteAllBytesAsync(PathOf(sample), made);
        Assert.Equal(await File.ReadAllBytesAsync(PathOf(sample)), made);
    }

    private static string PathOf(string sample) => Path.Combine(SharedData.Repository, "samples", sample);
}
