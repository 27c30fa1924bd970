using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Providers;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>
/// Faults that no line of an athlete shows: the score that follows from the plays is not that of the scoreboard, or a defence's
/// deeds are not those of the box.
/// </summary>
public sealed class BoxSumsTests
{
    [Fact]
    public void A_safety_under_two_play_ids_differs_from_the_scoreboard()
    {
        var game = SharedData.Game("nfl-gamecenter/2016/2016091101.json.gz");
        var safety = new NflPlay("9998", 4, "00:10", game.Away, [new NflStatEvent("0", game.Home, 89, 0)]);
        var twice = game with { Plays = [.. game.Plays, safety] };

        var score = Score(game, game.Home);
        Assert.Equal([$"{game.Away}-DST score_allowed {score + 2}/{score}"], Differences(twice));
    }

    [Fact]
    public void A_lost_two_point_catch_differs_from_the_scoreboard_where_no_line_says_so()
    {
        var (game, play) = Games().SelectMany(g => g.Plays.Select(p => (Game: g, Play: p)))
            .First(x => x.Play.Events.Any(e => e.StatId == 104));
        var scorer = play.Events.First(e => e.StatId == 104);
        var lost = game with
        {
            Plays = [.. game.Plays.Where(p => p.PlayId != play.PlayId)],
            Box = [.. game.Box.Select(b => b with { Figures = b.Figures.Where(f => f.Key != "twoptm").ToDictionary() })],
        };

        var (unit, score) = (NflPlayStats.Unit(game.Opponent(scorer.Club)), Score(game, scorer.Club));
        Assert.Equal([$"{unit} score_allowed {score - 2}/{score}"], Differences(lost));
    }

    [Theory]
    [InlineData(83, "sacks_in_halves", 2)]
    [InlineData(84, "sacks_in_halves", 1)]
    [InlineData(59, "takeaways", 1)]
    public void A_deed_of_a_defence_that_its_plays_have_lost_differs_from_the_totals_of_the_club(
        int statId, string name, int fewer)
    {
        var (game, play) = Games().SelectMany(g => g.Plays.Select(p => (Game: g, Play: p)))
            .First(x => x.Play.Events.Any(e => e.StatId == statId) && x.Play.Events.All(e => e.StatId != 54));
        var deed = play.Events.First(e => e.StatId == statId);
        var lost = game with { Plays = [.. game.Plays.Select(p => p.PlayId != play.PlayId ? p
            : p with { Events = [.. p.Events.Where(e => e != deed)] })] };

        var difference = Assert.Single(State(lost).Differences);

        Assert.Equal((NflPlayStats.Unit(deed.Club), name), (difference.AthleteId, difference.Stat));
        Assert.Equal(fewer, difference.FromBox - difference.FromPlays);
    }

    [Fact]
    public void A_lost_interception_differs_from_the_box_of_the_defence()
    {
        var (game, play) = Games().SelectMany(g => g.Plays.Select(p => (Game: g, Play: p)))
            .First(x => x.Play.Events.Any(e => e.StatId == 25));
        var deed = play.Events.Single(e => e.StatId == 25);
        var lost = game with { Plays = [.. game.Plays.Select(p => p.PlayId != play.PlayId ? p
            : p with { Events = [.. p.Events.Where(e => e != deed)] })] };

        Assert.Equal(["ints", "takeaways"], State(lost).Differences.Select(d => d.Stat));
    }

    [Fact]
    public void Sums_are_compared_once_the_game_is_over_and_a_line_that_is_not_there_adds_up_to_nothing()
    {
        IMessage[] messages =
        [
            new FeedBoxV1("g1", 1, [], [], DateTimeOffset.UnixEpoch,
                [new BoxSumV1("b", "score", 3, new Dictionary<string, long> { ["fg"] = 3 }),
                    new BoxSumV1("a", "none", 0, new Dictionary<string, long> { ["fg"] = 3 })]),
            new FeedStatusV1("g1", 2, GameStatus.Complete, DateTimeOffset.UnixEpoch),
        ];

        Assert.Empty(DecideGameState.Decide(Folding.All(messages[..1]), DateTimeOffset.UnixEpoch)!.Differences);
        Assert.Equal([new StatDifferenceV1("b", "score", 0, 3)],
            DecideGameState.Decide(Folding.All(messages), DateTimeOffset.UnixEpoch)!.Differences);
    }

    private static IEnumerable<NflGameCenterDocument> Games() =>
        Directory.GetFiles(SharedData.Require("nfl-gamecenter/2016"), "*.json.gz").Order(StringComparer.Ordinal)
            .Select(SharedData.Game);

    private static long Score(NflGameCenterDocument game, string club) => game.Scores[club];

    private static IEnumerable<string> Differences(NflGameCenterDocument game) =>
        State(game).Differences.Select(d => $"{d.AthleteId} {d.Stat} {d.FromPlays}/{d.FromBox}");

    private static GameStateV1 State(NflGameCenterDocument game) => DecideGameState.Decide(
        Folding.All(new NflGameCenterFeed(SharedData.Kickoff(game)).Apply(game, confirmed: true).Select(r => r.Message)),
        DateTimeOffset.UnixEpoch)!;
}
