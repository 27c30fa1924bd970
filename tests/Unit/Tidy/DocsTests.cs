using System.Text.RegularExpressions;

namespace ContestPipeline.Unit.Tidy;

/// <summary>What the pages say about the tree is true: every path they name is there, every command they show exists.</summary>
public sealed partial class DocsTests
{
    private static readonly string[] s_folders =
        ["src", "tests", "docs", "scripts", "bench", "samples", ".ci", "Makefile", "Dockerfile", "docker-compose.yml", ".env.example", "README.md", "ContestPipeline.sln"];

    private static IEnumerable<string> Pages => Source.Files("docs", ".md").Append("README.md");

    [Fact]
    public void Every_path_a_page_names_exists()
    {
        var missing = from page in Pages
                      from path in Paths(page)
                      where !Source.Exists(path)
                      select $"{page}: {path}";

        Assert.Empty(missing.Distinct());
    }

    [Fact]
    public void Every_link_of_a_page_leads_somewhere()
    {
        var broken = from page in Pages
                     from link in Link().Matches(Source.Read(page)).Select(m => m.Groups[1].Value)
                     where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#')
                     let path = Path.Combine(Path.GetDirectoryName(page)!, link.Split('#')[0])
                     where !Source.Exists(path)
                     select $"{page}: {link}";

        Assert.Empty(broken);
    }

    [Fact]
    public void The_pages_that_a_newcomer_reads_first_are_there() =>
        Assert.All(
            (string[])["README.md", "docs/ARCHITECTURE.md", "docs/paths.md", "docs/decisions/0001-embedded-kafka.md"],
            page => Assert.True(Source.Read(page).Length > 500, page));

    [Fact]
    public void Every_make_target_is_a_script_or_builds() =>
        Assert.All(
            (string[])["demo", "demo-processes", "real-contest", "bench", "test", "contracts", "setup", "clean", "properties", "fuzz", "simulate", "mutants"],
            script => Assert.True(Source.Exists($"scripts/{script}"), script));

    [Fact]
    public void Every_test_a_page_names_exists()
    {
        var tests = Source.Files("tests", ".cs").Where(f => f.EndsWith("Tests.cs", StringComparison.Ordinal)).ToLookup(f => Path.GetFileNameWithoutExtension(f)!);
        var named = Pages.SelectMany(page => NamedTest().Matches(Source.Read(page)).Select(m => (Page: page, Class: m.Groups[1].Value, Test: m.Groups[2].Value))).ToArray();

        Assert.True(named.Length > 20, $"only {named.Length} tests are named");
        Assert.Empty(named.Where(n => !tests[n.Class].Any(f => Source.Read(f).Contains($" {n.Test}(", StringComparison.Ordinal))).Select(n => $"{n.Page}: {n.Class}.{n.Test}"));
    }

    private static IEnumerable<string> Paths(string page) =>
        Quoted().Matches(Source.Read(page)).Select(m => m.Groups[1].Value.TrimEnd('/', '.', ','))
            .Where(p => s_folders.Contains(p.Split('/')[0]) && !p.Contains('*') && !p.Contains('<') && !p.Contains('{') && !p.Contains(' '))
            .Where(p => !p.Contains("/bin/", StringComparison.Ordinal) && !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("NNN", StringComparison.Ordinal));

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
