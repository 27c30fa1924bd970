using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>The NBA's live documents as a feed: the plays come to the box, and both to the operator's points.</summary>
public sealed class NbaLiveTests
{
    private const string Plays =
        """
        {"game":{"gameId":"0029900001","actions":[
        {"actionNumber":2,"orderNumber":20000,"period":1,"clock":"PT12M00.00S","timeActual":"2026-01-04T18:00:05Z","edited":"2026-01-04T18:00:05Z","actionType":"period","subType":"start","personId":0},
        {"actionNumber":4,"orderNumber":40000,"period":1,"clock":"PT11M40.00S","timeActual":"2026-01-04T18:00:25Z","edited":"2026-01-04T18:00:25Z","actionType":"3pt","subType":"Jump Shot","shotResult":"Made","personId":11,"assistPersonId":12},
        {"actionNumber":7,"orderNumber":70000,"period":1,"clock":"PT11M20.00S","timeActual":"2026-01-04T18:00:45Z","edited":"2026-01-04T18:02:00Z","actionType":"2pt","subType":"Layup","shotResult":"Missed","personId":21},
        {"actionNumber":8,"orderNumber":80000,"period":1,"clock":"PT11M19.00S","timeActual":"2026-01-04T18:00:46Z","edited":"2026-01-04T18:00:46Z","actionType":"block","personId":11},
        {"actionNumber":9,"orderNumber":90000,"period":1,"clock":"PT11M18.00S","timeActual":"2026-01-04T18:00:47Z","edited":"2026-01-04T18:00:47Z","actionType":"rebound","subType":"defensive","personId":12},
        {"actionNumber":10,"orderNumber":100000,"period":1,"clock":"PT11M10.00S","timeActual":"2026-01-04T18:00:55Z","edited":"2026-01-04T18:00:55Z","actionType":"rebound","subType":"offensive","personId":0},
        {"actionNumber":12,"orderNumber":120000,"period":1,"clock":"PT11M00.00S","timeActual":"2026-01-04T18:01:05Z","edited":"2026-01-04T18:01:05Z","actionType":"turnover","subType":"traveling","personId":12},
        {"actionNumber":13,"orderNumber":130000,"period":1,"clock":"PT10M50.00S","timeActual":"2026-01-04T18:01:15Z","edited":"2026-01-04T18:01:15Z","actionType":"freethrow","subType":"1 of 2","shotResult":"Made","personId":21},
        {"actionNumber":14,"orderNumber":140000,"period":1,"clock":"PT10M50.00S","timeActual":"2026-01-04T18:01:16Z","edited":"2026-01-04T18:01:16Z","actionType":"foul","subType":"technical","personId":21}]}}
        """;

    private const string Box =
        """
        {"game":{"gameId":"0029900001","gameTimeUTC":"2026-01-04T18:00:00Z","gameStatus":3,
        "homeTeam":{"players":[
        {"personId":11,"statistics":{"assists":0,"blocks":1,"fieldGoalsMade":1,"freeThrowsMade":0,"foulsPersonal":0,"points":3,"reboundsTotal":0,"steals":0,"threePointersMade":1,"turnovers":0}},
        {"personId":12,"statistics":{"assists":1,"blocks":0,"fieldGoalsMade":0,"freeThrowsMade":0,"foulsPersonal":0,"points":0,"reboundsTotal":1,"steals":0,"threePointersMade":0,"turnovers":1}}]},
        "awayTeam":{"players":[
        {"personId":21,"statistics":{"assists":0,"blocks":0,"fieldGoalsMade":0,"freeThrowsMade":1,"foulsPersonal":0,"points":1,"reboundsTotal":0,"steals":0,"threePointersMade":0,"turnovers":0}}]}}}
        """;

    [Fact]
    public void The_plays_of_a_small_game_come_to_its_box_and_the_game_is_closed()
    {
        var (records, box) = Feed([Read(Plays)], Bytes(Box));

        Assert.Equal(Lines(box.Lines), Lines(Fold(records)));
        Assert.Equal([GameStatus.Scheduled, GameStatus.InProgress, GameStatus.Complete, GameStatus.Closed],
            records.Select(r => r.Message).OfType<FeedStatusV1>().Select(s => s.Status));
        Assert.Equal(Enumerable.Range(1, 14).Select(n => (long)n), Numbers(records));
        Assert.All(records, r => Assert.Null(ValidateFeed.Check(r.Message)));
    }

    [Fact]
    public void An_edited_action_is_a_revision_one_that_is_gone_a_tombstone_and_the_rest_is_not_sent_again()
    {
        var first = Read(Plays);
        var second = first with { Actions = [.. first.Actions.Where(a => a.ActionId != "12")
            .Select(a => a.ActionId == "7" ? a with { IsMade = true } : a)] };
        var feed = new NbaLiveFeed(new DateTimeOffset(2026, 1, 4, 18, 0, 0, TimeSpan.Zero));
        feed.Apply(first);

        var news = feed.Apply(second).Select(r => r.Message).OfType<FeedPlayV1>().ToArray();

        Assert.Equal([("7", 2, PlayOps.Upsert), ("12", 2, PlayOps.Delete)], news.Select(p => (p.EventId, p.Revision, p.Op)));
        Assert.Equal(new DateTimeOffset(2026, 1, 4, 18, 2, 0, TimeSpan.Zero), news[0].ProviderTime);
        Assert.Empty(feed.Apply(second));
    }

    [Theory]
    [InlineData("{\"2016100212\":{}}")]
    [InlineData("no JSON")]
    public void What_is_none_of_the_documents_is_none(string text) =>
        Assert.True(ReadNbaLive.Plays(Bytes(text)) is null && ReadNbaLive.Box(Bytes(text)) is null);

    [Fact]
    public void A_document_that_lacks_a_member_is_refused() => Assert.Contains("NBA's live documents",
        Assert.Throws<InvalidDataException>(() => ReadNbaLive.Plays(Bytes(Plays.Replace("timeActual", "time",
            StringComparison.Ordinal)))).Message, StringComparison.Ordinal);

    /// <summary>All 34 athletes of Golden State at Brooklyn, 22 December 2020, in each of ten stats.</summary>
    [Fact]
    public void The_plays_of_a_real_game_come_to_the_league_s_box_for_every_athlete_and_to_the_same_points()
    {
        var plays = ReadNbaLive.Plays(SharedData.Unzipped(SharedData.Require("nba-live-cdn/pbp_live_0022000001.json.gz")))!;
        var (records, box) = Feed(
            [plays], SharedData.Unzipped(SharedData.Require("nba-live-cdn/game_details_live_0022000001.json.gz")));
        var folded = Fold(records);

        Assert.Equal(610, plays.Actions.Count);
        Assert.True(box.Lines.Count > 20);
        Assert.Equal(Lines(box.Lines), Lines(folded));
        var rules = ReadRuleSet.Of(File.ReadAllBytes(
            Path.Combine(SharedData.Repository, "samples", "rules", "draftkings-nba-classic-2020.json")), out _)!;
        Assert.Subset(KnownStats.Of(rules).ToHashSet(), folded.SelectMany(l => l.Stats.Keys).ToHashSet());
        Assert.Equal(box.Lines.Sum(l => ScoreLine.Points(rules, l.Stats)), folded.Sum(l => ScoreLine.Points(rules, l.Stats)));
    }

    private static (IReadOnlyList<FeedRecord> Records, NbaBox Box) Feed(IReadOnlyList<NbaPlays> plays, byte[] box)
    {
        var read = ReadNbaLive.Box(box)!;
        var feed = new NbaLiveFeed(read.StartsAt);
        return ([.. plays.SelectMany(feed.Apply), .. feed.Apply(read, confirmed: true)], read);
    }

    private static IReadOnlyList<AthleteStatsV1> Fold(IReadOnlyList<FeedRecord> records)
    {
        var plays = records.Select(r => r.Message).OfType<FeedPlayV1>().ToArray();
        var game = new GameFold(plays[0].GameId);
        foreach (var play in plays) FoldPlays.Apply(game, play);
        return [.. game.Lines.Select(l => new AthleteStatsV1(l.Key, l.Value.Stats))];
    }

    private static IEnumerable<long> Numbers(IReadOnlyList<FeedRecord> records) => records.Select(r => r.Message switch
    {
        FeedPlayV1 play => play.Sequence,
        FeedBoxV1 box => box.Sequence,
        FeedStatusV1 status => status.Sequence,
        _ => 0,
    }).Where(n => n > 0);

    private static IEnumerable<string> Lines(IEnumerable<AthleteStatsV1> lines) =>
        lines.Select(l => (l.AthleteId, Stats: l.Stats.Where(s => s.Value != 0).OrderBy(s => s.Key, StringComparer.Ordinal)))
            .Where(l => l.Stats.Any()).OrderBy(l => l.AthleteId, StringComparer.Ordinal)
            .Select(l => $"{l.AthleteId}: {string.Join(' ', l.Stats.Select(s => $"{s.Key}={s.Value}"))}");

    private static NbaPlays Read(string text) => ReadNbaLive.Plays(Bytes(text))!;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
