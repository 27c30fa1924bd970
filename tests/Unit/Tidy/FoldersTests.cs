using System.Text.RegularExpressions;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// The folders of Payout are namespaces that depend in one direction: the order in which docs/payout.md lists them.
/// </summary>
public sealed partial class FoldersTests
{
    private const string Project = "src/Payout";
    private const string Page = "docs/payout.md";
    private const string Prefix = "ContestPipeline.Payout";

    private static readonly IReadOnlyList<string> s_files = Source.Files(Project, ".cs");

    private static IReadOnlyList<string> Listed { get; } =
        [.. Source.Lines(Page).Select(l => Item().Match(l)).Where(m => m.Success).Select(m => m.Groups["folder"].Value)];

    [Fact]
    public void Each_file_is_in_the_namespace_of_its_folder() =>
        Assert.DoesNotContain(s_files,
            f => FolderOf(f) is { } folder && Declared().Match(Source.Read(f)).Groups["name"].Value != NamespaceOf(folder));

    [Fact]
    public void The_page_lists_each_folder_once() =>
        Assert.Equal(s_files.Select(FolderOf).OfType<string>().Distinct().Order(StringComparer.Ordinal),
            Listed.Order(StringComparer.Ordinal));

    [Fact]
    public void A_folder_uses_only_folders_that_the_page_lists_before_it()
    {
        var place = Listed.Select((folder, i) => (folder, i)).ToDictionary(f => f.folder, f => f.i);
        var uses = s_files.Where(f => FolderOf(f) is not null).SelectMany(f => Used(f).Select(used => (File: f, Used: used)))
            .ToArray();

        Assert.True(uses.Length > 300, $"only {uses.Length} uses were found: they are looked for wrongly");
        Assert.Empty(uses.Where(u => place[u.Used] >= place[FolderOf(u.File)!]).Select(u => $"{u.File} uses {u.Used}"));
    }

    /// <summary>
    /// A folder is used by naming its namespace, in a using or before a type; within an inner folder by naming one of its types.
    /// </summary>
    private static IEnumerable<string> Used(string file)
    {
        var own = FolderOf(file)!;
        var code = Comment().Replace(Source.Read(file), "");
        return Listed.Where(folder => folder != own && (own.StartsWith(folder + "/", StringComparison.Ordinal)
            ? s_files.Any(f => FolderOf(f) == folder && Regex.IsMatch(code, $@"\b{Path.GetFileNameWithoutExtension(f)}\b"))
            : Regex.IsMatch(code, $@"\b{Regex.Escape(NamespaceOf(folder))}(;|\.[A-Z]\w*\b(?!;))")
                || Regex.IsMatch(code, $@"(?<![\w.])(Payout\.)?{Regex.Escape(folder.Replace('/', '.'))}\.[A-Z]\w+\.")));
    }

    /// <returns>Null: the root, which puts everything together.</returns>
    private static string? FolderOf(string file) =>
        Path.GetDirectoryName(file)![Project.Length..].TrimStart('/').Replace('\\', '/') is { Length: > 0 } folder
            ? folder : null;

    private static string NamespaceOf(string folder) => $"{Prefix}.{folder.Replace('/', '.')}";

    [GeneratedRegex(@"^\d+\. `(?<folder>[A-Za-z/]+)` - ")]
    private static partial Regex Item();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
