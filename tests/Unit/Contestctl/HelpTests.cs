using System.CommandLine;
using ContestPipeline.Contestctl;
using ContestPipeline.Plumbing;
using ContestPipeline.Unit.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>What a new operator meets first: help that fits a terminal, and one name for one thing.</summary>
public sealed class HelpTests
{
    private const int Columns = 80;

    [Fact]
    public async Task Help_of_every_command_fits_eighty_columns_but_for_examples_which_are_copied()
    {
        foreach (var path in Paths(CommandLine.Root(Session()), []).Prepend([]))
        {
            var help = await HelpOf(path);

            Assert.All(
                help.Split('\n').Where(l => !l.TrimStart().StartsWith("contestctl ", StringComparison.Ordinal)
                    && !l.TrimStart().StartsWith("export ", StringComparison.Ordinal)),
                line => Assert.True(line.TrimEnd().Length <= Columns, $"{string.Join(' ', path)}: {line}"));
        }
    }

    [Fact]
    public async Task Contestctl_alone_shows_its_help_with_one_sentence_of_each_command()
    {
        var alone = await Said([]);

        Assert.Equal(await HelpOf([]), alone);
        Assert.Contains("payouts", alone, StringComparison.Ordinal);
        Assert.DoesNotContain("contestctl doctor --json", alone, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrapped_says_the_same_and_examples_stay_on_their_line()
    {
        const string Example = "  contestctl replay run replay-plan.json --feed-file corrected.jsonl --who ann --why \"mended\"";
        var text = $"One two\nthree four.\n\nExamples:\n{Example}";

        Assert.Equal($"One two three four.\n\nExamples:\n{Example}", HelpText.Reflowed(text));
        Assert.Equal("A:\n  one\n    two\nthree four", HelpText.Reflowed("A:\n  one\n    two\nthree\nfour"));
        Assert.Equal("One two three four.", HelpText.FirstSentence(text));
        Assert.Equal("No end", HelpText.FirstSentence("No end"));
    }

    [Theory]
    [InlineData("replay", "pause", "run", "--by", "ann", "--reason", "busy")]
    [InlineData("replay", "pause", "run", "--who", "ann", "--why", "busy")]
    [InlineData("contest", "cancel", "c", "--who", "ann", "--why", "rain")]
    [InlineData("payouts", "reject", "p", "--reason", "fraud")]
    [InlineData("halt", "player", "p", "--why", "taken over")]
    public void Who_and_why_have_the_same_names_everywhere(params string[] line) =>
        Assert.Empty(CommandLine.Root(Session()).Parse(line).Errors);

    [Theory]
    [InlineData("Host=db;;x")]
    [InlineData("nonsense")]
    public void What_is_no_connection_string_is_a_wrong_setting_and_no_fault_of_the_program(string text)
    {
        var wrong = Assert.Throws<SettingException>(() => Session(("ADMIN_DATABASE", text)).AdminDatabase);

        Assert.Equal("ADMIN_DATABASE", wrong.Setting);
    }

    private static IEnumerable<string[]> Paths(Command command, string[] path) => command.Subcommands.SelectMany(inner =>
        Paths(inner, [.. path, inner.Name]).Prepend([.. path, inner.Name]));

    private static Task<string> HelpOf(string[] path) => Said([.. path, "--help"]);

    private static async Task<string> Said(string[] args)
    {
        var root = CommandLine.Root(Session());
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        HelpText.Fit(parsed.CommandResult.Command);
        var output = new StringWriter();
        await parsed.InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);
        return output.ToString();
    }

    private static Session Session(params (string Name, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))
            .Append(new("PIPELINE_ENVIRONMENT", "test"))).Build(), TimeProvider.System);
}
