namespace ContestPipeline.Contracts;

/// <summary>An id as part of a key whose parts are joined by slashes.</summary>
public static class KeyPart
{
    /// <returns>The id itself; of one of before slashes were refused in ids, <c>%2F</c> for each of them, and <c>%25</c> for a
    /// percent sign, so that no two ids look alike.</returns>
    public static string Of(string id) =>
        id.AsSpan().ContainsAny('/', '%')
            ? id.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal) : id;
}
