namespace ContestPipeline.Unit.Tidy;

/// <summary>The deliberate breakages that `scripts/mutants` lays over the sources fit the sources as they are.</summary>
public sealed class MutantTests
{
    private const string Folder = "tests/Simulation/Mutants";
    private const int MutantsMin = 25;

    [Fact]
    public void There_are_enough_mutants_and_each_says_what_it_breaks()
    {
        var patches = Source.Files(Folder, ".patch");

        Assert.True(patches.Count >= MutantsMin, $"{patches.Count} mutants");
        Assert.All(patches, patch => Assert.EndsWith(".", Source.Lines(patch)[0], StringComparison.Ordinal));
    }

    [Fact]
    public void Every_mutant_fits_the_sources()
    {
        var unfit = from patch in Source.Files(Folder, ".patch")
                    from section in Source.Read(patch).Split("\n+++ b/").Skip(1)
                    let lines = section.Split('\n')
                    let file = lines[0]
                    from hunk in Hunks(lines)
                    where !Source.Exists(file) || !Source.Read(file).Contains(hunk, StringComparison.Ordinal)
                    select $"{patch} no longer fits {file}: change it so that it breaks the same thing again";

        Assert.Empty(unfit);
    }

    /// <summary>What each hunk expects to find.</summary>
    private static IEnumerable<string> Hunks(string[] patch)
    {
        List<string>? hunk = null;
        foreach (var line in patch)
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                if (hunk is not null) yield return string.Join('\n', hunk);
                hunk = [];
            }
            else if (hunk is not null && line is [' ' or '-', ..] && !line.StartsWith("--- a/", StringComparison.Ordinal))
            {
                hunk.Add(line[1..]);
            }
        }

        if (hunk is not null) yield return string.Join('\n', hunk);
    }
}
