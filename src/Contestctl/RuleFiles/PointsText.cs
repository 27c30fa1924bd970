namespace ContestPipeline.Contestctl.RuleFiles;

/// <summary>Points as people write them (<c>-1.25</c>) in units of a scale. Pure, whole numbers only.</summary>
internal static class PointsText
{
    private const int DigitsMax = 15;

    /// <param name="scale">Digits after the point that one unit is.</param>
    /// <returns>Null when the text is no number, or has more digits after its point.</returns>
    public static long? Read(string text, int scale)
    {
        var digits = text.AsSpan().Trim();
        var isNegative = digits is ['-', ..];
        if (digits is ['-' or '+', ..]) digits = digits[1..];
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? "" : digits[(point + 1)..].TrimEnd('0');
        if (whole.Length is 0 or > DigitsMax || fraction.Length > scale) return null;
        long value = 0;
        foreach (var digit in whole)
        {
            if (!char.IsAsciiDigit(digit)) return null;
            value = value * 10 + (digit - '0');
        }

        for (var i = 0; i < scale; i++)
        {
            var digit = i < fraction.Length ? fraction[i] : '0';
            if (!char.IsAsciiDigit(digit)) return null;
            value = value * 10 + (digit - '0');
        }

        return isNegative ? -value : value;
    }
}
