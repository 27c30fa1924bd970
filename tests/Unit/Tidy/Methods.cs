using System.Text.RegularExpressions;

namespace ContestPipeline.Unit.Tidy;

/// <summary>Finds the bodies of methods by their indentation, which the build keeps regular.</summary>
internal static partial class Methods
{
    /// <returns>First line (from 1) and length of every block that is no type, at the two indentations members have.</returns>
    public static IEnumerable<(int FirstLine, int Lines)> Of(string[] lines)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            var indent = lines[i].Length - lines[i].TrimStart().Length;
            if (lines[i].Trim() != "{" || indent is not (4 or 8) || IsType(lines, i)) continue;

            var end = Array.FindIndex(lines, i, l => l.StartsWith(new string(' ', indent) + "}", StringComparison.Ordinal));
            if (end > i) yield return (i, end - i + 2);
        }
    }

    private static bool IsType(string[] lines, int brace)
    {
        for (var i = brace - 1; i >= 0 && lines[i].Trim() is not ("" or "{" or "}"); i--)
        {
            if (TypeWord().IsMatch(lines[i])) return true;
        }

        return false;
    }

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\b (?!.*=)")]
    private static partial Regex TypeWord();
}
