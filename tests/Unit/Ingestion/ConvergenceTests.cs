using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using FsCheck;
using FsCheck.Fluent;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>The end does not depend on how the messages came: order, repetitions, edits that converge.</summary>
public sealed class ConvergenceTests
{
    private static readonly Lazy<IReadOnlyList<FeedRecord>> s_sample = new(() =>
    {
        using var file = File.OpenRead(Path.Combine(SharedData.Repository, "samples", "kc-at-pit-2016-week-4.jsonl"));
        return FeedFile.Read(file, default).GetAwaiter().GetResult().Records;
    });

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Any_disorder_of_a_real_game_ends_in_the_same_lines_and_state()
    {
        var expected = End(s_sample.Value);
        var cases = from duplicates in Gen.Choose(0, 60)
                    from window in Gen.Choose(0, 400)
                    from edits in Gen.Choose(0, 60)
                    from withdrawals in Gen.Choose(0, 30)
                    from reviews in Gen.Choose(0, 30)
                    from seed in Gen.Choose(1, int.MaxValue)
                    select (Faults: new FeedFaults(duplicates, window, edits, withdrawals, reviews), Seed: (ulong)seed);

        Check.One(s_config,
            Prop.ForAll(cases.ToArbitrary(), c => End(FeedDisorder.Apply(s_sample.Value, c.Faults, c.Seed)) == expected));
    }

    [Fact]
    public void Messages_in_any_order_at_all_end_in_the_same_lines_and_state()
    {
        var small = FeedDisorder.Apply(
            [.. s_sample.Value.Where(r => r.Message is not FeedHeartbeatV1)],
            new FeedFaults(LateEditsPercent: 30, WithdrawalsPercent: 20, ReviewsPercent: 10), 7);
        var expected = End(small);

        Check.One(s_config, Prop.ForAll(Gen.Shuffle(small.ToArray()).ToArbitrary(), shuffled => End(shuffled) == expected));
    }

    [Fact]
    public void Random_plays_with_random_revisions_fold_to_the_highest_revision_of_each()
    {
        var play = from eventId in Gen.Choose(1, 4)
                   from revision in Gen.Choose(1, 5)
                   from athlete in Gen.Elements("a", "b")
                   select (Event: eventId, Revision: revision, Athlete: athlete);

        // The content is a function of event and revision: a provider that does not contradict itself.
        Check.One(s_config, Prop.ForAll(Gen.ListOf(play).ToArbitrary(), plays =>
        {
            var game = new GameFold("g");
            var sequence = 0L;
            foreach (var (e, r, _) in plays) FoldPlays.Apply(game, Play(e, r, ++sequence));

            var expected = plays.GroupBy(p => p.Event).Select(g => Play(g.Key, g.Max(p => p.Revision), 1))
                .Where(p => p.Op == "upsert" && p.Official).Sum(p => p.Athletes.Sum(a => a.Stats["rush_yds"]));
            return game.Lines.Values.Sum(l => l.Stats.GetValueOrDefault("rush_yds")) == expected;
        }));
    }

    [Fact]
    public void Disorder_is_repeatable_and_numbers_its_messages_without_a_gap()
    {
        var faults = new FeedFaults(20, 30, 20, 10, 10);

        var once = FeedDisorder.Apply(s_sample.Value, faults, 42);
        var again = FeedDisorder.Apply(s_sample.Value, faults, 42);

        Assert.Equal(once.Select(r => (r.AtMs, r.Id)), again.Select(r => (r.AtMs, r.Id)));
        Assert.NotEqual(once.Select(r => r.Id), FeedDisorder.Apply(s_sample.Value, faults, 43).Select(r => r.Id));
        var sequences = once.Select(r => Folding.Sequence(r.Message)).Where(s => s > 0).Distinct().Order().ToArray();
        Assert.Equal(Enumerable.Range(1, sequences.Length).Select(i => (long)i), sequences);
        Assert.True(once.Count > s_sample.Value.Count * 115 / 100, "20 % duplicates and the corrections make the stream longer");
        Assert.All(once.GroupBy(r => r.Id),
            g => Assert.Single(g.Select(r => Convert.ToBase64String(WireJson.Bytes(r.Message))).Distinct()));
    }

    private static FeedPlayV1 Play(int eventId, int revision, long sequence)
    {
        var isDelete = (eventId + revision) % 4 == 0;
        AthleteStatsV1[] stats = isDelete
            ? [] : [new AthleteStatsV1("a", new Dictionary<string, long> { ["rush_yds"] = eventId * 10 + revision })];
        return new FeedPlayV1("g", $"e{eventId}", sequence, revision, isDelete ? "delete" : "upsert", revision != 3, stats,
            DateTimeOffset.UnixEpoch);
    }

    private static string End(IEnumerable<FeedRecord> stream)
    {
        var game = Folding.All(stream.Select(r => r.Message));
        var state = DecideGameState.Decide(game, DateTimeOffset.UnixEpoch)!;
        return string.Join('\n', game.Lines.Where(l => l.Value.Stats.Count > 0).OrderBy(l => l.Key, StringComparer.Ordinal)
                .Select(l => $"{l.Key} {string.Join(' ', l.Value.Stats.Select(s => $"{s.Key}={s.Value}"))}"))
            + $"\n{state.Status} {state.Clock} incomplete={state.Incomplete} box={state.BoxReceived} "
            + $"differences={state.Differences.Count}";
    }
}
