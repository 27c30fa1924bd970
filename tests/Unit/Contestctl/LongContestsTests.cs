using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Contracts;
using ContestPipeline.Unit.Scoring;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>Who publishes a contest that outlasts its topic is told what that needs.</summary>
public sealed class LongContestsTests
{
    private static readonly int s_days = Topics.Find(Topics.ContestEvents).RetentionDays;

    [Fact]
    public void A_contest_that_outlasts_its_topic_needs_a_back_up_and_a_shorter_one_does_not()
    {
        var contest = Build.Contest() with { GameStarts = null, ScoringEndsAt = null, CorrectionWindowSeconds = 3_600 };
        var longest = contest.LockAt.AddHours(1).AddDays(-s_days);

        Assert.Null(LongContests.Note(contest, longest));
        Assert.Contains($"keeps {s_days} days", LongContests.Note(contest, longest.AddSeconds(-1)), StringComparison.Ordinal);
        Assert.NotNull(LongContests.Note(contest with { ScoringEndsAt = contest.LockAt.AddDays(30) }, longest));
    }
}
