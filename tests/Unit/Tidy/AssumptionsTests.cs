using System.Text.RegularExpressions;

namespace ContestPipeline.Unit.Tidy;

/// <summary>The ledger of assumptions names, for each step, the test that breaks what the step takes for granted.</summary>
public sealed partial class AssumptionsTests
{
    private const string Page = "docs/developers/assumptions.md";
    private const string Untested = "## Without a test";
    private const int RowsMin = 35;
    private static readonly string[] s_parts = ["## Stripe", "## Kafka", "## PostgreSQL", "## Clocks", "## Other people"];

    [Fact]
    public void Each_row_names_a_test_that_exists()
    {
        var files = Source.Files("tests", ".cs").Where(f => f.EndsWith("Tests.cs", StringComparison.Ordinal))
            .ToLookup(f => Path.GetFileNameWithoutExtension(f)!);
        var rows = Source.Lines(Page).TakeWhile(line => line != Untested)
            .Where(line => line.StartsWith("- ", StringComparison.Ordinal)).ToArray();

        Assert.True(rows.Length >= RowsMin, $"{rows.Length} rows");
        Assert.Empty(rows.Where(row => !Named().IsMatch(row)).Select(row => $"no test breaks: {row}"));
        Assert.Empty(
            rows.SelectMany(row =>
                Named().Matches(row).Select(named => (Class: named.Groups[1].Value, Test: named.Groups[2].Value)))
            .Where(named =>
                !files[named.Class].Any(file => Source.Read(file).Contains($" {named.Test}(", StringComparison.Ordinal)))
            .Select(named => $"{named.Class}.{named.Test} does not exist"));
    }

    [Fact]
    public void Nothing_that_a_step_depends_on_is_left_out() =>
        Assert.Empty(s_parts.Except(Source.Lines(Page), StringComparer.Ordinal));

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Named();
}
