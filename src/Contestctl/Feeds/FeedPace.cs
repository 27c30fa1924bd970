using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>How one game's messages follow each other in time: silences and floods.</summary>
internal sealed class FeedPace(string gameId, JudgeFeed judge)
{
    private readonly List<(long AtMs, string Place)> live = [];
    private long second = -1;
    private int inSecond;

    /// <param name="status">Of the game before this message.</param>
    public void Hear(FeedEntry entry, string status)
    {
        if (status == GameStatus.InProgress) live.Add((entry.AtMs, entry.Place));
        if (entry.AtMs / 1000 != second) (second, inSecond) = (entry.AtMs / 1000, 0);
        inSecond++;
        if (inSecond == FeedRules.FloodMin) judge.See(FeedRules.Flood);
        if (inSecond == FeedRules.FloodMax + 1)
            judge.Fail(FeedRules.Flood, gameId, entry.Place, $"more than {FeedRules.FloodMax} messages in a second");
    }

    /// <summary>By the times alone: what came late was no silence when it was sent.</summary>
    public void End()
    {
        live.Sort();
        judge.See(FeedRules.Silence, live.Count);
        for (var i = 1; i < live.Count; i++)
        {
            var silentMs = live[i].AtMs - live[i - 1].AtMs;
            if (silentMs > SilenceJob.SilenceSeconds * 1000L)
                judge.Fail(FeedRules.Silence, gameId, live[i].Place, $"nothing came for {silentMs / 1000} s before it");
        }
    }
}
