using System.Text.RegularExpressions;
using ContestPipeline.Contestctl;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Tidy;

/// <summary>What the pages say about the tree is true: every path they name is there, every command they show exists.</summary>
public sealed partial class DocsTests
{
    private const int ProjectPageLinesMax = 80;

    private static readonly string[] s_folders =
        ["src", "tests", "docs", "scripts", "bench", "samples", ".ci", "Makefile", "Dockerfile", "docker-compose.yml",
            ".env.example", "README.md", "ContestPipeline.sln"];

    private static IEnumerable<string> Pages => Source.Files("docs", ".md").Append("README.md");

    private static IEnumerable<string> Projects =>
        Source.Files("src", ".csproj").Concat(Source.Files("tests", ".csproj"))
            .Select(p => Path.GetDirectoryName(p)!.Replace('\\', '/'));

    [Fact]
    public void Every_project_has_a_page_of_at_most_two_screens_and_what_it_names_exists()
    {
        Assert.True(Projects.Count() > 12);
        Assert.All(Projects, project =>
        {
            var page = $"{project}/README.md";
            Assert.True(Source.Exists(page), $"{page} is missing");
            Assert.True(Source.Lines(page).Length <= ProjectPageLinesMax, $"{page} is longer than two screens");
            Assert.DoesNotContain(Named().Matches(Source.Read(page)).Select(m => m.Groups["path"].Value),
                path => !Source.Exists(path) && !Source.Exists($"{project}/{path}"));
        });
    }

    /// <summary>A page that lists folders lists all of them.</summary>
    [Fact]
    public void The_page_of_a_project_lists_its_folders()
    {
        var unlisted = from project in Projects
                       let page = Source.Read($"{project}/README.md")
                       where page.Contains("| folder |", StringComparison.Ordinal)
                           && !page.Contains("The other folders", StringComparison.Ordinal)
                       from folder in Source.Files(project).Select(f => f[(project.Length + 1)..]).Where(f => f.Contains('/'))
                           .Select(f => f.Split('/')[0]).Distinct()
                       where !page.Contains($"| `{folder}` |", StringComparison.Ordinal)
                       select $"{project}: {folder}";

        Assert.Empty(unlisted);
    }

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
            (string[])["README.md", "docs/ARCHITECTURE.md", "docs/paths.md", "docs/glossary.md", "docs/settings.md",
                "docs/developers/proof.md", "docs/decisions/0001-embedded-kafka.md"],
            page => Assert.True(Source.Read(page).Length > 500, page));

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/ARCHITECTURE.md")]
    [InlineData("docs/paths.md")]
    public void Every_type_and_method_a_walk_names_exists(string page)
    {
        var code = Source.Files("src", ".cs").Select(Source.Read).ToArray();

        var missing = from Match named in NamedMember().Matches(Source.Read(page))
                      let declaring = code.Where(c => Declares(c, named.Groups[1].Value)).ToArray()
                      where !declaring.Any(c => Regex.IsMatch(c, $@"\b{named.Groups[2].Value}\s*[(<]"))
                      select named.Value;

        Assert.Empty(missing.Distinct());
        Assert.True(page == "README.md" || NamedMember().Count(Source.Read(page)) > 10, $"{page} names no methods");
    }

    [Fact]
    public void Every_word_of_the_glossary_is_one_of_the_code()
    {
        var code = Source.Files("src", ".cs").Select(Source.Read).ToArray();
        var words = GlossaryName().Matches(Source.Read("docs/glossary.md")).Select(m => m.Groups[1].Value).ToArray();

        Assert.True(words.Length > 40, $"{words.Length} words");
        Assert.Empty(words.Where(word => !code.Any(c => Declares(c, word))).Select(word => $"`{word}` is no type"));
    }

    [Fact]
    public void Every_section_a_link_names_is_there()
    {
        var broken = from page in Pages
                     from link in Link().Matches(Source.Read(page)).Select(m => m.Groups[1].Value)
                     where !link.Contains("://", StringComparison.Ordinal) && link.Contains('#', StringComparison.Ordinal)
                     let parts = link.Split('#')
                     let target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0])
                     where !Source.Lines(target).Any(line => line.StartsWith('#') && Anchor(line) == parts[1])
                     select $"{page}: {link}";

        Assert.Empty(broken);
    }

    [Fact]
    public void The_readme_lists_the_commands_that_contestctl_has()
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = "test" }).Build();
        var commands = CommandLine.Root(new Session(settings, TimeProvider.System)).Subcommands.Select(c => c.Name);

        var listed = CommandList().Match(Source.Read("README.md")).Groups[1].Value.Split(", ");

        Assert.Equal(commands.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_readme_is_two_screens() => Assert.InRange(Source.Lines("README.md").Length, 40, 80);

    [Fact]
    public void Every_make_target_is_a_script_or_builds() =>
        Assert.All(
            (string[])["demo", "demo-processes", "real-contest", "bench", "test", "contracts", "setup", "clean", "properties",
                "fuzz", "simulate", "mutants"],
            script => Assert.True(Source.Exists($"scripts/{script}"), script));

    [Fact]
    public void Every_test_a_page_names_exists()
    {
        var tests = Source.Files("tests", ".cs").Where(f => f.EndsWith("Tests.cs", StringComparison.Ordinal))
            .ToLookup(f => Path.GetFileNameWithoutExtension(f)!);
        var named = Pages.SelectMany(page =>
            NamedTest().Matches(Source.Read(page)).Select(m => (Page: page, Class: m.Groups[1].Value, Test: m.Groups[2].Value)))
            .ToArray();

        Assert.True(named.Length > 20, $"only {named.Length} tests are named");
        Assert.Empty(named.Where(n => !tests[n.Class].Any(f => Source.Read(f).Contains($" {n.Test}(", StringComparison.Ordinal)))
            .Select(n => $"{n.Page}: {n.Class}.{n.Test}"));
    }

    private static bool Declares(string code, string type) =>
        Regex.IsMatch(code, $@"\b(class|record|struct|interface|enum) (struct )?{type}\b");

    /// <summary>As GitHub makes it of a heading.</summary>
    private static string Anchor(string heading) =>
        NotOfAnAnchor().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static IEnumerable<string> Paths(string page) =>
        Quoted().Matches(Source.Read(page)).Select(m => m.Groups[1].Value.TrimEnd('/', '.', ','))
            .Where(p => s_folders.Contains(p.Split('/')[0]) && !p.Contains('*') && !p.Contains('<') && !p.Contains('{')
                && !p.Contains(' '))
            .Where(p => !p.Contains("/bin/", StringComparison.Ordinal) && !p.Contains("/obj/", StringComparison.Ordinal)
                && !p.Contains("NNN", StringComparison.Ordinal));

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"`([A-Z]\w+)\.([A-Z]\w+)`")]
    private static partial Regex NamedMember();

    [GeneratedRegex(@"\(`(\w+)`\)\r?$", RegexOptions.Multiline)]
    private static partial Regex GlossaryName();

    [GeneratedRegex(@"`contestctl`: ([a-z, ]+) \|")]
    private static partial Regex CommandList();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotOfAnAnchor();

    /// <summary>What stands in backquotes and has a slash or the ending of a file.</summary>
    [GeneratedRegex(@"`(?<path>[A-Za-z][\w./-]*(/[\w.-]+|\.(cs|json|txt|yaml)))`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
