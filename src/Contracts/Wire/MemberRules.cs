using System.Text.RegularExpressions;

namespace ContestPipeline.Contracts;

/// <summary>
/// What a member of a message may be beyond its type, for the published schemas. Where the member is a list or a dictionary, each
/// of its values is meant.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = true)]
public abstract class MemberRuleAttribute : Attribute
{
    /// <summary>The member of the list's records that is meant, as it is written; null: the member itself.</summary>
    public string? Of { get; init; }
}

/// <summary>One of these words, and no other.</summary>
public sealed class OneOfAttribute : MemberRuleAttribute
{
    public OneOfAttribute(params string[] words) => Words = words;

    /// <param name="words">A class whose static <c>All</c> lists them.</param>
    public OneOfAttribute(Type words) =>
        Words = [.. (IEnumerable<string>)words.GetProperty("All")!.GetValue(null)!];

    public IReadOnlyList<string> Words { get; }
}

/// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
public sealed class BetweenAttribute(long min, long max = long.MaxValue) : MemberRuleAttribute
{
    public long Min { get; } = min;

    /// <summary>The greatest of 64 bits: only its type bounds it.</summary>
    public long Max { get; } = max;
}

/// <summary>A text that matches <paramref name="pattern"/> (ECMA 262), like <paramref name="example"/>.</summary>
public class MatchesAttribute(string pattern, string example) : MemberRuleAttribute
{
    public string Pattern { get; } = pattern;
    public string Example { get; } = example;
}

/// <summary>So many elements at most.</summary>
public sealed class AtMostAttribute(int elements) : MemberRuleAttribute
{
    public int Elements { get; } = elements;
}

/// <summary>The vocabulary that all messages share: what every member of such a name is.</summary>
public static partial class MemberRules
{
    private static readonly MatchesAttribute s_hash = new("^[0-9a-f]{64}$", new string('a', 64));
    private static readonly BetweenAttribute s_count = new(0);
    private static readonly BetweenAttribute s_numbered = new(1);

    /// <param name="name">As the type spells it.</param>
    /// <param name="type">Of the member.</param>
    /// <returns>Null when the name alone says nothing.</returns>
    public static MemberRuleAttribute? ByName(string name, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return name switch
            {
                "Currency" => new MatchesAttribute("^[a-z]{3}$", "usd"),
                "Digest" => s_hash,
                "EntriesHash" => new MatchesAttribute("^[0-9a-f]{32}$", new string('a', 32)),
                _ => Hash().IsMatch(name) ? s_hash : null,
            };
        }

        if (type != typeof(int) && type != typeof(long)) return null;
        return name switch
        {
            _ when name.EndsWith("Bps", StringComparison.Ordinal) => new BetweenAttribute(0, PrizeRules.BpsTotal),
            _ when Numbered().IsMatch(name) => s_numbered,
            _ when Count().IsMatch(name) => s_count,
            _ => null,
        };
    }

    [GeneratedRegex("(^|[a-z])(Hash|Sha256)$")]
    private static partial Regex Hash();

    [GeneratedRegex("^(Revision|Version|Attempt|Episode|Rank|Sequence|.+No)$")]
    private static partial Regex Numbered();

    [GeneratedRegex("(^(Chunk|Entries|Winners|Partition|Offset|Scale|SlotIndex)|Minor|Count|Chunks|Max|Seconds)$")]
    private static partial Regex Count();
}
