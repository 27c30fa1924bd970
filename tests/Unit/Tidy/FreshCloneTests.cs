using System.Text.Json;
using System.Xml.Linq;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// A fresh clone restores and builds with the SDK alone: nothing that a script writes is read by a project, and every package is
/// pinned and locked.
/// </summary>
public sealed class FreshCloneTests
{
    private static readonly string[] s_shared = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"];

    private static string[] Projects { get; } =
        [.. Source.Files("src", ".csproj").Concat(Source.Files("tests", ".csproj")).Concat(Source.Files("bench", ".csproj"))];

    [Fact]
    public void Every_project_is_in_the_solution_and_has_a_lock_file()
    {
        var solution = Source.Read("ContestPipeline.sln").Replace('\\', '/');

        Assert.True(Projects.Length >= 15, $"{Projects.Length} projects");
        Assert.DoesNotContain(Projects, p => !solution.Contains($"\"{p}\"", StringComparison.Ordinal));
        Assert.DoesNotContain(Projects, p => !Source.Exists(LockFile(p)));
    }

    [Fact]
    public void Every_package_is_locked_at_the_version_that_is_pinned()
    {
        var pinned = XDocument.Load(Source.Full("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(
                p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value, StringComparer.OrdinalIgnoreCase);

        var wrong = from project in Projects
                    from package in XDocument.Load(Source.Full(project)).Descendants("PackageReference")
                    let name = package.Attribute("Include")!.Value
                    let locked = Locked(project, name)
                    where package.Attribute("Version") is not null || !pinned.TryGetValue(name, out var version)
                        || locked != version
                    select $"{project}: {name} is locked at {locked ?? "nothing"}, pinned at "
                        + $"{pinned.GetValueOrDefault(name) ?? "nothing"}";

        Assert.Empty(wrong);
    }

    /// <summary>
    /// Versions come from the tree alone: no property of the environment, no file of .build, no feed of this machine.
    /// </summary>
    [Fact]
    public void No_project_reads_what_a_script_makes()
    {
        Assert.DoesNotContain(
            s_shared.Concat(Projects),
            file => XDocument.Load(Source.Full(file)).Descendants("Import").Any()
                || Source.Read(file).Contains(".build", StringComparison.Ordinal));
        Assert.DoesNotContain("$(", Source.Read("Directory.Packages.props"), StringComparison.Ordinal);
        Assert.DoesNotContain((string[])["nuget.config", "NuGet.config", "NuGet.Config"], Source.Exists);
    }

    /// <summary>
    /// The test projects are applications of Microsoft's testing platform; without this, dotnet test of the .NET 10 SDK takes
    /// them for VSTest's and refuses.
    /// </summary>
    [Fact]
    public void Dotnet_test_is_told_the_platform_of_the_tests() =>
        Assert.Equal(
            "Microsoft.Testing.Platform",
            JsonDocument.Parse(Source.Read("global.json")).RootElement.TryGetProperty("test", out var test)
                ? test.GetProperty("runner").GetString() : null);

    private static string LockFile(string project) => $"{Path.GetDirectoryName(project)}/packages.lock.json";

    private static string? Locked(string project, string package)
    {
        using var locked = JsonDocument.Parse(Source.Read(LockFile(project)));
        var found = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(p => p.Name.Equals(package, StringComparison.OrdinalIgnoreCase)
                && p.Value.GetProperty("type").GetString() == "Direct").ToArray();
        return found.Length == 0 ? null : found[0].Value.GetProperty("resolved").GetString();
    }
}
