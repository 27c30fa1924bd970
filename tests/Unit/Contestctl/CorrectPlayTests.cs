using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Corrections;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>
/// The messages that correct one play are those a provider would send: the play, and the box that agrees with it.
/// </summary>
public sealed class CorrectPlayTests
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_figure_that_box_and_plays_agree_on_is_changed_in_both()
    {
        var records = Make([new PlayFigure("a1", "rush_yds", 12)]);

        var play = Assert.IsType<FeedPlayV1>(records[0].Message);
        Assert.Equal(("p2", 8L, 2, true, s_now), (play.EventId, play.Sequence, play.Revision, play.Official, play.ProviderTime));
        Assert.Equal([("a1", 12L), ("a2", 1L)], play.Athletes.Select(a => (a.AthleteId, a.Stats.Values.Sum())));
        var box = Assert.IsType<FeedBoxV1>(records[1].Message);
        Assert.Equal((9L, 15L), (box.Sequence, Line(box, "a1", "rush_yds")));
        Assert.Equal(150, box.Sums![0].Total);
        Assert.All(records, r => Assert.Null(ValidateFeed.Check(r.Message)));
    }

    [Fact]
    public void A_box_that_was_right_before_the_play_was_stays_as_it_is()
    {
        var right = Box(5, yards: 15, total: 150);

        var records = Make([new PlayFigure("a1", "rush_yds", 12)], right);

        Assert.IsType<FeedPlayV1>(Assert.Single(records).Message);
    }

    [Fact]
    public void A_play_that_never_was_takes_its_figures_out_of_the_box()
    {
        var records = Make([]);

        var play = Assert.IsType<FeedPlayV1>(records[0].Message);
        Assert.Equal((PlayOps.Delete, 0), (play.Op, play.Athletes.Count));
        var box = Assert.IsType<FeedBoxV1>(records[1].Message);
        Assert.Equal((3L, 0L, 30L), (Line(box, "a1", "rush_yds"), Line(box, "a2", "rush_yds"), box.Sums![0].Total));
    }

    [Fact]
    public void An_athlete_who_was_not_in_the_play_comes_into_it_and_one_who_was_leaves_it()
    {
        var records = Make([new PlayFigure("a3", "rush_yds", 7), new PlayFigure("a1", "rush_yds", 0)]);

        Assert.Equal(["a2", "a3"], Assert.IsType<FeedPlayV1>(records[0].Message).Athletes.Select(a => a.AthleteId));
        Assert.Equal(7, Line(Assert.IsType<FeedBoxV1>(records[1].Message), "a3", "rush_yds"));
    }

    [Fact]
    public void Without_a_box_the_play_stands_alone() =>
        Assert.Single(CorrectPlay.Make("g", "p2", [.. Told().Where(m => m is not FeedBoxV1)],
            [new PlayFigure("a1", "rush_yds", 12)], s_now));

    [Fact]
    public void What_is_so_already_and_what_is_not_known_is_refused()
    {
        Assert.Contains("says so already, in revision 1",
            Assert.Throws<RefusedException>(() => Make([new PlayFigure("a1", "rush_yds", 5)])).Message, StringComparison.Ordinal);
        Assert.Contains("has no play p9 among its 2",
            Assert.Throws<RefusedException>(() => CorrectPlay.Make("g", "p9", Told(), [], s_now)).Message,
            StringComparison.Ordinal);
        Assert.Contains("holds no message of game g",
            Assert.Throws<RefusedException>(() => CorrectPlay.Make("g", "p2", [], [], s_now)).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<FeedRecord> Make(PlayFigure[] figures, FeedBoxV1? box = null) =>
        CorrectPlay.Make("g", "p2", Told(box), figures, s_now);

    private static IReadOnlyList<IMessage> Told(FeedBoxV1? box = null) =>
    [
        Play("p1", 1, ("a1", 3)), Play("p2", 2, ("a1", 5), ("a2", 1)), box ?? Box(5, yards: 8, total: 80),
        new FeedHeartbeatV1("g", 7, s_now),
    ];

    private static FeedPlayV1 Play(string eventId, long sequence, params (string Athlete, long Yards)[] athletes) => new(
        "g", eventId, sequence, 1, PlayOps.Upsert, true,
        [.. athletes.Select(a => new AthleteStatsV1(a.Athlete, new Dictionary<string, long> { ["rush_yds"] = a.Yards }))],
        s_now.AddDays(-7));

    private static FeedBoxV1 Box(long sequence, long yards, long total) => new(
        "g", sequence, ["rush_yds"],
        [
            new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = yards }),
            new AthleteStatsV1("a2", new Dictionary<string, long> { ["rush_yds"] = 1 }),
        ], s_now.AddDays(-7), [new BoxSumV1("a1", "tenfold", total, new Dictionary<string, long> { ["rush_yds"] = 10 })]);

    private static long Line(FeedBoxV1 box, string athlete, string stat) =>
        box.Lines.Single(l => l.AthleteId == athlete).Stats[stat];
}
