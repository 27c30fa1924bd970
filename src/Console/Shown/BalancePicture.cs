using System.Globalization;
using ContestPipeline.WebConsole.Data;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>What was available and what was owed, as two lines over one time, 600 wide and 160 high.</summary>
/// <param name="Available">Points of the line, as SVG writes them.</param>
/// <param name="Owed">The same of what was owed.</param>
/// <param name="MostMinor">What the upper edge stands for, in minor units.</param>
/// <param name="LeastMinor">What the lower edge stands for: 0, or less where the balance was overdrawn.</param>
public sealed record BalancePicture(string Available, string Owed, long LeastMinor, long MostMinor)
{
    public const int Width = 600;
    public const int Height = 160;

    /// <param name="curve">In order of time.</param>
    /// <returns>Null: with fewer than two points there is no line.</returns>
    public static BalancePicture? Of(IReadOnlyList<BalanceAt> curve)
    {
        if (curve.Count < 2) return null;
        var most = Math.Max(1, curve.Max(p => Math.Max(p.AvailableMinor, p.ObligationsMinor)));
        var least = Math.Min(0, curve.Min(p => Math.Min(p.AvailableMinor, p.ObligationsMinor)));
        return new BalancePicture(Line(p => p.AvailableMinor), Line(p => p.ObligationsMinor), least, most);

        string Line(Func<BalanceAt, long> of) => string.Join(' ', curve.Select((point, n) => string.Create(
            CultureInfo.InvariantCulture,
            $"{(long)n * Width / (curve.Count - 1)},{(long)(((Int128)most - of(point)) * Height / ((Int128)most - least))}")));
    }
}
