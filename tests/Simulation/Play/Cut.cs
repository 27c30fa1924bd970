using System.Globalization;

namespace ContestPipeline.Simulation;

/// <summary>
/// How much of a seed is played. A failing one is cut down as long as it still fails, and the text of the cut plays it again.
/// </summary>
/// <param name="Without">Parts of the weather that are left out.</param>
internal sealed record Cut(int Contests, int Players, int Plays, IReadOnlyList<string> Without)
{
    internal static readonly Cut None = new(Scenario.ContestsMax, Scenario.PlayersMax, Scenario.PlaysMax, []);

    /// <returns>Null when the text is none.</returns>
    internal static Cut? Read(string text)
    {
        var cut = None;
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [var name, var value]) return null;
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            Cut? next = name switch
            {
                "contests" when isNumber => cut with { Contests = number },
                "players" when isNumber => cut with { Players = number },
                "plays" when isNumber => cut with { Plays = number },
                "without" when value.Split('+') is var parts && parts.All(Weather.Parts.Contains) => cut with { Without = parts },
                _ => null,
            };
            if (next is null) return null;
            cut = next;
        }

        return cut;
    }

    internal Cut But(string part) => this with { Without = [.. Without, part] };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"contests={Contests},players={Players},plays={Plays}")
            + (Without.Count == 0 ? "" : $",without={string.Join('+', Without)}");

    /// <summary>Everything that is a little less than this, the biggest steps first.</summary>
    internal IEnumerable<Cut> Smaller()
    {
        if (Contests > 1) yield return this with { Contests = 1 };
        foreach (var part in Weather.Parts.Except(Without)) yield return But(part);
        if (Players > 3) yield return this with { Players = Players / 2 };
        if (Players > 2) yield return this with { Players = Players - 1 };
        if (Plays > 1) yield return this with { Plays = Plays / 2 };
    }

    /// <summary>The smallest that still fails and that one more step would make pass.</summary>
    internal static async Task<(Cut Cut, SimEnd End)> Down(Func<Cut, Task<SimEnd>> play, SimEnd failed)
    {
        var (cut, end) = (None, failed);
        for (var isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            foreach (var next in cut.Smaller())
            {
                var tried = await play(next);
                if (tried.Faults.Count == 0) continue;
                (cut, end, isSmaller) = (next, tried, true);
                break;
            }
        }

        return (cut, end);
    }
}
