using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Embedded;

/// <summary>Finds PostgreSQL's programs: PG_BIN, then the newest under /usr/lib/postgresql, then PATH.</summary>
public static class PostgresBinaries
{
    private const int OldestVersion = 15;

    /// <exception cref="SettingException">There are none.</exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } chosen) return HasPostgres(chosen) ? chosen
            : throw new SettingException("PG_BIN", $"names {chosen}, where there is no initdb and postgres");
        return Versioned().Concat(OnPath()).FirstOrDefault(HasPostgres)
            ?? throw new SettingException(
                "PG_BIN", $"is not set and PostgreSQL {OldestVersion} or newer is not installed (apt-get install postgresql)");
    }

    private static IEnumerable<string> Versioned() =>
        !Directory.Exists("/usr/lib/postgresql") ? [] :
        Directory.GetDirectories("/usr/lib/postgresql")
            .Select(d => (Folder: d, Version: int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var v) ? v : 0))
            .Where(d => d.Version >= OldestVersion).OrderByDescending(d => d.Version).Select(d => Path.Combine(d.Folder, "bin"));

    private static string[] OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    private static bool HasPostgres(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));
}
