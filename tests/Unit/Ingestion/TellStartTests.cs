using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>What says that a game has begun, and since when.</summary>
public sealed class TellStartTests
{
    private static readonly DateTimeOffset s_kickoff = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_counted_play_starts_a_game_whose_status_is_late()
    {
        var game = Heard(s_kickoff.AddHours(2), new FeedStatusV1("g", 1, GameStatus.Scheduled, s_kickoff.AddHours(-1)),
            Play(2, s_kickoff.AddMinutes(3)));

        var state = DecideGameState.Decide(game, s_kickoff.AddHours(2))!;
        Assert.Equal((GameStatus.Scheduled, s_kickoff.AddMinutes(3)), (state.Status, state.StartedAt));
    }

    [Fact]
    public void A_box_with_a_figure_starts_a_game_and_one_of_zeros_does_not()
    {
        Assert.Null(Heard(s_kickoff, Box(0)).StartedAt);
        Assert.Equal(s_kickoff, Heard(s_kickoff.AddMinutes(5), Box(7)).StartedAt);
    }

    [Fact]
    public void The_earliest_of_what_says_so_counts_in_whatever_order_it_comes() => Assert.Equal(
        s_kickoff.AddMinutes(1),
        Heard(s_kickoff.AddHours(1), Play(3, s_kickoff.AddMinutes(9)),
            new FeedStatusV1("g", 1, GameStatus.InProgress, s_kickoff.AddMinutes(1)),
            Play(2, s_kickoff.AddMinutes(4))).StartedAt);

    [Fact]
    public void A_time_of_the_future_or_of_an_old_file_is_replaced_by_ours()
    {
        Assert.Equal(s_kickoff, Heard(s_kickoff, Play(1, s_kickoff.AddMinutes(1))).StartedAt);
        Assert.Equal(s_kickoff, Heard(s_kickoff, Play(1, s_kickoff.AddYears(-10))).StartedAt);
    }

    [Fact]
    public void A_start_of_which_nothing_is_left_was_an_error()
    {
        var game = Heard(s_kickoff, new FeedStatusV1("g", 1, GameStatus.InProgress, s_kickoff));
        Assert.Equal(s_kickoff, game.StartedAt);

        Hear(game, s_kickoff, new FeedStatusV1("g", 2, GameStatus.Scheduled, s_kickoff, StartsAt: s_kickoff.AddDays(3)));
        Assert.Equal((null, s_kickoff.AddDays(3)), (game.StartedAt, DecideGameState.Decide(game, s_kickoff)!.StartsAt));
    }

    private static FeedPlayV1 Play(long sequence, DateTimeOffset at) =>
        new("g", $"e{sequence}", sequence, 1, "upsert", true,
            [new AthleteStatsV1("a", new Dictionary<string, long> { ["rush_yds"] = 5 })], at);

    private static FeedBoxV1 Box(long yards) =>
        new("g", 1, ["rush_yds"], [new AthleteStatsV1("a", new Dictionary<string, long> { ["rush_yds"] = yards })], s_kickoff);

    private static GameFold Heard(DateTimeOffset now, params IMessage[] messages)
    {
        var game = new GameFold("g");
        Hear(game, now, messages);
        return game;
    }

    private static void Hear(GameFold game, DateTimeOffset now, params IMessage[] messages)
    {
        foreach (var message in messages)
        {
            TellStart.Hear(game, message, now);
            if (message is FeedPlayV1 play) FoldPlays.Apply(game, play);
            if (message is FeedBoxV1 box) TrackSequence.Apply(game, box);
            if (message is FeedStatusV1 status) TrackSequence.Apply(game, status);
        }

        TellStart.Settle(game);
    }
}
