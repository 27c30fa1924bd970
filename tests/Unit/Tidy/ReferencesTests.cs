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

    /// <summary>Workers are generic hosts; what answers over HTTP names the ASP.NET framework itself.</summary>
    [Fact]
    public void Workers_are_generic_hosts_and_what_serves_HTTP_names_the_framework_itself()
    {
        string[] all = [.. Source.Files("src", ".csproj").Select(f => Path.GetFileNameWithoutExtension(f))];
        string[] workers = ["Ingestion", "Payout", "Scoring", "Settlement"];
        string[] serving = [.. all.Where(project => Source.Files($"src/{project}", ".cs")
            .Any(file => Source.Read(file).Contains("using Microsoft.AspNetCore", StringComparison.Ordinal)))];

        Assert.Equal(
            ["AllInOne", .. workers], all.Where(p => Sdk(p) == "Microsoft.NET.Sdk.Worker").Order(StringComparer.Ordinal));
        Assert.Equal(serving.Where(p => Sdk(p) != "Microsoft.NET.Sdk.Web").Union(workers).Order(StringComparer.Ordinal),
            all.Where(NamesTheFramework).Order(StringComparer.Ordinal));
    }

    private static string? Sdk(string project) => Project(project).Root!.Attribute("Sdk")?.Value;

    private static bool NamesTheFramework(string project) =>
        Project(project).Descendants("FrameworkReference").Any(r => r.Attribute("Include")?.Value == "Microsoft.AspNetCore.App");

    private static XDocument Project(string project) => XDocument.Load(Source.Full($"src/{project}/{project}.csproj"));

    private static string[] References(string project) =>
        [.. Project(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).Order(StringComparer.Ordinal)];

    private static HashSet<string> Reached(string project) =>
        [.. References(project).SelectMany(r => (IEnumerable<string>)[r, .. Reached(r)])];

    [GeneratedRegex("^COPY --from=build /app/(?<program>[A-Za-z]+) ", RegexOptions.Multiline)]
    private static partial Regex CopiedFromBuild();
}
