using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ContestPipeline.Plumbing;

/// <summary>One numbered SQL file of an assembly.</summary>
/// <param name="Source"><c>plumbing</c> for the machinery's own tables, <c>worker</c> for the rest; each is numbered from
/// 001.</param>
public sealed record MigrationFile(string Source, int Number, string Name, string Sql)
{
    /// <summary>Of the text as written, so that one edit of a landed file shows.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>Reads the embedded <c>Sql/NNN-what-it-does.sql</c> files.</summary>
public static partial class MigrationFiles
{
    /// <summary>All that make up a worker's schema, in the order they land: the machinery's tables, then its own.</summary>
    /// <exception cref="InvariantException">The numbers have a gap or a repetition.</exception>
    public static IReadOnlyList<MigrationFile> OfWorker(Assembly migrations) =>
        [.. Of(typeof(Migrator).Assembly, "plumbing"), .. Of(migrations, "worker")];

    /// <exception cref="InvariantException">The numbers have a gap or a repetition.</exception>
    public static IReadOnlyList<MigrationFile> Of(Assembly assembly, string source)
    {
        var files = assembly.GetManifestResourceNames()
            .Select(resource => (Resource: resource, Match: FileName().Match(resource)))
            .Where(found => found.Match.Success)
            .Select(found => new MigrationFile(
                source, int.Parse(found.Match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                found.Match.Groups[1].Value + "-" + found.Match.Groups[2].Value, Read(assembly, found.Resource)))
            .OrderBy(file => file.Number).ToArray();
        for (var i = 0; i < files.Length; i++)
            Invariant.Holds(files[i].Number == i + 1,
                $"{assembly.GetName().Name}: migration {i + 1:000} is missing or there twice ({files[i].Name})");
        return files;
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"Sql\.(\d{3})-([a-z0-9-]+)\.sql$")]
    private static partial Regex FileName();
}
