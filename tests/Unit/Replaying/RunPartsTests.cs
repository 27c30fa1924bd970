using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Run;

namespace ContestPipeline.Unit.Replaying;

/// <summary>What a run goes by: how long it waits, whose plan it takes.</summary>
public sealed class RunPartsTests
{
    [Fact]
    public void Patience_runs_out_while_what_is_left_grows_or_goes_up_and_down_above_the_least_it_was()
    {
        var patience = new Patience(TimeSpan.FromSeconds(10));

        Assert.False(patience.RanOut(100, TimeSpan.Zero));
        Assert.False(patience.RanOut(120, TimeSpan.FromSeconds(5)));
        Assert.False(patience.RanOut(99, TimeSpan.FromSeconds(9)));
        Assert.False(patience.RanOut(130, TimeSpan.FromSeconds(15)));
        Assert.False(patience.RanOut(99, TimeSpan.FromSeconds(19)));
        Assert.True(patience.RanOut(110, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_plan_of_an_older_version_is_refused_by_its_version_whatever_it_lacks()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"hash":"0","plan":{"format":1,"effect":{}}}""", TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<InvariantException>(() => ReplayPlan.Read(file, TestContext.Current.CancellationToken));

        Assert.Contains("make it anew", refused.Message, StringComparison.Ordinal);
        File.Delete(file);
    }
}
