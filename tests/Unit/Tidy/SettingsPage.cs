using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Tidy;

/// <summary>docs/settings.md, made from the declarations of the settings; those of which the same is said share a line.</summary>
internal static class SettingsPage
{
    private const string Needed = " Needed.";

    public static string Text()
    {
        var page = new StringBuilder(
            """
            # Settings
            Made from `src/Contracts/Settings` by `scripts/contracts`. Settings are environment variables; `NAME_FILE` may name a file with the
            value of `NAME`. A missing or wrong one ends the process with exit code 2; unknown names are warned of. In brackets: the default, or `needed`.

            """);
        foreach (var readers in SettingsReference.All.GroupBy(s => s.Readers))
        {
            page.Append($"\n## {readers.Key}\n");
            foreach (var alike in readers.GroupBy(s => $", {Unit(s)}{Default(s)}: {Meaning(s)}\n"))
                page.Append($"- {string.Join(' ', alike.Select(s => $"`{s.Name}`"))}{alike.Key}");
        }

        return page.ToString().ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    /// <summary>What holds where it is not set, in brackets; empty: nothing does.</summary>
    private static string Default(Setting setting) =>
        setting.Default is { } value ? $" ({value})"
            : setting.Meaning.EndsWith(Needed, StringComparison.Ordinal) ? " (needed)" : "";

    /// <summary>Without what the column of defaults says, and without a full stop.</summary>
    private static string Meaning(Setting setting) => (setting.Default is null
        && setting.Meaning.EndsWith(Needed, StringComparison.Ordinal) ? setting.Meaning[..^Needed.Length] : setting.Meaning)
        .TrimEnd('.');

    private static string Unit(Setting setting) => setting.Bounds switch
    {
        null => setting.Unit,
        (var min, int.MaxValue) => FormattableString.Invariant($"{setting.Unit}, ≥{min}"),
        var (min, max) => FormattableString.Invariant($"{setting.Unit}, {min}-{max}"),
    };
}
