using System.Collections.Frozen;
using System.Text.Json;

namespace ContestPipeline.Plumbing;

/// <summary>An enum in the code is a word in the database and on the wire: the member's name in snake case.</summary>
public static class StoredWord
{
    /// <returns>The member's word: <c>awaiting_funds</c> for AwaitingFunds.</returns>
    /// <exception cref="KeyNotFoundException">The value is no member.</exception>
    public static string Word<T>(this T member)
        where T : struct, Enum => Words<T>.All[member];

    private static class Words<T>
        where T : struct, Enum
    {
        internal static readonly FrozenDictionary<T, string> All = Enum.GetValues<T>().ToFrozenDictionary(
            m => m, m => JsonNamingPolicy.SnakeCaseLower.ConvertName(m.ToString()));
    }
}
