using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>How large and how long a stream of a season may become.</summary>
public sealed class StreamBoundsTests
{
    private static readonly DateTimeOffset s_at = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_season_of_activities_may_have_tens_of_millions_of_messages_and_a_clock_is_no_sequence()
    {
        Assert.Null(ValidateFeed.Check(Play(40_000_000, "p1")));
        Assert.Equal("sequence", ValidateFeed.Check(Play(s_at.ToUnixTimeMilliseconds(), "p1"))!.Field);
    }

    [Fact]
    public void A_stream_has_no_more_athletes_than_its_box_takes_so_that_its_closing_state_fits_the_topic()
    {
        var game = new GameFold("g");
        for (var n = 0; n < FeedBoxV1.LinesMax; n++)
            FoldPlays.Apply(game, Play(n + 1, $"player-{n}".PadRight(FeedLimits.IdCharactersMax, 'x')));

        Assert.Equal("too-many-athletes", FoldPlays.TooManyAthletes(game, Play(9_000, "one-more"))!.Reason);
        Assert.Null(FoldPlays.TooManyAthletes(game, Play(9_000, game.Lines.Keys.First())));

        foreach (var line in game.Lines.Values) line.Version = 1_000_000;
        TrackSequence.Apply(game, new FeedStatusV1("g", 9_001, GameStatus.Closed, s_at));
        Assert.True(WireJson.Bytes(DecideGameState.Decide(game, s_at)!).Length < Topics.Find(Topics.StatLines).MaxMessageBytes);
    }

    private static FeedPlayV1 Play(long sequence, string athlete) =>
        new("g", $"e{sequence}", sequence, 1, "upsert", true,
            [new AthleteStatsV1(athlete, new Dictionary<string, long> { ["points"] = 5 })], s_at);
}
