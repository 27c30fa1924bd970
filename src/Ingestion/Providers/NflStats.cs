using System.Collections.Frozen;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// What each GameCenter stat id adds to the line of the athlete it names. Ids that no rule set needs are absent on purpose.
/// </summary>
public static class NflStats
{
    /// <summary>
    /// Marks a kick-off; both defence units get it, so that a unit has a line, and allowed points, from the first kick-off on.
    /// </summary>
    public const string Kickoffs = "kickoffs";

    /// <param name="Stat">Canonical name.</param>
    /// <param name="IsYards">True: the event's yards are added; false: one is.</param>
    public readonly record struct Effect(string Stat, bool IsYards);

    private static readonly FrozenDictionary<int, Effect[]> s_effects = new Dictionary<int, Effect[]>
    {
        [10] = [Yards("rush_yds")],
        [11] = [Yards("rush_yds"), One("rush_tds")],
        [12] = [Yards("rush_yds")],
        [13] = [Yards("rush_yds"), One("rush_tds")],
        [15] = [Yards("pass_yds")],
        [16] = [Yards("pass_yds"), One("pass_tds")],
        [19] = [One("pass_ints")],
        [21] = [One("recs"), Yards("rec_yds")],
        [22] = [One("recs"), Yards("rec_yds"), One("rec_tds")],
        [23] = [Yards("rec_yds")],
        [24] = [Yards("rec_yds"), One("rec_tds")],
        [34] = [One("punt_ret_tds")],
        [36] = [One("punt_ret_tds")],
        [46] = [One("kick_ret_tds")],
        [48] = [One("kick_ret_tds")],
        [69] = [One("fg_missed")],
        [71] = [One("fg_missed")],
        [72] = [One("xpm")],
        [73] = [One("xp_missed")],
        [74] = [One("xp_missed")],
        [75] = [One("two_pt_rush")],
        [77] = [One("two_pt_pass")],
        [104] = [One("two_pt_rec")],
        [106] = [One("fumbles_lost")],
    }.ToFrozenDictionary();

    public static IReadOnlyList<Effect> EffectsOf(int statId) => s_effects.GetValueOrDefault(statId, []);

    /// <summary>The band of a made field goal, by the length of the kick.</summary>
    public static string FieldGoal(long yards) => yards switch { < 40 => "fgm_0_39", < 50 => "fgm_40_49", _ => "fgm_50" };

    private static Effect Yards(string stat) => new(stat, IsYards: true);

    private static Effect One(string stat) => new(stat, IsYards: false);
}
