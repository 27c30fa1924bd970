using System.CommandLine.Parsing;
using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl;

/// <summary>What options may hold beyond their type; what is not of the type is refused by that.</summary>
internal static class OptionRules
{
    /// <returns>A rule that refuses a whole number below the least one.</returns>
    public static Action<OptionResult> AtLeast(int least) => option =>
    {
        if (option.Tokens is [{ Value: var text }] && long.TryParse(text, CultureInfo.InvariantCulture, out var number)
            && number < least)
            option.AddError($"{option.Option.Name} must be {least} or more");
    };

    /// <param name="text">A date or a time, UTC unless it says otherwise; null: none is given.</param>
    /// <exception cref="SettingException">It is neither.</exception>
    public static DateTimeOffset? Time(string option, string? text)
    {
        if (text is null) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
            : throw new SettingException(
                option, $"must be a date or a time such as 2026-11-01 or 2026-11-01T18:00:00Z, not '{text}'");
    }
}
