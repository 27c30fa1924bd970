using System.Text;

namespace ContestPipeline.Contestctl;

/// <summary>Help for a terminal of 80 columns. Pure.</summary>
internal static class HelpText
{
    /// <summary>The parser puts two columns before every line.</summary>
    public const int Columns = 78;

    /// <param name="indent">Blanks before each line.</param>
    /// <returns>The text in lines of at most <see cref="Columns"/>; an overlong word stands alone.</returns>
    public static string Wrapped(string text, int indent)
    {
        var (lines, line) = (new StringBuilder(), new StringBuilder());
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && indent + line.Length + 1 + word.Length > Columns) End();
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        End();
        return lines.ToString().TrimEnd('\n');

        void End()
        {
            lines.Append(' ', indent).Append(line).Append('\n');
            line.Clear();
        }
    }
}
