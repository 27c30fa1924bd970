using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Tidy;

/// <summary>docs/settings.md, made from the declarations of the settings; those of which the same is said share a row.</summary>
internal static class SettingsPage
{
    private const string Needed = " Needed.";

    public static string Text()
    {
        var page = new StringBuilder(
            """
            # Settings
            Made from `src/Contracts/Settings` by `scripts/contracts`; a test fails when it is stale. Settings are environment variables; `NAME_FILE` may name a
            file that holds the value of `NAME`. A missing or wrong setting ends the process with one sentence and exit code 2; an unknown name that looks like one
            is warned of at the start and by `contestctl doctor`. What they are for: [environments](operators/environments.md), [operations](operators/operations.md).

            | setting | value | default | meaning |
            | --- | --- | --- | --- |

            """);
        foreach (var readers in SettingsReference.All.GroupBy(s => s.Readers))
        {
            page.Append($"| **{readers.Key}** | | | |\n");
            foreach (var alike in readers.GroupBy(s => $"| {Unit(s)} | {Default(s)} | {Meaning(s)} |\n"))
                page.Append($"| {string.Join(' ', alike.Select(s => s.Name))} {alike.Key}");
        }

        return page.ToString().ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    /// <summary>What holds where it is not set; empty: nothing does.</summary>
    private static string Default(Setting setting) =>
        setting.Default ?? (setting.Meaning.EndsWith(Needed, StringComparison.Ordinal) ? "needed" : "");

    /// <summary>Without what the column of defaults says, and without a full stop.</summary>
    private static string Meaning(Setting setting) => (setting.Default is null
        && setting.Meaning.EndsWith(Needed, StringComparison.Ordinal) ? setting.Meaning[..^Needed.Length] : setting.Meaning)
        .TrimEnd('.');

    private static string Unit(Setting setting) => setting.Bounds switch
    {
        null => setting.Unit,
        (var min, int.MaxValue) => FormattableString.Invariant($"{setting.Unit}, from {min}"),
        var (min, max) => FormattableString.Invariant($"{setting.Unit}, {min} to {max}"),
    };
}
