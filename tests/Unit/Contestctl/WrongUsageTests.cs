using ContestPipeline.Contestctl;
using ContestPipeline.Unit.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>A line that was mistyped is answered with what was probably meant, and without the names of types.</summary>
public sealed class WrongUsageTests
{
    [Theory]
    [InlineData("contest shwo c", "Did you mean show?")]
    [InlineData("feed validat x", "Did you mean validate?")]
    [InlineData("contest show c --tpo 3", "Did you mean --top?")]
    [InlineData("payouts list --stat paid", "Did you mean --state?")]
    public async Task The_nearest_word_is_offered(string line, string offered) =>
        Assert.Contains(offered, await Errors(line), StringComparison.Ordinal);

    [Theory]
    [InlineData("contest show c --top ten", "expected a whole number")]
    [InlineData("feed play x --speed fast", "fast")]
    public async Task A_value_of_another_kind_is_told_in_words(string line, string said)
    {
        var errors = await Errors(line);

        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_that_does_not_fit_is_told_without_a_type_of_the_program()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"contestId":7}""", TestContext.Current.CancellationToken);

        var errors = await Errors($"contest create {file}");

        File.Delete(file);
        Assert.Equal("contestctl: $.contestId: expected text", errors.Trim());
    }

    private static async Task<string> Errors(string line)
    {
        var errors = new StringWriter { NewLine = "\n" };
        var session = new Session(new ConfigurationBuilder().Build(), new SteppedClock());

        var exitCode = await CommandLine.Run(line.Split(' '), session, errors, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Usage, exitCode);
        return errors.ToString();
    }
}
