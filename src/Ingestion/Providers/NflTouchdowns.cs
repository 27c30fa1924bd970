namespace ContestPipeline.Ingestion.Providers;

/// <summary>Which touchdowns a returner or a defender scored, and which tries follow them. Pure.</summary>
public static class NflTouchdowns
{
    private static readonly int[] s_tries = [72, 73, 74, 75, 76, 77, 78, 104, 105, 301];
    private static readonly int[] s_ofOffence = [11, 13, 16, 18, 22, 24];
    private static readonly int[] s_ofReturn = [26, 28, 34, 36, 46, 48, 60, 62, 64, 108];

    public static bool IsTry(NflPlay play) => play.Events.Any(e => s_tries.Contains(e.StatId));

    /// <summary>A fumble recovered by the club that had snapped the ball is a touchdown of the offence.</summary>
    public static bool IsOfReturn(NflPlay play, NflStatEvent e) =>
        s_ofReturn.Contains(e.StatId) || (e.StatId is 56 or 58 && e.Club != play.Offence);

    /// <summary>A try belongs to the last touchdown of its club before it.</summary>
    /// <param name="plays">In the order of the game.</param>
    public static IReadOnlyList<NflPlay> MarkTries(IReadOnlyList<NflPlay> plays)
    {
        var afterReturn = new Dictionary<string, bool>(StringComparer.Ordinal);
        var marked = new List<NflPlay>(plays.Count);
        foreach (var play in plays)
        {
            var isMarked = IsTry(play) && afterReturn.GetValueOrDefault(play.Events.First(e => s_tries.Contains(e.StatId)).Club);
            marked.Add(isMarked ? play with { IsTryAfterReturn = true } : play);
            foreach (var e in play.Events)
            {
                if (IsOfReturn(play, e)) afterReturn[e.Club] = true;
                else if (s_ofOffence.Contains(e.StatId) || e.StatId is 56 or 58) afterReturn[e.Club] = false;
            }
        }

        return marked;
    }
}
