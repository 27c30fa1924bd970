namespace ContestPipeline.Contracts;

/// <summary>
/// What ids and texts from outside may contain. Ids end up in keys, hashes and addresses, so their alphabet is small.
/// </summary>
public static class IdRules
{
    public const int IdCharsMax = 128;
    public const int TextCharsMax = 500;
    public const string IdExpected = "expected 1 to 128 of the characters A-Z a-z 0-9 . _ : - @ / +";

    /// <summary>What the feed can name: see the feed's contract.</summary>
    public const string FeedIdExpected =
        "expected 1 to 64 of the characters A-Z a-z 0-9 . _ : -, because the feed must be able to name it";

    public const int FeedIdCharsMax = 64;

    public static bool IsFeedId(string? id) =>
        IsId(id) && id!.Length <= FeedIdCharsMax && !id.AsSpan().ContainsAny('@', '/', '+');

    public const string NewIdExpected =
        "expected 1 to 128 of the characters A-Z a-z 0-9 . _ : - @ +, and no slash: ids are joined by slashes to keys, and two "
            + "contests could get the same one";

    /// <summary>
    /// Whether a contest, entry or player may be called so from now on. What exists under an id with a slash keeps it.
    /// </summary>
    public static bool IsNewId(string? id) => IsId(id) && !id!.Contains('/', StringComparison.Ordinal);

    public static bool IsId(string? id)
    {
        if (id is null || id.Length is 0 or > IdCharsMax) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-' or '@' or '/' or '+')) return false;
        }

        return true;
    }

    /// <summary>Text that can be stored and printed: no control characters, no half surrogates.</summary>
    public static bool IsClean(string? text) => text is not null && text.Length <= TextCharsMax && IsPrintable(text);

    /// <summary>As <see cref="IsClean"/>, of any length.</summary>
    public static bool IsPrintable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i])) return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }
}
