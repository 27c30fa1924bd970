using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Plumbing;

/// <summary>How the relay goes on where the broker refuses something.</summary>
public sealed class RefusedSlicesTests
{
    private const int RowsMax = 100;
    private readonly SteppedClock clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(64)]
    public void The_record_that_is_refused_is_found_and_everything_before_it_is_sent(int bad)
    {
        var slices = new RefusedSlices(clock);
        var sent = new Dictionary<short, long> { [3] = 0, [7] = 0 };

        var isStopped = false;
        for (var window = 0; window < 50 && !isStopped; window++) isStopped = Turn(slices, sent, horizon: 80, bad);

        Assert.True(isStopped);
        Assert.Equal(bad - 1, sent[3]);
        Assert.Equal(80, sent[7]);
    }

    [Fact]
    public void A_slice_that_has_stopped_is_tried_again_only_after_a_pause_and_then_goes_on_to_the_end()
    {
        var slices = new RefusedSlices(clock);
        var sent = new Dictionary<short, long> { [3] = 0 };
        Assert.True(slices.Refused(3, rows: 1));

        var before = slices.Next(sent, horizon: 80, RowsMax).Sent;
        clock.Step(RefusedSlices.Pause);
        var stoppedAgain = Turn(slices, sent, horizon: 80, bad: 1);
        clock.Step(RefusedSlices.Pause);
        for (var window = 0; window < 20; window++) Turn(slices, sent, horizon: 80, bad: 0);

        Assert.Empty(before);
        Assert.False(stoppedAgain, "it was told before that it stopped here");
        Assert.Equal(80, sent[3]);
    }

    /// <summary>
    /// One window of slice 3, whose rows are at every position and of which one is refused, and of slice 7, which has none.
    /// </summary>
    /// <returns>Whether slice 3 came to a stop.</returns>
    private static bool Turn(RefusedSlices slices, Dictionary<short, long> sent, long horizon, int bad)
    {
        var (from, rowsMax) = slices.Next(sent, horizon, RowsMax);
        var rows = from.ContainsKey(3) ? (int)Math.Min(rowsMax, horizon - sent[3]) : 0;
        var isRefused = rows > 0 && bad > sent[3] && bad <= sent[3] + rows;
        var upTo = rows == rowsMax ? sent[3] + rows : horizon;
        foreach (var slice in from.Keys.Where(slice => slice != 3 || !isRefused))
        {
            sent[slice] = upTo;
            slices.Passed(slice, RowsMax);
        }

        return isRefused && slices.Refused(3, rows);
    }
}
