using System.CommandLine.Parsing;
using System.Globalization;

namespace ContestPipeline.Contestctl;

/// <summary>What options may hold beyond their type; what is not of the type is refused by that.</summary>
internal static class OptionRules
{
    /// <returns>A rule that refuses a whole number below the least one.</returns>
    public static Action<OptionResult> AtLeast(int least) => option =>
    {
        if (option.Tokens is [{ Value: var text }] && long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number < least)
            option.AddError($"{option.Option.Name} must be {least} or more");
    };
}
