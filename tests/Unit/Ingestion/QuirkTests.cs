using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>
/// Documents with the faults that real feeds have had: each ends in the right state, or in a hold that names the cause.
/// </summary>
public sealed class QuirkTests
{
    [Fact]
    public void A_final_that_was_withdrawn_leaves_the_game_unconfirmed_and_ends_as_the_corrected_document_says()
    {
        var before = SharedData.Game("nfl-gamecenter/quirks/2013111001.2014-08-01.before.json.gz");
        var after = SharedData.Game("nfl-gamecenter/quirks/2013111001.2014-08-01.after.json.gz");
        var feed = new NflGameCenterFeed(SharedData.Kickoff(before));

        var first = feed.Apply(before, confirmed: false).Select(r => r.Message).ToArray();
        var second = feed.Apply(after, confirmed: true).Select(r => r.Message).ToArray();

        Assert.Equal(GameStatus.Complete, Folding.All(first).Status);
        Assert.Contains(second, m => m is FeedPlayV1 { EventId: "4909", Op: "delete", Revision: 2 });
        Assert.Contains(second, m => m is FeedPlayV1 { EventId: "4932", Revision: 1 });
        Assert.Contains(second, m => m is FeedStatusV1 { Status: GameStatus.InProgress });
        var end = Folding.All(first.Concat(second));
        Assert.Equal(GameStatus.Closed, end.Status);
        AssertEndsAs(after, end);
        Assert.False(State(end).Incomplete);
        Assert.Empty(State(end).Differences);
    }

    [Fact]
    public void Plays_repeated_under_several_drives_are_one_play_and_surplus_ones_are_withdrawn_by_the_later_document()
    {
        var before = SharedData.Game("nfl-gamecenter/quirks/2011120406.2013-07-27.before.json.gz");
        var after = SharedData.Game("nfl-gamecenter/quirks/2011120406.2013-07-27.after.json.gz");
        Assert.Equal(before.Plays.Count, before.Plays.Select(p => p.PlayId).Distinct().Count());
        var feed = new NflGameCenterFeed(SharedData.Kickoff(before));

        var first = feed.Apply(before, confirmed: false).Select(r => r.Message).ToArray();
        Assert.NotEmpty(State(Folding.All(first)).Differences);
        var end = Folding.All(first.Concat(feed.Apply(after, confirmed: true).Select(r => r.Message)));

        AssertEndsAs(after, end);
    }

    [Theory]
    [InlineData("2014112307", "00-0027029")]
    [InlineData("2017102903", null)]
    [InlineData("2017092400", null)]
    public void Plays_and_box_that_disagree_end_in_a_hold_that_names_athlete_and_stat(string gameId, string? athleteId)
    {
        var game = SharedData.Game($"nfl-gamecenter/quirks/{gameId}.json.gz");

        var state = State(Folding.All(Stream(game)));

        Assert.True(state.BoxReceived);
        Assert.NotEmpty(state.Differences);
        if (athleteId is not null)
            Assert.Contains(state.Differences, d => d is { Stat: "rush_yds", FromPlays: 77, FromBox: 130 });
    }

    [Fact]
    public void A_document_that_never_became_final_leaves_the_game_in_progress()
    {
        var state = State(Folding.All(Stream(SharedData.Game("nfl-gamecenter/quirks/2011082755.json.gz"))));

        Assert.Equal(GameStatus.InProgress, state.Status);
        Assert.Null(state.LineVersions);
    }

    [Theory]
    [InlineData("2014111000")]
    [InlineData("2015111511")]
    [InlineData("2018090600")]
    public void Odd_documents_are_read_and_their_plays_agree_with_their_box(string gameId)
    {
        var state = State(Folding.All(Stream(SharedData.Game($"nfl-gamecenter/quirks/{gameId}.json.gz"))));

        Assert.Equal(GameStatus.Closed, state.Status);
        Assert.Empty(state.Differences);
        Assert.False(state.Incomplete);
    }

    [Theory]
    [InlineData("2012092309")]
    [InlineData("2012102101")]
    public void A_late_correction_of_what_nobody_scores_sends_nothing_that_changes_a_line(string gameId)
    {
        var before = SharedData.Game($"nfl-gamecenter/quirks/{gameId}.2013-07-27.before.json.gz");
        var after = SharedData.Game($"nfl-gamecenter/quirks/{gameId}.2013-07-27.after.json.gz");
        var feed = new NflGameCenterFeed(SharedData.Kickoff(before));
        feed.Apply(before, confirmed: true);

        Assert.DoesNotContain(feed.Apply(after, confirmed: true), r => r.Message is FeedPlayV1);
    }

    [Fact]
    public void Of_all_games_at_hand_only_the_known_ones_disagree_with_their_box()
    {
        var differing = new List<string>();
        var games = 0;
        foreach (var path in new[] { "2016",
            "2017" }.SelectMany(y => Directory.GetFiles(SharedData.Require($"nfl-gamecenter/{y}"), "*.json.gz")))
        {
            var game = SharedData.Game(path);
            var state = State(Folding.All(Stream(game)));
            games++;
            Assert.Equal(GameStatus.Closed, state.Status);
            differing.AddRange(state.Differences.Select(d => $"{game.GameId} {d.AthleteId} {d.Stat} {d.FromPlays}/{d.FromBox}"));
        }

        Assert.Equal(319, games);
        Assert.Equal(
            [
                "2016111304 00-0029690 rush_yds 45/0",
                "2016112005 00-0030584 rec_yds -5/0",
                "2016120404 00-0029682 rec_yds -8/0",
                "2016121804 00-0031743 rush_tds 1/0", "2016121804 00-0031743 rush_yds 17/15",
                "2016121804 JAX-DST score_allowed 27/21",
                "2017091009 00-0032241 rush_yds 39/40",
                "2017091100 00-0027854 pass_yds 344/346", "2017091100 00-0031588 rec_yds 91/93", "2017091100 00-0031588 recs 6/7",
                "2017091710 00-0032156 rush_yds 13/14",
                "2017092400 00-0033856 rush_yds 89/59",
                "2017092800 00-0033293 rush_yds 45/49",
                "2017100109 00-0021429 pass_yds 347/357", "2017100109 00-0030287 rec_yds 76/86", "2017100109 00-0030287 recs 8/9",
            ],
            differing.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<IMessage> Stream(NflGameCenterDocument game) =>
        new NflGameCenterFeed(SharedData.Kickoff(game)).Apply(game, confirmed: true).Select(r => r.Message);

    private static GameStateV1 State(GameFold game) => DecideGameState.Decide(game, DateTimeOffset.UnixEpoch)!;

    private static void AssertEndsAs(NflGameCenterDocument document, GameFold end) => Assert.Equal(
        FinalLines.Of(document).Where(l => l.Value.Any(s => s.Value != 0)).Select(l => $"{l.Key} {Text(l.Value)}")
            .Order(StringComparer.Ordinal),
        end.Lines.Where(l => l.Value.Stats.Count > 0).Select(l => $"{l.Key} {Text(l.Value.Stats)}")
            .Order(StringComparer.Ordinal));

    private static string Text(IEnumerable<KeyValuePair<string, long>> stats) =>
        string.Join(
            ' ', stats.Where(s => s.Value != 0).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}"));
}
