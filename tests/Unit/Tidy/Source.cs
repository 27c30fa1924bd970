namespace ContestPipeline.Unit.Tidy;

/// <summary>The checkout the tests were built from, as files.</summary>
internal static class Source
{
    private static readonly string[] s_generated = ["bin", "obj", ".git", ".build", ".state", "TestResults",
        "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes, of all files of these kinds under a folder.</summary>
    public static IReadOnlyList<string> Files(string under, params string[] extensions) =>
        !Directory.Exists(Full(under)) ? [] :
        [.. Walk(Full(under))
            .Where(f => extensions.Length == 0 || extensions.Contains(Path.GetExtension(f)))
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Full(path));

    public static string[] Lines(string path) => File.ReadAllLines(Full(path));

    public static bool Exists(string path) => File.Exists(Full(path)) || Directory.Exists(Full(path));

    public static string Full(string path) => Path.Combine(Root, path);

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(d => !s_generated.Contains(Path.GetFileName(d))).SelectMany(Walk));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"no ContestPipeline.sln above {AppContext.BaseDirectory}");
    }
}
