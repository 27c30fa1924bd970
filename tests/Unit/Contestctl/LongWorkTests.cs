using System.Net;
using System.Net.Sockets;
using ContestPipeline.Contestctl;
using ContestPipeline.Unit.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>
/// Work of less than two seconds says nothing; longer work shows how far it is or what it waits for, once, as a line that is
/// rewritten or as lines.
/// </summary>
public sealed class LongWorkTests
{
    private const string Erase = "\r\u001b[K";

    [Fact]
    public void Nothing_is_shown_for_two_seconds_then_a_bar_that_is_taken_away_at_the_end()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter());
        var work = new LongWork("reading", clock, new ProgressLine(shown, isTerminal: true));

        work.Report((10, 100));
        clock.Step(TimeSpan.FromSeconds(1.9));
        Assert.Empty(shown.ToString());
        work.Report((50, 100));
        clock.Step(TimeSpan.FromSeconds(0.1));
        work.Report((51, 100));
        work.Dispose();

        Assert.Equal(Drawn("reading [###############---------------] 50% 50 of 100") + Erase, shown.ToString());
    }

    [Fact]
    public void In_a_file_there_are_lines_and_not_many()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter { NewLine = "\n" });
        using (var work = new LongWork("reading", clock, new ProgressLine(shown, isTerminal: false)))
        {
            for (var second = 0; second < 25; second++)
            {
                work.Report((second * 1_000, 0));
                clock.Step(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal("reading 1,000\nreading 11,000\nreading 21,000\n", shown.ToString());
    }

    [Fact]
    public void More_than_was_thought_is_all_of_it()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter { NewLine = "\n" });
        using var work = new LongWork("reading", clock, new ProgressLine(shown, isTerminal: false));

        work.Report((120, 100));
        clock.Step(TimeSpan.FromSeconds(3));

        Assert.Contains("] 100% 120 of 100", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Work_within_work_is_shown_in_its_place_and_the_outer_comes_back_after_it()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter { NewLine = "\n" });
        var line = new ProgressLine(shown, isTerminal: false);
        using (new LongWork("outer", clock, line))
        {
            using (new LongWork("inner", clock, line)) clock.Step(TimeSpan.FromSeconds(11));
            clock.Step(TimeSpan.FromSeconds(9));
        }

        Assert.Equal("inner, 2 s\nouter, 12 s\n", shown.ToString());
    }

    [Fact]
    public void What_says_nothing_turns_in_a_terminal_and_shows_its_seconds()
    {
        var (clock, shown) = (new SteppedClock(), new StringWriter());
        using var work = new LongWork("looking", clock, new ProgressLine(shown, isTerminal: true));

        clock.Step(TimeSpan.FromSeconds(2.5));

        Assert.Equal(Drawn("| looking, 2 s") + Drawn("/ looking, 2 s") + Drawn("- looking, 2 s"), shown.ToString());
    }

    [Fact]
    public async Task A_command_whose_database_is_silent_says_what_it_waits_for_on_stderr_and_ends_with_its_sentence()
    {
        using var database = new TcpListener(IPAddress.Loopback, 0);
        database.Start();
        var (clock, errors) = (new SteppedClock(), new StringWriter { NewLine = "\n" });
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ADMIN_DATABASE"] =
                $"Host=127.0.0.1;Port={((IPEndPoint)database.LocalEndpoint).Port};Username=nobody;Database=none;Pooling=false;Timeout=0;Ssl Mode=Disable",
        }).Build();

        var command = CommandLine.Run(
            ["payouts", "list", "--json"], new Session(settings, clock), errors, TestContext.Current.CancellationToken);
        var asked = await database.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        clock.Step(TimeSpan.FromSeconds(1));
        var early = errors.ToString();
        clock.Step(TimeSpan.FromSeconds(2));
        database.Stop();
        asked.Dispose();

        Assert.Equal(ExitCodes.Usage, await command);
        Assert.Empty(early);
        var lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("contestctl payouts list: waiting for PostgreSQL, 2 s", lines[0]);
        Assert.StartsWith("contestctl: ADMIN_DATABASE names a database that does not answer", Assert.Single(lines[1..]),
            StringComparison.Ordinal);
    }

    private static string Drawn(string words) => $"{Erase}\u001b[?7l{words}\u001b[?7h";
}
