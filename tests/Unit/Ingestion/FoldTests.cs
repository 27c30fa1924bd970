using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>The folds one rule at a time: revisions, tombstones, officialdom, sequence numbers, box.</summary>
public sealed class FoldTests
{
    private readonly GameFold game = new("g1");

    [Fact]
    public void A_higher_revision_replaces_the_play_whole()
    {
        Apply(Play("p1", 1, 1, ("a", "rush_yds", 5), ("b", "recs", 1)));

        Assert.Equal(FoldOutcome.Applied, Apply(Play("p1", 2, 2, ("a", "rush_yds", 7))));

        Assert.Equal(7, Stat("a", "rush_yds"));
        Assert.Equal(0, Stat("b", "recs"));
    }

    [Fact]
    public void A_lower_revision_that_comes_late_changes_nothing()
    {
        Apply(Play("p1", 2, 2, ("a", "rush_yds", 7)));

        Assert.Equal(FoldOutcome.Superseded, Apply(Play("p1", 1, 1, ("a", "rush_yds", 5))));

        Assert.Equal(7, Stat("a", "rush_yds"));
    }

    [Fact]
    public void A_tombstone_beats_lower_revisions_even_when_it_comes_first()
    {
        Apply(Play("p1", 2, 2) with { Op = "delete" });

        Assert.Equal(FoldOutcome.Superseded, Apply(Play("p1", 1, 1, ("a", "rush_yds", 5))));

        Assert.Equal(0, Stat("a", "rush_yds"));
    }

    [Fact]
    public void A_play_deleted_by_mistake_returns_with_a_higher_revision()
    {
        Apply(Play("p1", 1, 1, ("a", "rush_yds", 5)));
        Apply(Play("p1", 2, 2) with { Op = "delete" });
        Apply(Play("p1", 3, 3, ("a", "rush_yds", 5)));

        Assert.Equal(5, Stat("a", "rush_yds"));
    }

    [Fact]
    public void A_play_under_review_counts_nothing_until_it_is_official_again()
    {
        Apply(Play("p1", 1, 1, ("a", "rush_tds", 1)));
        Apply(Play("p1", 2, 2, ("a", "rush_tds", 1)) with { Official = false });
        Assert.Equal(0, Stat("a", "rush_tds"));

        Apply(Play("p1", 3, 3, ("a", "rush_tds", 1)));
        Assert.Equal(1, Stat("a", "rush_tds"));
    }

    [Fact]
    public void The_same_revision_with_other_content_is_a_contradiction_and_the_first_stays()
    {
        Apply(Play("p1", 1, 1, ("a", "rush_yds", 5)));

        Assert.Equal(FoldOutcome.Repeated, Apply(Play("p1", 1, 1, ("a", "rush_yds", 5))));
        Assert.Equal(FoldOutcome.Contradicted, Apply(Play("p1", 1, 1, ("a", "rush_yds", 6))));
        Assert.Equal(FoldOutcome.Contradicted, Apply(Play("p1", 1, 1) with { Op = "delete" }));

        Assert.Equal(5, Stat("a", "rush_yds"));
    }

    [Fact]
    public void Missing_sequence_numbers_make_a_game_incomplete_until_they_come()
    {
        Send(Play("p1", 1, 1), Play("p2", 4, 1));
        Assert.Equal([2L, 3L], State().MissingSequences);
        Assert.True(State().Incomplete);

        Send(Play("p3", 3, 1), Play("p4", 2, 1));
        Assert.False(State().Incomplete);
    }

    [Fact]
    public void A_heartbeat_reveals_messages_lost_at_the_end_of_the_stream()
    {
        Send(Play("p1", 1, 1));
        TrackSequence.Apply(game, new FeedHeartbeatV1("g1", 3, DateTimeOffset.UnixEpoch));

        Assert.Equal([2L, 3L], State().MissingSequences);
    }

    [Fact]
    public void A_box_that_agrees_closes_the_gaps_before_it_but_not_those_after_it()
    {
        Send(Play("p1", 1, 1, ("a", "rush_yds", 5)));
        TrackSequence.Apply(game, Box(4, ("a", "rush_yds", 5)));
        Assert.True(State().Incomplete, "a box proves nothing while the game goes on");

        TrackSequence.Apply(game, new FeedStatusV1("g1", 6, GameStatus.Closed, DateTimeOffset.UnixEpoch));

        Assert.Equal([5L], State().MissingSequences);
        Send(new FeedStatusV1("g1", 5, GameStatus.Complete, DateTimeOffset.UnixEpoch));
        Assert.False(State().Incomplete);
        Assert.Equal(GameStatus.Closed, State().Status);
    }

    [Fact]
    public void Plays_and_box_that_differ_are_named_by_athlete_and_stat_in_order()
    {
        Apply(Play("p1", 1, 1, ("b", "rush_yds", 5), ("a", "recs", 2), ("a", "sacks", 3)));
        TrackSequence.Apply(game, Box(2, ("a", "recs", 1), ("c", "rush_yds", 9)));
        TrackSequence.Apply(game, new FeedStatusV1("g1", 3, GameStatus.Complete, DateTimeOffset.UnixEpoch));

        Assert.Equal(
            [new StatDifferenceV1("a", "recs", 2, 1), new StatDifferenceV1("b", "rush_yds", 5, 0),
                new StatDifferenceV1("c", "rush_yds", 0, 9)],
            State().Differences);
    }

    [Fact]
    public void Of_more_differences_than_a_message_takes_those_furthest_apart_are_told_in_order()
    {
        Send(Play("p1", 1, 1, ("b", "recs", 70)));
        TrackSequence.Apply(game,
            Box(2, [.. Enumerable.Range(0, 5_000).Select(n => ($"c{n:0000}", "rush_yds", n is 7 or 4_321 ? 500L : 1L)),
                ("z", "recs", 99)]));
        Send(new FeedStatusV1("g1", 3, GameStatus.Closed, DateTimeOffset.UnixEpoch));

        var told = State().Differences;

        Assert.Equal(DecideGameState.DifferencesMax, told.Count);
        Assert.Equal(told.OrderBy(d => d.AthleteId, StringComparer.Ordinal), told);
        Assert.Equal(
            ["b", "c0007", "c4321", "z"], told.Where(d => Math.Abs(d.FromPlays - d.FromBox) > 1).Select(d => d.AthleteId));
    }

    [Fact]
    public void A_state_survives_its_own_json_with_and_without_what_may_be_absent()
    {
        Send(Play("p1", 1, 1, ("a", "rush_yds", 5)));
        var early = State();
        Assert.Null(early.LineVersions);

        var read = WireJson.Read<GameStateV1>(WireJson.Bytes(early));

        Assert.Equal(WireJson.Bytes(early), WireJson.Bytes(read));
    }

    [Fact]
    public void A_missing_figure_is_still_refused() =>
        Assert.Throws<System.Text.Json.JsonException>(() =>
            WireJson.Read<FeedHeartbeatV1>("""{"gameId":"g1","providerTime":"2016-10-03T00:30:00Z"}"""u8));

    private GameStateV1 State() => DecideGameState.Decide(game, DateTimeOffset.UnixEpoch)!;

    private FoldOutcome Apply(FeedPlayV1 play) => FoldPlays.Apply(game, play);

    private void Send(params IMessage[] messages)
    {
        foreach (var message in messages)
        {
            if (message is FeedStatusV1 status) TrackSequence.Apply(game, status);
            if (message is not FeedPlayV1 play) continue;
            FoldPlays.Apply(game, play);
            TrackSequence.Apply(game, play);
        }
    }

    private long Stat(string athlete, string stat) =>
        game.Lines.TryGetValue(athlete, out var line) ? line.Stats.GetValueOrDefault(stat) : 0;

    private static FeedPlayV1 Play(
        string eventId, long sequence, int revision, params (string Athlete, string Stat, long Amount)[] stats) =>
        new("g1", eventId, sequence, revision, "upsert", true, Athletes(stats), DateTimeOffset.UnixEpoch);

    private static FeedBoxV1 Box(long sequence, params (string Athlete, string Stat, long Amount)[] stats) =>
        new("g1", sequence, ["recs", "rush_yds"], Athletes(stats), DateTimeOffset.UnixEpoch);

    private static AthleteStatsV1[] Athletes((string Athlete, string Stat, long Amount)[] stats) =>
        [.. stats.GroupBy(s => s.Athlete).Select(g => new AthleteStatsV1(g.Key, g.ToDictionary(s => s.Stat, s => s.Amount)))];
}
