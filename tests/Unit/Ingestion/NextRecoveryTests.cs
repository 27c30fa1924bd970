using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Recovery;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>When a provider is asked to send again what is missing, and what its answer ends.</summary>
public sealed class NextRecoveryTests
{
    private static readonly DateTimeOffset s_now = new(2026, 10, 4, 17, 0, 0, TimeSpan.Zero);
    private readonly GameFold game = new("g1");

    [Fact]
    public void A_gap_is_asked_for_at_growing_distances_and_not_for_ever()
    {
        Hear(s_now, 1, 4);
        Assert.Equal((2, s_now.AddSeconds(30)), (game.RecoveryFrom, game.RecoveryDueAt));
        var asked = new List<FeedRecoveryRequestedV1>();
        while (game.RecoveryDueAt is { } due)
        {
            asked.Add(NextRecovery.Ask(game, due)!);
            Assert.True(asked.Count <= NextRecovery.Waits.Count);
        }

        Assert.Equal(Enumerable.Range(1, NextRecovery.Waits.Count), asked.Select(a => a.Attempt));
        Assert.All(asked, a => Assert.Equal((2, 4), (a.FromSequence, a.ToSequence)));
        Assert.Equal([2L, 3L], asked[0].MissingSequences);
        var times = asked.Select(a => a.RequestedAt).ToArray();
        Assert.Equal(NextRecovery.Waits, times.Prepend(s_now).Zip(times, (before, after) => after - before));
        Assert.Equal(asked.Count, asked.Select(a => a.IdempotencyKey).Distinct().Count());
    }

    [Fact]
    public void Whatever_closes_the_gap_ends_the_asking_and_the_next_gap_begins_anew()
    {
        Hear(s_now, 1, 4, 6);
        NextRecovery.Ask(game, s_now.AddSeconds(30));
        Hear(s_now.AddMinutes(1), 2, 3);
        Assert.Equal((5, 0, s_now.AddSeconds(90)), (game.RecoveryFrom, game.RecoveryAttempt, game.RecoveryDueAt));

        Hear(s_now.AddMinutes(2), 5);
        Assert.Equal((0L, null), (game.RecoveryFrom, game.RecoveryDueAt));
        Assert.Null(NextRecovery.Ask(game, s_now.AddMinutes(3)));
    }

    [Fact]
    public void What_is_known_of_a_gap_already_does_not_put_the_next_request_off()
    {
        Hear(s_now, 1, 9);
        Hear(s_now.AddSeconds(20), 10, 5);

        Assert.Equal(s_now.AddSeconds(30), game.RecoveryDueAt);
    }

    [Fact]
    public void Numbers_that_were_never_used_are_no_gap_and_a_message_under_one_of_them_is_contradicted()
    {
        Hear(s_now, 1, 4);
        var complete = new FeedSnapshotCompleteV1("g1", 4, s_now, [2, 3]);
        Assert.Null(TrackSequence.Contradiction(game, complete));
        TrackSequence.Apply(game, complete);
        Publish(s_now);

        Assert.Empty(NextRecovery.End(game));
        Assert.Empty(game.Published!.MissingSequences);
        Assert.Equal("sequence-contradicted", TrackSequence.Contradiction(game, Play(2))?.Reason);
    }

    [Theory]
    [InlineData(1, "event p1")]
    [InlineData(4, "status in_progress")]
    [InlineData(5, "a box")]
    public void A_number_that_a_message_holds_cannot_be_named_unused(long number, string holder)
    {
        Hear(s_now, 1);
        TrackSequence.Apply(game, new FeedStatusV1("g1", 4, GameStatus.InProgress, s_now));
        TrackSequence.Apply(game, new FeedBoxV1("g1", 5, [], [], s_now));

        var problem = TrackSequence.Contradiction(game, new FeedSnapshotCompleteV1("g1", 6, s_now, [3, number]));

        Assert.Equal(("sequence-contradicted", "unusedSequences"), (problem?.Reason, problem?.Field));
        Assert.Contains(holder, problem?.Got, StringComparison.Ordinal);
    }

    /// <summary>Numbers that the provider has sent and that were refused on their way must not vanish with its word.</summary>
    [Fact]
    public void What_is_neither_sent_nor_named_stays_missing_and_is_not_asked_for_again()
    {
        Hear(s_now, 1);
        TrackSequence.Apply(game, new FeedSnapshotCompleteV1("g1", 4, s_now, [3]));
        Publish(s_now);

        Assert.Equal([2L, 4L], NextRecovery.End(game));
        Assert.Null(game.RecoveryDueAt);
        Publish(s_now.AddHours(1));
        Assert.Null(game.RecoveryDueAt);
    }

    private void Hear(DateTimeOffset now, params long[] numbers)
    {
        foreach (var number in numbers)
        {
            FoldPlays.Apply(game, Play(number));
            TrackSequence.Apply(game, Play(number));
        }

        Publish(now);
    }

    private void Publish(DateTimeOffset now)
    {
        game.Published = DecideGameState.Decide(game, now) ?? game.Published;
        NextRecovery.Follow(game, now);
    }

    private static FeedPlayV1 Play(long number) => new("g1", $"p{number}", number, 1, "upsert", true,
        [new AthleteStatsV1("a1", new Dictionary<string, long> { ["rush_yds"] = 1 })], s_now);
}
