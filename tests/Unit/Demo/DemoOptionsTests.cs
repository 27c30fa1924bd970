using ContestPipeline.Demo;


namespace ContestPipeline.Unit.Demo;

/// <summary>The demo's arguments, and figures written for people.</summary>
public sealed class DemoOptionsTests
{
    [Fact]
    public void Without_arguments_the_defaults_hold() =>
        Assert.Equal(
            (new DemoOptions(DemoOptions.DefaultSpeed, DemoOptions.DefaultSeed, Keep: false), null), DemoOptions.Parse([]));

    [Fact]
    public void Speed_seed_and_keep_are_read() =>
        Assert.Equal((new DemoOptions(60, 5, Keep: true), null), DemoOptions.Parse(["--seed", "5", "--keep", "--speed", "60"]));

    [Theory]
    [InlineData("--speed")]
    [InlineData("--speed", "fast")]
    [InlineData("--speed", "-1")]
    [InlineData("--seed", "1.5")]
    [InlineData("--loud")]
    public void Anything_else_is_refused_with_one_sentence(params string[] args)
    {
        var (options, error) = DemoOptions.Parse(args);

        Assert.Null(options);
        Assert.Contains(args[0], error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(123_456, 2, "1234.56")]
    [InlineData(-205, 2, "-2.05")]
    [InlineData(5, 0, "5")]
    [InlineData(5, 4, "0.0005")]
    public void Points_are_written_with_their_scale(long points, int scale, string text) =>
        Assert.Equal(text, Figures.Points(points, scale));

    [Fact]
    public void A_line_that_is_too_wide_goes_on_below_at_a_space_and_no_word_is_lost_or_cut()
    {
        var line = "    " + string.Join(' ', Enumerable.Range(0, 60).Select(n => new string((char)('a' + n % 26), 1 + n % 9)));

        var parts = Figures.Wrapped(line, 40).ToArray();

        Assert.All(parts, p => Assert.InRange(p.Length, 1, 40));
        Assert.All(parts.Skip(1), p => Assert.StartsWith("      ", p, StringComparison.Ordinal));
        Assert.Equal(line.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            parts.SelectMany(p => p.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(["short"], Figures.Wrapped("short", 40));
        Assert.Equal(["a", "  " + new string('x', 50), "  b"], Figures.Wrapped($"a {new string('x', 50)} b", 40));
    }

    [Fact]
    public void Money_is_written_in_dollars_and_cents() => Assert.Equal("$2,499.05", Figures.Usd(249_905));
}
