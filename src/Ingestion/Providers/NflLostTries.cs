namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// GameCenter files plays under drives, and the try after a touchdown by a returner or a defender belongs to no drive: the play
/// list loses it. The box still counts it. In a final document those tries are put back, each behind its touchdown, as far as the
/// box proves them.
/// </summary>
public static class NflLostTries
{
    /// <returns>The plays with the lost tries among them; ids of the form <c>{touchdown}-try</c>.</returns>
    public static IReadOnlyList<NflPlay> PutBack(IReadOnlyList<NflPlay> plays, IReadOnlyList<NflBoxLine> box)
    {
        var owed = Owed(plays, box);
        if (owed.Count == 0) return plays;

        var result = new List<NflPlay>(plays.Count + owed.Count);
        for (var i = 0; i < plays.Count; i++)
        {
            var play = plays[i];
            result.Add(play);
            var club = play.Events.FirstOrDefault(e => NflTouchdowns.IsOfReturn(play, e))?.Club;
            if (club is null || (i + 1 < plays.Count && NflTouchdowns.IsTry(plays[i + 1]))) continue;
            if (Take(owed, club) is { Count: > 0 } events)
                result.Add(new NflPlay($"{play.PlayId}-try", play.Quarter, play.Clock, club, events));
        }

        return result;
    }

    /// <summary>Tries that the box counts and the plays do not.</summary>
    private static List<NflStatEvent> Owed(IReadOnlyList<NflPlay> plays, IReadOnlyList<NflBoxLine> box)
    {
        var owed = new List<NflStatEvent>();
        foreach (var line in box)
        {
            var (statId, figure) = line.Category switch
            {
                "kicking" => (72, "xpmade"),
                "rushing" => (75, "twoptm"),
                "passing" => (77, "twoptm"),
                "receiving" => (104, "twoptm"),
                _ => (0, ""),
            };
            if (statId == 0 || !line.Figures.TryGetValue(figure, out var made)) continue;
            var inPlays = plays.Sum(p => p.Events.Count(e => e.AthleteId == line.AthleteId && e.StatId == statId));
            for (var missing = made - inPlays; missing > 0; missing--)
                owed.Add(new NflStatEvent(line.AthleteId, line.Club, statId, 0));
        }

        return owed;
    }

    /// <summary>One try: a kick, or a run, or a pass with its catch.</summary>
    private static List<NflStatEvent> Take(List<NflStatEvent> owed, string club)
    {
        NflStatEvent? One(int statId)
        {
            var found = owed.Find(e => e.Club == club && e.StatId == statId);
            if (found is not null) owed.Remove(found);
            return found;
        }

        if ((One(72) ?? One(75)) is { } single) return [single];
        return [.. new[] { One(77), One(104) }.OfType<NflStatEvent>()];
    }
}
