using System.Globalization;
using System.IO.Compression;
using ContestPipeline.Ingestion.Providers;
using CsvHelper;

namespace ContestPipeline.Unit.Ingestion;

/// <summary>Finds the real data beside the checkout; tests that need it skip, and say so, where it is absent.</summary>
public static class SharedData
{
    public static string Repository { get; } = FindRepository();

    private static string Folder => Path.GetFullPath(Path.Combine(Repository, "..", "shared", "data"));

    /// <summary>Skips the calling test where the data is absent.</summary>
    public static string Require(string relative)
    {
        var path = Path.Combine(Folder, relative);
        Assert.SkipUnless(Path.Exists(path), $"../shared/data/{relative} is not beside this checkout");
        return path;
    }

    public static byte[] Unzipped(string path)
    {
        using var file = File.OpenRead(path);
        using var zip = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zip.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static NflGameCenterDocument Game(string relative)
    {
        var read = ReadNflGameCenter.Read(Unzipped(Require(relative)));
        return Assert.IsType<NflDocumentRead.Understood>(read).Document;
    }

    public static DateTimeOffset Kickoff(NflGameCenterDocument game) => NflSchedule.Guess(game.GameId)!.Value;

    /// <summary>Gsis id to full name, as of the snapshot.</summary>
    public static IReadOnlyDictionary<string, string> PlayerNames() =>
        Rows(File.OpenText(Require("nfl-gamecenter/players.csv"))).ToDictionary(c => c[0], c => c[1], StringComparer.Ordinal);

    /// <summary>The rows of a CSV file under its header.</summary>
    public static IEnumerable<string[]> Rows(TextReader text)
    {
        using var csv = new CsvParser(text, CultureInfo.InvariantCulture);
        csv.Read();
        while (csv.Read()) yield return csv.Record!;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
