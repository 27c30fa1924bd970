using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Tidy;

/// <summary>docs/settings.md, made from the declarations of the settings.</summary>
internal static class SettingsPage
{
    public static string Text()
    {
        var page = new StringBuilder(
            """
            # Settings
            Made from `src/Contracts/Settings` by `scripts/contracts`; a test fails when it is stale. Settings are environment variables and nothing else. Instead of
            `NAME`, `NAME_FILE` may name a file that holds the value. A missing or wrong setting ends the process with one sentence and exit code 2. A name that looks
            like one of these and is none is warned of at the start and by `contestctl doctor`. What they are for: [environments](operators/environments.md),
            [operations](operators/operations.md).

            | setting | read by | default | unit | meaning |
            | --- | --- | --- | --- | --- |

            """);
        foreach (var setting in SettingsReference.All)
            page.Append(
                $"| {setting.Name} | {setting.Readers} | {setting.Default ?? "-"} | {Unit(setting)} | {setting.Meaning} |\n");
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Unit(Setting setting) => setting.Bounds switch
    {
        null => setting.Unit,
        (var min, int.MaxValue) => FormattableString.Invariant($"{setting.Unit}, from {min}"),
        var (min, max) => FormattableString.Invariant($"{setting.Unit}, {min} to {max}"),
    };
}
