using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ContestPipeline.Unit.Tidy;

/// <summary>Which projects may reference which.</summary>
public sealed partial class ReferencesTests
{
    [Theory]
    [InlineData("Ingestion")]
    [InlineData("Scoring")]
    [InlineData("Settlement")]
    [InlineData("Payout")]
    public void A_worker_references_contracts_and_plumbing_alone(string worker) =>
        Assert.Equal(["Contracts", "Plumbing"], References(worker));

    [Theory]
    [InlineData("Plumbing", "Contracts")]
    [InlineData("Embedded", "Contracts, Plumbing")]
    [InlineData("Harness", "Contracts, Plumbing")]
    public void The_runtime_knows_neither_the_embedded_servers_nor_the_harness(string project, string references) =>
        Assert.Equal(references.Split(", "), References(project));

    /// <summary>What is published for production brings no database and no broker of its own.</summary>
    [Fact]
    public void No_program_of_an_image_brings_an_embedded_server()
    {
        var programs = CopiedFromBuild().Matches(Source.Read("Dockerfile")).Select(m => m.Groups["program"].Value).ToArray();

        Assert.Contains("Payout", programs);
        Assert.Contains("Contestctl", programs);
        Assert.DoesNotContain(programs, p => Reached(p).Contains("Embedded"));
    }

    private static string[] References(string project) =>
        [.. XDocument.Load(Source.Full($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).Order(StringComparer.Ordinal)];

    private static HashSet<string> Reached(string project) =>
        [.. References(project).SelectMany(r => (IEnumerable<string>)[r, .. Reached(r)])];

    [GeneratedRegex("^COPY --from=build /app/(?<program>[A-Za-z]+) ", RegexOptions.Multiline)]
    private static partial Regex CopiedFromBuild();
}
