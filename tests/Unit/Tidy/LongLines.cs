using System.Text.RegularExpressions;

namespace ContestPipeline.Unit.Tidy;

/// <summary>Lines of C# that should have been broken.</summary>
internal static partial class LongLines
{
    private const string Raw = "\"\"\"";

    /// <returns>Numbers of the lines, from 1.</returns>
    internal static IEnumerable<int> Of(IReadOnlyList<string> lines, int max)
    {
        var isRaw = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var quotes = lines[i].Split(Raw).Length - 1;
            if (lines[i].Length > max && !isRaw && quotes == 0 && !Unbreakable().IsMatch(lines[i])) yield return i + 1;
            if (quotes % 2 == 1) isRaw = !isRaw;
        }
    }

    /// <summary>One string from the beginning of the line on, or the name of a test.</summary>
    [GeneratedRegex(@"^\s*([+?:(]\s*|return |Say\()*[$@]*""|^    public (async )?(void|Task) \w+\(\w* ?\w*\)")]
    private static partial Regex Unbreakable();
}
