using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Run;

namespace ContestPipeline.Unit.Replaying;

/// <summary>What a run goes by: what it has produced, how long it waits, whose plan it takes.</summary>
public sealed class RunPartsTests
{
    private static readonly PartitionRange[] s_ten = [new(0, 0, 10), new(1, 0, 10)];

    [Fact]
    public void A_record_that_the_broker_refused_is_produced_on_resumption_though_it_took_later_ones()
    {
        var done = new ProducedRecords(2, [new(0, 100, 2), new(1, 100, 0)], [(0, 0), (0, 1), (0, 3), (0, 4)]);

        Assert.Equal([new PartitionRange(0, 2, 10), new PartitionRange(1, 0, 10)], done.Rest(s_ten));
        Assert.Equal([false, true, true, false], Enumerable.Range(2, 4).Select(offset => done.Has(0, offset)));
    }

    [Fact]
    public void Only_what_was_passed_is_written_down_and_counted_once()
    {
        var done = new ProducedRecords(2, [new(0, 100, 2), new(1, 100, 0)], [(0, 0), (0, 1), (0, 3)]);
        Assert.Equal((2L, 2L), (done.Count, done.Progress[0].ProducedTo));

        done.Pass(0, 2);
        done.Pass(0, 3);

        Assert.Equal((4L, 4L), (done.Count, done.Progress[0].ProducedTo));
        Assert.Equal([4L, 0L], done.Progress.Select(p => p.ProducedTo));
        var again = new ProducedRecords(done.Count, done.Progress, [(0, 0), (0, 1), (0, 2), (0, 3)]);
        again.PassRest(s_ten);
        Assert.Equal(4, again.Count);
    }

    [Fact]
    public void What_the_broker_dropped_before_it_was_produced_is_missing_in_the_count_and_what_it_dropped_afterwards_is_not()
    {
        var done = new ProducedRecords(3, [new(0, 100, 3)], [(0, 1), (0, 2), (0, 3), (0, 4)]);
        done.Pass(0, 8);
        done.Pass(0, 9);

        done.PassRest(s_ten[..1]);

        Assert.Equal((7L, 10L), (done.Count, done.Progress.Single().ProducedTo));
    }

    [Fact]
    public void Patience_runs_out_while_what_is_left_grows_or_goes_up_and_down_above_the_least_it_was()
    {
        var patience = new StallDetector(TimeSpan.FromSeconds(10));

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
        await File.WriteAllTextAsync(
            file, """{"hash":"0","plan":{"format":1,"effect":{}}}""", TestContext.Current.CancellationToken);

        var refused =
            await Assert.ThrowsAsync<InvariantException>(() => ReplayPlan.Read(file, TestContext.Current.CancellationToken));

        Assert.Contains("make it anew", refused.Message, StringComparison.Ordinal);
        File.Delete(file);
    }
}
