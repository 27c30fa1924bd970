using System.Globalization;
using System.Text;

namespace ContestPipeline.Contestctl;

/// <summary>
/// Text of others as it may be shown: a control character could move the cursor, rewrite what stands above, or set the clipboard
/// of whoever looks, and one that turns the direction of writing could make an amount or a name read as another. Both are shown
/// as in JSON, <c>\u001b</c>.
/// </summary>
internal static class Legible
{
    /// <summary>As one line: line ends are escaped like the rest.</summary>
    public static string Line(string text) =>
        text.Any(IsHidden) ? string.Concat(text.Select(c => IsHidden(c) ? Escaped(c) : c.ToString())) : text;

    /// <summary>
    /// Control characters (C0, DEL, C1), line and paragraph separators, and what changes the direction of writing or is not seen.
    /// </summary>
    public static bool IsHidden(char c) =>
        char.IsControl(c)
            || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    public static string Escaped(char c) => c switch
    {
        '\n' => "\\n", '\r' => "\\r", '\t' => "\\t",
        _ => $"\\u{(int)c:x4}",
    };
}

/// <summary>
/// The last thing before a terminal or a file: lets through what is legible and line ends, nothing else. What we write ourselves
/// has no other.
/// </summary>
internal sealed class LegibleWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    private static readonly bool s_hasReturn = Environment.NewLine.Contains('\r', StringComparison.Ordinal);

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (value == '\n' || (value == '\r' && s_hasReturn) || !Legible.IsHidden(value)) inner.Write(value);
        else inner.Write(Legible.Escaped(value));
    }

    public override void Flush() => inner.Flush();
}
