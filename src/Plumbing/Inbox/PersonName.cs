using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>
/// One name for one person, wherever it came from: a token's subject, an operator's name, an id of a directory that does not mind
/// letter case.
/// </summary>
public static class PersonName
{
    /// <returns>Without blanks around it, in lower case, in Unicode's compatibility form (NFKC): <c>Ann@Example.org</c> and
    /// <c>ann@example.org </c> are one person.</returns>
    public static string Canonical(string name) => name.Normalize(NormalizationForm.FormKC).Trim().ToLowerInvariant();

    /// <summary>Whether two names are one person's.</summary>
    public static bool Same(string one, string other) => Canonical(one) == Canonical(other);

    /// <param name="name">As a token names somebody.</param>
    /// <param name="playerIds">The players whom that person is, if any.</param>
    /// <returns>Whether <paramref name="person"/> is that person, under whichever of the names.</returns>
    public static bool IsOf(string person, string name, IEnumerable<string> playerIds) =>
        Same(name, person) || playerIds.Any(id => Same(id, person));
}
