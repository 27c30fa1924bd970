using System.Globalization;
using System.Text;

namespace ContestPipeline.Ingestion.Feed;

/// <summary>
/// Names of athletes without what sources spell differently: case, accents, points, apostrophes, blanks and generation marks.
/// Pure.
/// </summary>
public static class PlainName
{
    /// <summary>U+00C0 to U+017F without accents. The globalisation of .NET, which would know, is not there.</summary>
    private const string Latin =
        "aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggg"
            + "gggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private static readonly string[] s_suffixes = [" jr", " sr", " ii", " iii", " iv", " v"];

    /// <returns>Lower case, one blank between words; what is equal is the same name.</returns>
    public static string Of(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsWhiteSpace(c) && plain is { Length: > 0 } && plain[^1] != ' ') plain.Append(' ');
            else if (!char.IsWhiteSpace(c) && c is not ('.' or '\'' or '\u2019' or '`')
                && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                plain.Append(c is >= '\u00C0' and <= '\u017F' ? Latin[c - '\u00C0'] : char.ToLowerInvariant(c));
        }

        var words = plain.ToString().TrimEnd().TrimEnd(',');
        var suffix = s_suffixes.FirstOrDefault(s => words.EndsWith(s, StringComparison.Ordinal));
        return suffix is null ? words : words[..^suffix.Length].TrimEnd(',');
    }
}
