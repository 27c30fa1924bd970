using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;

namespace ContestPipeline.Contestctl.Feeds;

/// <summary>How one game's messages follow each other in time: silences and floods.</summary>
internal sealed class FeedPace(string gameId, JudgeFeed judge)
{
    private readonly List<(long AtMs, string Place, bool IsOvertaken)> heard = [];
    private readonly List<(long AtMs, string Status)> statuses = [];
    private long lastStatus;
    private long second = -1;
    private int inSecond;

    public void Hear(FeedEntry entry)
    {
        var status = entry.Message as FeedStatusV1;
        heard.Add((entry.AtMs, entry.Place, status?.Sequence < lastStatus));
        if (status?.Sequence > lastStatus)
        {
            lastStatus = status.Sequence;
            statuses.Add((entry.AtMs, status.Status));
        }

        if (entry.AtMs / 1000 != second) (second, inSecond) = (entry.AtMs / 1000, 0);
        inSecond++;
        if (inSecond == FeedRules.FloodMin) judge.See(FeedRules.Flood);
        if (inSecond == FeedRules.FloodMax + 1)
            judge.Fail(FeedRules.Flood, gameId, entry.Place, $"more than {FeedRules.FloodMax} messages in a second");
    }

    /// <summary>By the times alone: what was overtaken on its way was no silence when it was sent.</summary>
    public void End()
    {
        heard.Sort();
        statuses.Sort();
        var (at, status) = (0, GameStatus.Scheduled);
        for (var i = 1; i < heard.Count; i++)
        {
            for (; at < statuses.Count && statuses[at].AtMs <= heard[i - 1].AtMs; at++) status = statuses[at].Status;
            // The wait for a status that was overtaken began before the one that says it is in progress.
            if (status != GameStatus.InProgress || heard[i].IsOvertaken) continue;
            judge.See(FeedRules.Silence);
            var silentMs = heard[i].AtMs - heard[i - 1].AtMs;
            if (silentMs > SilenceJob.SilenceSeconds * 1000L)
                judge.Fail(FeedRules.Silence, gameId, heard[i].Place, $"nothing came for {silentMs / 1000} s before it");
        }
    }
}
