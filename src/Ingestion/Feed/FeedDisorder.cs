using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion.Feed;

/// <summary>How badly a feed behaves.</summary>
/// <param name="DuplicatesPercent">Messages that come twice.</param>
/// <param name="Window">How many places a message can be late; 0 keeps the order.</param>
/// <param name="LateEditsPercent">Plays that are first reported wrongly and corrected later.</param>
/// <param name="WithdrawalsPercent">Plays after which one is reported that never was and is withdrawn later.</param>
/// <param name="ReviewsPercent">Plays that go under review and are reinstated later.</param>
public sealed record FeedFaults(
    int DuplicatesPercent = 0, int Window = 0, int LateEditsPercent = 0, int WithdrawalsPercent = 0, int ReviewsPercent = 0);

/// <summary>
/// Makes a well-behaved stream behave like a real one: duplicates, lateness, edits, withdrawals and reviews that all converge to
/// the same end. Pure and seeded: the same stream, faults and seed give the same result.
/// </summary>
public static class FeedDisorder
{
    /// <param name="stream">One or several games; the games keep their own numbering.</param>
    /// <returns>Without any fault the stream as it is: numbers, ids and revisions of a correction are its own.</returns>
    public static IReadOnlyList<FeedRecord> Apply(IReadOnlyList<FeedRecord> stream, FeedFaults faults, ulong seed)
    {
        if (faults == new FeedFaults()) return stream;
        var random = new SeededRandom(seed);
        var edited = Renumber(AddEdits(stream, faults, random));
        return Scatter(edited, faults, random);
    }

    /// <summary>
    /// Every fault is put right before the game's first message that says it is over, so that no box ever compares a fault.
    /// </summary>
    private static List<FeedRecord> AddEdits(IReadOnlyList<FeedRecord> stream, FeedFaults faults, SeededRandom random)
    {
        var endOfGame = stream.Select((r, i) => (r, i))
            .Where(x => x.r.Message is FeedBoxV1 or FeedStatusV1 { Status: GameStatus.Complete or GameStatus.Closed })
            .GroupBy(x => x.r.Message.PartitionKey).ToDictionary(g => g.Key, g => g.Min(x => x.i), StringComparer.Ordinal);
        var editedOnce = stream.Select(r => r.Message).OfType<FeedPlayV1>().GroupBy(p => (p.GameId, p.EventId))
            .Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var later = new Dictionary<int, List<FeedPlayV1>>();
        var result = new List<FeedRecord>(stream.Count);
        for (var i = 0; i < stream.Count; i++)
        {
            foreach (var correction in later.GetValueOrDefault(i, []))
                result.Add(stream[i] with { Message = correction with { ProviderTime = stream[i].Time } });
            var last = endOfGame.GetValueOrDefault(stream[i].Message.PartitionKey, stream.Count - 1);
            var isFree = i + 1 < last && stream[i].Message is FeedPlayV1 { Op: "upsert", Official: true } p
                && !editedOnce.Contains((p.GameId, p.EventId));
            if (!isFree)
            {
                result.Add(stream[i]);
                continue;
            }

            var play = (FeedPlayV1)stream[i].Message;
            void Later(FeedPlayV1 correction)
            {
                var at = i + 1 + random.Next(last - i);
                if (!later.TryGetValue(at, out var list)) later[at] = list = [];
                list.Add(correction);
            }

            if (random.Chance(faults.LateEditsPercent))
            {
                result.Add(stream[i] with { Message = Wrong(play, random) });
                Later(play with { Revision = play.Revision + 1 });
            }
            else if (random.Chance(faults.ReviewsPercent))
            {
                result.Add(stream[i] with { Message = play with { Official = false } });
                Later(play with { Revision = play.Revision + 1 });
            }
            else result.Add(stream[i]);

            if (!random.Chance(faults.WithdrawalsPercent)) continue;
            var never = Wrong(play, random) with { EventId = $"{play.EventId}-w", Revision = 1 };
            result.Add(stream[i] with { Message = never });
            Later(never with { Revision = 2, Op = "delete", Athletes = [] });
        }

        return result;
    }

    private static FeedPlayV1 Wrong(FeedPlayV1 play, SeededRandom random) => play with
    {
        Athletes = [.. play.Athletes.Select(a => a with
        {
            Stats = a.Stats.ToDictionary(
                s => s.Key, s => Math.Clamp(s.Value + 1 + random.Next(20), -FeedLimits.FigureMax, FeedLimits.FigureMax)),
        })],
    };

    /// <summary>Messages were added: each game is numbered again from 1, and heartbeats name the number before them.</summary>
    public static List<FeedRecord> Renumber(List<FeedRecord> stream)
    {
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        var result = new List<FeedRecord>(stream.Count);
        foreach (var record in stream)
        {
            var gameId = record.Message.PartitionKey;
            var next = last.GetValueOrDefault(gameId) + 1;
            result.Add(record with
            {
                Message = record.Message switch
                {
                    FeedPlayV1 play => play with { Sequence = next },
                    FeedBoxV1 box => box with { Sequence = next },
                    FeedStatusV1 status => status with { Sequence = next },
                    FeedHeartbeatV1 beat => beat with { LastSequence = next - 1 },
                    FeedSnapshotCompleteV1 complete => complete with { LastSequence = next - 1, UnusedSequences = null },
                    var other => other,
                },
            });
            if (record.Message is not (FeedHeartbeatV1 or FeedSnapshotCompleteV1)) last[gameId] = next;
        }

        return result;
    }

    private static List<FeedRecord> Scatter(List<FeedRecord> stream, FeedFaults faults, SeededRandom random)
    {
        var places = new List<(long Place, int Index)>(stream.Count);
        for (var i = 0; i < stream.Count; i++)
        {
            places.Add((i + Lateness(), i));
            if (random.Chance(faults.DuplicatesPercent)) places.Add((i + 1 + Lateness() + Lateness(), i));
        }

        // The arrival times stay those of the places, so that a player's pace does not change.
        var times = places.Select(p => stream[p.Index].AtMs).Order().ToArray();
        return [.. places.OrderBy(p => p.Place).ThenBy(p => p.Index).Select((p, i) => stream[p.Index] with { AtMs = times[i] })];

        int Lateness() => faults.Window == 0 ? 0 : random.Next(faults.Window + 1);
    }
}
