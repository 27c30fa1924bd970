using System.CommandLine;
using System.Text;

namespace ContestPipeline.Contestctl;

/// <summary>Help for a terminal of 80 columns. Pure.</summary>
internal static class HelpText
{
    /// <summary>The parser puts two columns before every line.</summary>
    public const int Columns = 78;

    /// <summary>
    /// Before help is shown: what a command says of itself fits the terminal, and of each command within it one sentence is
    /// shown.
    /// </summary>
    public static void Fit(Command command)
    {
        command.Description = Reflowed(command.Description ?? "");
        foreach (var inner in command.Subcommands) inner.Description = FirstSentence(inner.Description ?? "");
    }

    /// <returns>Paragraphs in lines that fit; what is set in stays a line of its own, and examples as they are, because they are
    /// copied.</returns>
    internal static string Reflowed(string text)
    {
        var (lines, prose) = (new List<string>(), new List<string>());
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var isProse = line.Trim().Length > 0 && !line.TrimStart().StartsWith("contestctl ", StringComparison.Ordinal)
                && !line.TrimStart().StartsWith("export ", StringComparison.Ordinal) && !line.EndsWith(':');
            if (isProse && line[0] != ' ') prose.Add(line);
            else if (isProse)
            {
                End();
                lines.Add(Wrapped(line.Trim(), line.Length - line.TrimStart().Length));
            }
            else
            {
                End();
                lines.Add(line);
            }
        }

        End();
        return string.Join('\n', lines);

        void End()
        {
            if (prose.Count > 0) lines.Add(Wrapped(string.Join(' ', prose), indent: 0));
            prose.Clear();
        }
    }

    internal static string FirstSentence(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? line[..(end + 1)] : line.Trim();
    }

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
