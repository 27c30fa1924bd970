using System.Globalization;
using System.Text.RegularExpressions;

namespace ContestPipeline.Contracts;

/// <summary>What the value of a setting must look like; the only place where that is said.</summary>
/// <param name="Expected">Ends the sentence "must be …".</param>
/// <param name="Fits">Whether a value has this form.</param>
public sealed partial record SettingForm(string Expected, Func<string, bool> Fits)
{
    /// <summary>http or https.</summary>
    public static SettingForm Address { get; } = new("an http or https address", text =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https");

    /// <summary>Where a process listens: TLS ends before it, and <c>*</c> stands for every address of the machine.</summary>
    public static SettingForm Listen { get; } = new("a port or an http address such as http://127.0.0.1:8080", text =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        || (Uri.TryCreate(text.Replace("//*", "//any", StringComparison.Ordinal), UriKind.Absolute, out var url)
            && url is { Scheme: "http", PathAndQuery: "/" }));

    /// <summary>Of a day, UTC.</summary>
    public static SettingForm TimeOfDay { get; } = new("a time of day such as 06:00", text => HourMinute().IsMatch(text));

    /// <summary>ISO 3166.</summary>
    public static SettingForm Country { get; } =
        new("a country of two capital letters such as US", text => TwoCapitals().IsMatch(text));

    /// <summary>A whole number between two bounds, both included.</summary>
    public static SettingForm Whole(int min, int max) => new(
        FormattableString.Invariant($"a whole number from {min} to {max}"), text => IsWhole(text, min, max));

    /// <summary>Whole numbers separated by commas, each between two bounds.</summary>
    /// <param name="rising">Each is above the one before it.</param>
    public static SettingForm Wholes(int min, int max, string example, bool rising = false) => new(
        FormattableString.Invariant(
            $"{(rising ? "rising " : "")}whole numbers from {min} to {max} separated by commas, such as {example}"),
        text => text.Split(',').All(part => IsWhole(part, min, max)) && (!rising || Rises(text)));

    /// <summary>One of these words, as they are written here.</summary>
    public static SettingForm Word(params string[] words) => new(Listed(words), words.Contains);

    /// <summary>One of these words, in capitals or not.</summary>
    public static SettingForm WordOfAnyCase(params string[] words) =>
        new(Listed(words), text => words.Contains(text, StringComparer.OrdinalIgnoreCase));

    private static string Listed(string[] words) => $"{string.Join(", ", words[..^1])} or {words[^1]}";

    private static bool IsWhole(string text, int min, int max) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max;

    private static bool Rises(string text)
    {
        var values = text.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return values.Zip(values.Skip(1)).All(pair => pair.First < pair.Second);
    }

    [GeneratedRegex(@"\A([01][0-9]|2[0-3]):[0-5][0-9]\z")]
    private static partial Regex HourMinute();

    [GeneratedRegex(@"\A[A-Z]{2}\z")]
    private static partial Regex TwoCapitals();
}
