using System.Globalization;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>Reads the fields of a form, one after the other, and remembers whether each held what it may.</summary>
internal sealed class FormFields
{
    /// <summary>False once a field held what it cannot.</summary>
    public bool AreRead { get; private set; } = true;

    /// <param name="text">Null: the field is empty.</param>
    /// <returns>A number from 0 to <paramref name="max"/>; null when the field is empty or holds no such number.</returns>
    public long? Whole(string? text, long max = long.MaxValue)
    {
        if (text is null) return null;
        AreRead &= long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max;
        return AreRead ? number : null;
    }

    /// <param name="text">Null: the field is empty.</param>
    /// <returns>UTC; a time without an offset is taken for UTC. Null when the field is empty or holds no time.</returns>
    public DateTimeOffset? Time(string? text)
    {
        if (text is null) return null;
        AreRead &= DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        return AreRead ? time : null;
    }
}
