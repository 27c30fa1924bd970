using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// What the provider says after the stream was confirmed: a play under a higher revision, and a box that agrees with it.
/// </summary>
/// <param name="Totals">Of every player once both have come.</param>
internal sealed record Correction(Arrival Play, Arrival Box, IReadOnlyDictionary<string, long> Totals)
{
    /// <summary>Until then plays and box contradict each other.</summary>
    internal DateTimeOffset CompleteAt => Play.At > Box.At ? Play.At : Box.At;
}

/// <summary>
/// Makes corrections of a confirmed stream: seconds after it, within the correction window, or days later, when its contests are
/// paid.
/// </summary>
internal sealed class LateCorrections
{
    private const int AgainPercent = 25;
    private const int BoxFirstPercent = 25;
    private const int UpsetPercent = 75;

    /// <summary>More than anybody else has.</summary>
    private const int UpsetPoints = 1_000;

    private static readonly TimeSpan[] s_after =
    [
        TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(9), TimeSpan.FromHours(8), TimeSpan.FromHours(30), TimeSpan.FromDays(4),
        TimeSpan.FromDays(4), TimeSpan.FromDays(6), TimeSpan.FromDays(6),
    ];

    private static readonly TimeSpan[] s_apart = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(20),
        TimeSpan.FromHours(3), TimeSpan.FromHours(50)];
    private static readonly TimeSpan[] s_boxLater = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(15)];

    private readonly SeededRandom random;
    private readonly FeedPlayV1[] first;
    private readonly SortedDictionary<string, FeedPlayV1> plays;
    private readonly Dictionary<string, int> revisions;
    private readonly int players;
    private long sequence;

    /// <param name="truth">The plays as they were.</param>
    /// <param name="told">Everything that was sent: what comes now has higher numbers.</param>
    internal LateCorrections(SeededRandom random, IEnumerable<FeedPlayV1> truth, IReadOnlyList<IMessage> told, int players)
    {
        (this.random, this.players) = (random, players);
        first = [.. truth];
        plays = new SortedDictionary<string, FeedPlayV1>(first.ToDictionary(p => p.EventId), StringComparer.Ordinal);
        revisions = told.OfType<FeedPlayV1>().GroupBy(p => p.EventId).ToDictionary(g => g.Key, g => g.Max(p => p.Revision));
        sequence = told.Max(Sequence);
    }

    /// <param name="at">When the last of the stream came.</param>
    /// <param name="whenPaid">Not before its contests are, and most often so that somebody else has won.</param>
    internal IReadOnlyList<Correction> Make(DateTimeOffset at, bool whenPaid)
    {
        var made = new List<Correction>();
        at += whenPaid ? s_after[^1] : random.Pick(s_after);
        for (var count = random.Pick([1, 1, 2, 3]); made.Count < count; at += random.Pick(s_apart))
        {
            var correction = One(at, isUpset: whenPaid && random.Chance(UpsetPercent));
            made.Add(correction);
            at = correction.CompleteAt;
        }

        return made;
    }

    /// <summary>Some come once more as they are, hours later.</summary>
    internal IEnumerable<Arrival> Arrivals(IReadOnlyList<Correction> made)
    {
        foreach (var correction in made)
        {
            yield return correction.Play;
            yield return correction.Box;
            if (random.Chance(AgainPercent))
                yield return correction.Play with { At = correction.CompleteAt + random.Pick(s_apart),
                    What = "late correction repeated" };
        }
    }

    internal static Dictionary<string, long> Totals(IEnumerable<FeedPlayV1> plays)
    {
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in plays.Where(p => p.Op == "upsert" && p.Official).SelectMany(p => p.Athletes))
            totals[line.AthleteId] = totals.GetValueOrDefault(line.AthleteId) + line.Stats[Scenario.Stat];
        return totals;
    }

    private Correction One(DateTimeOffset at, bool isUpset)
    {
        var play = plays[random.Pick([.. plays.Keys])];
        var (what, corrected) = Change(play, isUpset);
        revisions[play.EventId] = corrected.Revision;
        plays[play.EventId] = corrected;
        var totals = Totals(plays.Values);
        var box = new FeedBoxV1(
            corrected.GameId, ++sequence, [Scenario.Stat],
            [.. totals.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => Scenario.Line(t.Key, t.Value))], at);
        var later = random.Pick(s_boxLater);
        var isBoxFirst = random.Chance(BoxFirstPercent);
        return new Correction(
            new Arrival(isBoxFirst ? at + later : at, corrected, $"late correction: {what}"),
            new Arrival(isBoxFirst ? at : at + later, box), totals);
    }

    private (string What, FeedPlayV1 Play) Change(FeedPlayV1 play, bool isUpset)
    {
        var next = play with { Revision = revisions[play.EventId] + 1, Sequence = ++sequence, Op = "upsert", Official = true };
        var was = first.Single(p => p.EventId == play.EventId);
        var line = was.Athletes.Single();
        if (isUpset)
            return ("somebody else wins",
                next with { Athletes = [Scenario.Line(Scenario.Player(1 + random.Next(players)), UpsetPoints)] });
        return random.Next(9) switch
        {
            0 => ("withdrawn", next with { Op = "delete", Athletes = [] }),
            1 => ("not official", next with { Official = false }),
            2 => ("says the same", next with { Op = play.Op, Official = play.Official }),
            3 => ("as it was first", next with { Athletes = was.Athletes }),
            4 or 5 => ("another player",
                next with { Athletes = [Scenario.Line(Scenario.Player(1 + random.Next(players)), line.Stats[Scenario.Stat])] }),
            _ => ("other points", next with { Athletes = [Scenario.Line(line.AthleteId, 10 * (1 + random.Next(6)))] }),
        };
    }

    private static long Sequence(IMessage message) => message switch
    {
        FeedPlayV1 play => play.Sequence,
        FeedBoxV1 box => box.Sequence,
        FeedStatusV1 status => status.Sequence,
        _ => 0,
    };
}
