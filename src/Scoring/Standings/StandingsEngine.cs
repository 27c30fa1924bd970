using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>An entry's place by standard competition rank.</summary>
/// <param name="TiedWith">Other entries with the same points.</param>
public readonly record struct Place(long AcceptanceNo, int Rank, long Points, int TiedWith);

/// <summary>
/// The standings of one contest in memory. Entries share distinct line-ups, a line-up's score is kept in fixed point and changed
/// by differences, ranks come from counting scores. Not safe for concurrent use.
/// </summary>
/// <param name="slots">Slots of a line-up.</param>
/// <param name="members">How many members there are at first: every athlete with every multiplier.</param>
public sealed class StandingsEngine(int slots, int members)
{
    /// <summary>Largest points of a whole line-up either way: all scores up to it can be counted in memory.</summary>
    public const int PointsMax = 50_000_000;

    /// <summary>One line-up in this many may wait outside the index before it is built again.</summary>
    private const int TailShare = 16;

    /// <summary>Groups larger than this are searched in order of acceptance instead of collected.</summary>
    private const int CollectMax = 10_000;

    /// <summary>More bands than this are not told: the standings of a contest are one message.</summary>
    public const int BandsMax = 1_000;

    private const int None = -1;

    private readonly LineupTable lineups = new(slots);
    private readonly ScoreCounts counts = new();
    private int[] scores = new int[1024];
    private int[] weights = new int[1024];
    private int[] firstEntry = new int[1024];
    private int[] memberPoints = new int[members];
    private int[] lineupOf = new int[1024];
    private int[] nextEntry = new int[1024];
    private MemberIndex? index;

    /// <summary>Largest points of one member either way.</summary>
    public int MemberPointsMax { get; } = PointsMax / slots;

    /// <summary>Entries that take part.</summary>
    public int Entries { get; private set; }

    public int Lineups => lineups.Count;

    /// <summary>The highest acceptance number put in.</summary>
    public long LastAcceptanceNo { get; private set; }

    /// <summary>Puts an entry in, or changes its line-up. Acceptance numbers count from 1.</summary>
    /// <param name="row">One member per slot in ascending order, or all <see cref="LineupTable.NoMember"/>.</param>
    public void Put(long acceptanceNo, ReadOnlySpan<int> row)
    {
        var entry = checked((int)acceptanceNo);
        while (entry >= lineupOf.Length)
        {
            Array.Resize(ref lineupOf, lineupOf.Length * 2);
            Array.Resize(ref nextEntry, nextEntry.Length * 2);
        }

        for (var skipped = LastAcceptanceNo + 1; skipped <= acceptanceNo; skipped++) lineupOf[skipped] = None;
        LastAcceptanceNo = Math.Max(LastAcceptanceNo, acceptanceNo);
        if (lineupOf[entry] != None) Remove(acceptanceNo);

        var lineup = lineups.Add(row);
        if (lineup >= scores.Length - 8) GrowLineups();
        if (weights[lineup] == 0 && lineup >= (index?.Lineups ?? 0)) scores[lineup] = Score(lineup);
        if (weights[lineup] == 0) firstEntry[lineup] = None;
        weights[lineup]++;
        lineupOf[entry] = lineup;
        nextEntry[entry] = firstEntry[lineup];
        firstEntry[lineup] = entry;
        Entries++;
        counts.Forget();
    }

    /// <summary>Takes an entry out if it is in.</summary>
    public void Drop(long acceptanceNo)
    {
        if (acceptanceNo <= LastAcceptanceNo && lineupOf[acceptanceNo] != None) Remove(acceptanceNo);
    }

    /// <summary>Takes an entry out.</summary>
    public void Remove(long acceptanceNo)
    {
        var entry = checked((int)acceptanceNo);
        var lineup = lineupOf[entry];
        Invariant.Holds(lineup != None, $"entry {acceptanceNo} is not in the standings");
        weights[lineup]--;
        lineupOf[entry] = None;
        if (firstEntry[lineup] == entry)
        {
            firstEntry[lineup] = nextEntry[entry];
        }
        else
        {
            var before = firstEntry[lineup];
            while (nextEntry[before] != entry) before = nextEntry[before];
            nextEntry[before] = nextEntry[entry];
        }

        Entries--;
        counts.Forget();
    }

    /// <summary>Makes room for members that were not known at first.</summary>
    public void GrowMembers(int count)
    {
        if (count > memberPoints.Length) Array.Resize(ref memberPoints, Math.Max(count, memberPoints.Length * 2));
    }

    /// <summary>Sets what a member is worth now and changes every line-up that holds it.</summary>
    /// <returns>True when anything changed.</returns>
    public bool SetPoints(int member, long points)
    {
        Invariant.Holds(points >= -MemberPointsMax && points <= MemberPointsMax,
            $"{points} points of one athlete are beyond {MemberPointsMax}");
        var difference = (int)points - memberPoints[member];
        if (difference == 0) return false;
        memberPoints[member] = (int)points;

        var indexed = Indexed();
        if (!indexed.IsCommon(member) && counts.Counted)
        {
            foreach (var lineup in indexed.Postings(member))
            {
                var from = scores[lineup];
                scores[lineup] = from + difference;
                if (counts.Counted) counts.Move(from, from + difference, weights[lineup]);
            }
        }
        else
        {
            counts.Forget();
            indexed.Add(member, difference, scores);
        }

        for (var lineup = indexed.Lineups; lineup < lineups.Count; lineup++)
        {
            if (!lineups.Members(lineup).Contains(member)) continue;
            scores[lineup] += difference;
            counts.Forget();
        }

        return true;
    }

    /// <summary>Where an entry stands; null when it does not take part.</summary>
    public Place? PlaceOf(long acceptanceNo)
    {
        if (acceptanceNo < 1 || acceptanceNo > LastAcceptanceNo || lineupOf[acceptanceNo] == None) return null;
        Count();
        var score = scores[lineupOf[acceptanceNo]];
        return new Place(acceptanceNo, counts.Above(score) + 1, score, counts.At(score) - 1);
    }

    /// <summary>The first entries by rank, then acceptance.</summary>
    public IReadOnlyList<Place> Top(int places)
    {
        Count();
        if (Entries == 0) return [];
        var lowest = counts.ScoreOfPlace(Math.Min(places, Entries));
        var found = new List<(int Score, int Entry)>();
        Collect(found, lowest, places);
        found.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Entry.CompareTo(b.Entry));
        return [.. found.Take(places)
            .Select(f => new Place(f.Entry, counts.Above(f.Score) + 1, f.Score, counts.At(f.Score) - 1))];
    }

    /// <summary>Entries per band of scores, lowest first, empty bands left out.</summary>
    /// <param name="bandWidth">Where that makes more than <see cref="BandsMax"/> bands, they are twice as wide, as often as it
    /// takes.</param>
    public IReadOnlyList<(long From, long To, int Entries)> Histogram(long bandWidth)
    {
        Count();
        List<(long From, long To, int Entries)> bands = [];
        for (var score = counts.Lowest; score <= counts.Highest; score++)
        {
            if (counts.At(score) > 0) AddTo(bands, score, counts.At(score), bandWidth);
        }

        while (bands.Count > BandsMax)
        {
            var narrow = bands;
            (bands, bandWidth) = ([], bandWidth * 2);
            foreach (var band in narrow) AddTo(bands, band.From, band.Entries, bandWidth);
        }

        return bands;
    }

    private static void AddTo(List<(long From, long To, int Entries)> bands, long score, int entries, long width)
    {
        var from = (long)Math.Floor((decimal)score / width) * width;
        if (bands.Count > 0 && bands[^1].From == from) bands[^1] = bands[^1] with { Entries = bands[^1].Entries + entries };
        else bands.Add((from, from + width, entries));
    }

    /// <summary>Counts the scores if anything moved since, so that any rank can be told.</summary>
    public void Count() => counts.Count(scores.AsSpan(0, lineups.Count), weights.AsSpan(0, lineups.Count));

    private void Collect(List<(int Score, int Entry)> found, int lowest, int places)
    {
        var searchInOrder = counts.At(lowest) > CollectMax;
        for (var lineup = 0; lineup < lineups.Count; lineup++)
        {
            var score = scores[lineup];
            if (score < lowest || weights[lineup] == 0 || (searchInOrder && score == lowest)) continue;
            for (var entry = firstEntry[lineup]; entry != None; entry = nextEntry[entry]) found.Add((score, entry));
        }

        for (var entry = 1; searchInOrder && entry <= LastAcceptanceNo && found.Count < places; entry++)
        {
            if (lineupOf[entry] != None && scores[lineupOf[entry]] == lowest) found.Add((lowest, entry));
        }
    }

    private MemberIndex Indexed()
    {
        var outside = lineups.Count - (index?.Lineups ?? 0);
        if (index is null || outside * TailShare > lineups.Count) index = MemberIndex.Build(lineups, memberPoints.Length);
        return index;
    }

    private int Score(int lineup)
    {
        var score = 0;
        foreach (var member in lineups.Members(lineup))
        {
            if (member >= 0) score += memberPoints[member];
        }

        return score;
    }

    private void GrowLineups()
    {
        Array.Resize(ref scores, scores.Length * 2);
        Array.Resize(ref weights, weights.Length * 2);
        Array.Resize(ref firstEntry, firstEntry.Length * 2);
    }
}
