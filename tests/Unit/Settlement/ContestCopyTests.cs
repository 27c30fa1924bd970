using ContestPipeline.Contestctl.Commands;
using ContestPipeline.Contestctl.Verifying;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Unit.Settlement;

/// <summary>A contest put together from its messages in memory: what verify relies on.</summary>
public sealed class ContestCopyTests
{
    private static readonly DateTimeOffset s_at = new(2016, 10, 2, 17, 0, 0, TimeSpan.Zero);

    /// <summary>A made-up contest under a rule set that ships, as the messages that were sent about it.</summary>
    private static (List<IMessage> Events, List<IMessage> Lines, SettlementResult Expected) Messages(ulong seed)
    {
        var c = SettlementCases.Make(seed);
        var rules = RuleSets.All.First();
        c = c with
        {
            Rules = rules, Definition = c.Definition with { RuleSet = RuleSets.Ref(rules) },
            Stats = c.Stats with { Lines = c.Stats.Lines.ToDictionary(l => l.Key,
                l => (IReadOnlyDictionary<string, long>)new Dictionary<string, long> { ["rush_yds"] = l.Value["b"] }) },
        };
        var (id, expected) = (c.Definition.ContestId, c.Settle());

        var events = new List<IMessage> { new ContestPublishedV1("create", id, c.Definition, c.Hash, s_at) };
        foreach (var (entryId, player, no, lineup) in c.Entries.OrderBy(e => e.No))
        {
            string[] athletes = lineup.Length == 0 ? [] : lineup.Split(',');
            events.Add(new EntryAcceptedV1($"a{no}", id, entryId, player, no % 3 == 0 ? [] : athletes, no, s_at));
            if (no % 3 == 0) events.Add(new EntryChangedV1($"s{no}", id, entryId, 2, athletes, s_at));
            events.Add(new EntryAcceptedV1($"w{no}", id, "gone" + entryId, player, [], 1_000 + no, s_at));
            events.Add(new EntryWithdrawnV1($"x{no}", id, "gone" + entryId, player, s_at));
        }

        var groups = Enumerable.Range(0, expected.Ranking.Groups).Select(g => new ScoreGroupV1(
            expected.Ranking.Points[g], expected.Ranking.EntriesOf(g).Length,
            EntryHash.OfIds(expected.Ranking.EntriesOf(g).ToArray().Select(e => expected.Entries.EntryIds[e]))));
        var chunks = groups.Chunk(4).Select((part, i) => new RankingChunkV1(id, 1, i, part)).ToArray();
        var games = c.Definition.GameIds.Select(g => new FinalGameV1(
            g, c.Stats.RuledOutGames.Contains(g),
            c.Stats.Lines.Keys.Where(k => k.GameId == g).ToDictionary(k => k.AthleteId, _ => 2L))).ToArray();
        events.AddRange([.. chunks,
            new ContestFinalizedV1(id, 1, c.Hash, expected.Entries.Count, expected.Entries.Hash, games, chunks.Length, s_at)]);

        var lines = c.Stats.Lines.SelectMany(l => new IMessage[]
        {
            new StatLineV1(l.Key.GameId, l.Key.AthleteId, 1, new Dictionary<string, long> { ["rush_yds"] = 999 }, s_at),
            new StatLineV1(l.Key.GameId, l.Key.AthleteId, 2, l.Value, s_at),
            new StatLineV1(l.Key.GameId, l.Key.AthleteId, 3, new Dictionary<string, long> { ["rush_yds"] = 777 }, s_at),
        }).ToList();
        return (events, lines, expected);
    }

    [Fact]
    public void Messages_in_any_mixture_of_topics_repeated_or_not_lead_to_the_same_digest()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var (events, lines, expected) = Messages(seed);
            var chance = new SeededRandom(seed);
            chance.Shuffle(lines);
            var copy = new ContestCopy(expected.ContestId);
            foreach (var line in lines.Take(lines.Count / 2)) copy.Apply(line);
            foreach (var message in events)
            {
                copy.Apply(message);
                if (chance.Chance(30)) copy.Apply(message);
            }

            if (chance.Chance(50)) events.ForEach(copy.Apply); // the whole topic again
            foreach (var line in lines.Skip(lines.Count / 2)) copy.Apply(line);

            Assert.Empty(copy.Missing());
            var result = copy.Settle();
            Assert.Equal(expected.Digest, result.Digest);
            Assert.Null(copy.DifferenceFromScoring(result));
        }
    }

    [Fact]
    public void Whatever_is_left_out_is_named()
    {
        var (events, lines, expected) = Messages(5);
        var copy = new ContestCopy(expected.ContestId);
        Assert.Equal(["the completion (contest.finalized.v1)"], copy.Missing());

        copy.Apply(events[^1]);
        Assert.Equal(["the definition"], copy.Missing());

        copy.Apply(events[0]);
        var missing = FindMissing.InWords(copy.Missing());
        Assert.Contains($"entries: 0 of {expected.Entries.Count}", missing);
        Assert.Contains("ranking chunk 0 of", missing);

        foreach (var message in events) copy.Apply(message);
        Assert.All(copy.Missing(), m => Assert.StartsWith("line ", m));
        foreach (var line in lines) copy.Apply(line);
        Assert.Empty(copy.Missing());
    }

    [Fact]
    public void Verify_holds_a_result_for_right_only_with_the_prizes_that_were_published()
    {
        var (events, lines, expected) = Messages(5);
        var awards = AwardChunks.Of(expected).ToArray();
        var (player, prize) = (awards[0].Players[0], awards[0].Players[0].Prizes[0]);
        var other = awards[0] with { Players =
            [player with { Prizes = [prize with { NetMinor = prize.NetMinor + 1 }, .. player.Prizes.Skip(1)] },
                .. awards[0].Players.Skip(1)] };

        var right = Judge(awards[0]);
        var wrong = Judge(other);
        var lacking = Judge(null);

        Assert.True(right.Verified, string.Join('\n', right.Differences));
        Assert.Empty(right.NotCompared);
        Assert.False(wrong.Verified);
        Assert.Contains($"award of entry {prize.EntryId} published", Assert.Single(wrong.Differences));
        Assert.True(lacking.Verified);
        Assert.Contains("not on the topic", Assert.Single(lacking.NotCompared));

        VerifyCommand.Verdict Judge(ContestAwardsV1? published)
        {
            var copy = new ContestCopy(expected.ContestId);
            foreach (var message in lines.Concat(events)) copy.Apply(message);
            if (published is not null) copy.Apply(published);
            copy.Apply(expected.ToMessage(awards.Length, s_at));
            return VerifyCommand.Judge(copy, 1);
        }
    }

    [Fact]
    public void Verify_adds_up_the_books_and_names_players_who_get_something_else_than_they_won()
    {
        var (events, lines, expected) = Messages(5);
        var awards = AwardChunks.Of(expected).ToArray();
        BookedPlayer[] right =
            [.. awards.SelectMany(a => a.Players).Select(p => new BookedPlayer(1, p.PlayerId, p.NetMinor, p.NetMinor))];
        var first = right[0];

        Assert.True(Judge(right).Verified);
        Assert.Contains("have nothing", Wrong(right[1..]), StringComparison.Ordinal);
        Assert.Contains($"add up to {first.LedgerMinor + 1}",
            Wrong([first with { LedgerMinor = first.LedgerMinor + 1 }, .. right[1..]]), StringComparison.Ordinal);
        Assert.Contains("the payout is 1", Wrong([first with { PayoutMinor = 1 }, .. right[1..]]), StringComparison.Ordinal);
        Assert.Contains("won nothing", Wrong([.. right, new BookedPlayer(1, "nobody", 5, 5)]), StringComparison.Ordinal);

        string Wrong(BookedPlayer[] booked)
        {
            var verdict = Judge(booked);
            Assert.False(verdict.Verified);
            return Assert.Single(verdict.Differences);
        }

        VerifyCommand.Verdict Judge(BookedPlayer[] booked)
        {
            var copy = new ContestCopy(expected.ContestId);
            foreach (var message in lines.Concat(events).Concat(awards)) copy.Apply(message);
            copy.Apply(expected.ToMessage(awards.Length, s_at));
            return VerifyCommand.Judge(copy, 1, booked);
        }
    }

    [Fact]
    public void Another_lineup_under_the_right_number_of_entries_is_noticed_by_the_hash()
    {
        var (events, lines, expected) = Messages(5);
        var copy = new ContestCopy(expected.ContestId);
        foreach (var message in lines.Concat(events)) copy.Apply(message);
        copy.Apply(new EntryChangedV1("late", expected.ContestId, expected.Entries.EntryIds[0], 9, ["ath1"], s_at));

        Assert.StartsWith("entries with hash", Assert.Single(copy.Missing()));
    }

    [Fact]
    public void A_batch_of_entry_events_comes_to_the_same_rows_in_whatever_order_it_brings_them()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var (events, _, expected) = Messages(seed);
            var chance = new SeededRandom(seed);
            events.AddRange([.. events.Where(_ => chance.Chance(20))]);
            chance.Shuffle(events);

            var whole = EntryChanges.Fold(events);

            var lineups = whole.Changed.ToDictionary(c => c.EntryId, c => c.Lineup);
            var book = new EntryBookBuilder();
            foreach (var row in whole.Accepted.Where(r => !whole.Withdrawn.Contains(new Withdrawal(r.ContestId, r.EntryId))))
                book.Add(row.EntryId, row.PlayerId, row.AcceptanceNo, lineups.GetValueOrDefault(row.EntryId, row.Lineup));
            Assert.Equal(expected.Entries.Hash, book.Build().Hash);
            Assert.Equal(expected.Entries.Count, whole.Withdrawn.Count);
            Assert.Equal(2 * expected.Entries.Count, whole.Accepted.Count);
        }
    }

    [Fact]
    public void Old_events_that_a_replay_brings_after_new_ones_change_nothing_of_them()
    {
        var changes = EntryChanges.Fold(
        [
            new EntryChangedV1("s2", "c", "e1", 3, ["b"], s_at), new EntryChangedV1("s1", "c", "e1", 2, ["a"], s_at),
            new EntryWithdrawnV1("w2", "c", "e3", "p", s_at), new EntryAcceptedV1("a", "c", "e3", "p", ["x", "y"], 9, s_at),
        ]);

        Assert.Equal([new LineupChange("c", "e1", 3, "b")], changes.Changed);
        Assert.Equal([new Withdrawal("c", "e3")], changes.Withdrawn);
        Assert.Equal([new EntryRow("c", "e3", "p", 9, "x,y")], changes.Accepted);
    }
}
