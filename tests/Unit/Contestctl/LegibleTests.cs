using ContestPipeline.Contestctl;
using Spectre.Console;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What others wrote does nothing to the terminal of whoever looks at it.</summary>
public sealed class LegibleTests
{
    [Theory]
    [InlineData("\u001b]0;title\u0007", @"\u001b]0;title\u0007")]
    [InlineData("\u001b[2K\rall is well", @"\u001b[2K\rall is well")]
    [InlineData("two\nlines\tand a tab", @"two\nlines\tand a tab")]
    [InlineData("\u009b31m, a control character of one byte", @"\u009b31m, a control character of one byte")]
    [InlineData("pay \u202e00.1$", @"pay \u202e00.1$")]
    [InlineData("Zoë, naïve, 日本", "Zoë, naïve, 日本")]
    public void What_would_move_the_cursor_or_turn_the_writing_is_shown_escaped(string foreign, string shown) =>
        Assert.Equal(shown, Legible.Line(foreign));

    [Fact]
    public void A_writer_lets_nothing_through_that_a_terminal_would_act_on_but_line_ends()
    {
        using var text = new StringWriter();
        using var writer = new LegibleWriter(text);

        writer.WriteLine("first\u001b[31m");
        writer.Write("second\u0008");

        Assert.Equal($"first\\u001b[31m{Environment.NewLine}second\\u0008", text.ToString());
    }

    [Fact]
    public void A_cell_of_a_table_is_one_line_and_has_no_escape_sequence()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(new LegibleWriter(text)) });
        var table = Output.Table("key");
        table.Row("k\u001b]52;c;ZXZpbA==\u0007\nnothing is parked");

        console.Write(table);

        Assert.Contains(@"k\u001b]52;c;ZXZpbA==\u0007\nnothing is parked", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text.ToString());
    }
}
