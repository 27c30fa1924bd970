using ContestPipeline.Contestctl;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>Work of less than two seconds says nothing; longer work shows how far it is, as a bar or as lines.</summary>
public sealed class LongWorkTests
{
    [Fact]
    public void Nothing_is_shown_for_two_seconds_then_a_bar_that_is_taken_away_at_the_end()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter());
        var work = new LongWork("reading", clock, shown, isTerminal: true);

        work.Report((10, 100));
        Assert.Empty(shown.ToString());
        clock.Step(TimeSpan.FromSeconds(2));
        work.Report((50, 100));
        work.Report((51, 100));
        work.Dispose();

        Assert.Equal("\rreading [###############---------------] 50% 50 of 100\u001b[K\r\u001b[K", shown.ToString());
    }

    [Fact]
    public void In_a_file_there_are_lines_and_not_many()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter { NewLine = "\n" });
        using (var work = new LongWork("reading", clock, shown, isTerminal: false))
        {
            for (var second = 0; second < 25; second++)
            {
                work.Report((second * 1_000, 0));
                clock.Step(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal("reading 2,000\nreading 12,000\nreading 22,000\n", shown.ToString());
    }

    [Fact]
    public void More_than_was_thought_is_all_of_it()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter { NewLine = "\n" });
        using var work = new LongWork("reading", clock, shown, isTerminal: false);

        clock.Step(TimeSpan.FromSeconds(3));
        work.Report((120, 100));

        Assert.Contains("] 100% 120 of 100", shown.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A clock that stands until it is stepped.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Step(TimeSpan by) => ticks += by.Ticks;
    }
}
