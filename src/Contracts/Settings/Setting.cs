namespace ContestPipeline.Contracts;

/// <summary>
/// A setting as it is declared, once: whoever reads it takes default and bounds from here, and docs/settings.md is made of it.
/// </summary>
/// <param name="Name">The environment variable; <c>NAME_FILE</c> may name a file that holds the value.</param>
/// <param name="Readers">The processes that read it.</param>
/// <param name="Default">What holds where it is not set; null: nothing does, see <paramref name="Meaning"/>.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="Meaning">One sentence.</param>
public sealed record Setting(string Name, string Readers, string? Default, string Unit, string Meaning)
{
    /// <summary>Smallest and largest whole number; null: the setting is none.</summary>
    public (int Min, int Max)? Bounds { get; private init; }

    /// <summary>What a value must look like; null: any text, or its reader alone can judge it.</summary>
    public SettingForm? Form { get; init; }

    /// <summary>The worker reads it.</summary>
    /// <param name="worker">By its name, such as payout.</param>
    public bool IsReadBy(string worker) => Readers.Split(", ").Any(reader =>
        reader is "all" or "workers" || reader.Equals(worker, StringComparison.OrdinalIgnoreCase));

    /// <summary>A whole number.</summary>
    /// <param name="otherwise">Where it is not set.</param>
    public static Setting Whole(
        string name, string readers, int otherwise, string unit, string meaning, int min = 1, int max = int.MaxValue) =>
        new(name, readers, FormattableString.Invariant($"{otherwise}"), unit, meaning)
        { Bounds = (min, max), Form = SettingForm.Whole(min, max) };

    /// <summary>A whole number whose default depends on something else, in words.</summary>
    public static Setting WholeOr(string name, string readers, string otherwise, string unit, string meaning, int min, int max) =>
        new(name, readers, otherwise, unit, meaning) { Bounds = (min, max), Form = SettingForm.Whole(min, max) };
}
