namespace ContestPipeline.Ingestion.Providers;

/// <summary>
/// What a stat event adds to the two defence and special teams units: their deeds, and the points they allow by source.
/// </summary>
/// <remarks>Which sources count is the rule set's business; so every source has a stat of its own (<c>pa_…</c>).</remarks>
public static class NflDefence
{
    public static void Add(
        NflGameCenterDocument game, NflPlay play, NflPlayKind kind, NflStatEvent e, Action<string, string, long> add)
    {
        var own = NflPlayStats.Unit(e.Club);
        var against = NflPlayStats.Unit(game.Opponent(e.Club));
        switch (e.StatId)
        {
            case 83: add(own, "sacks", 1); break;
            case 84: add(own, "half_sacks", 1); break;
            case 25: add(own, "ints", 1); break;
            case 26: add(own, "ints", 1); Score("int_ret_tds", "pa_def_td"); break;
            case 28: Score("int_ret_tds", "pa_def_td"); break;
            case 59: add(own, "fum_recs", 1); break;
            case 60: add(own, "fum_recs", 1); Score("fum_ret_tds", kind.IsKick ? "pa_ret_td" : "pa_def_td"); break;
            case 62: Score("fum_ret_tds", kind.IsKick ? "pa_ret_td" : "pa_def_td"); break;
            case 86: add(own, "blk_punts", 1); break;
            case 87: add(own, "blk_xps", 1); break;
            case 88: add(own, "blk_fgs", 1); break;
            case 89: Score("safeties", "pa_safety"); break;
            case 34 or 36: Score("dst_punt_ret_tds", "pa_ret_td"); break;
            case 46 or 48: Score("dst_kick_ret_tds", "pa_ret_td"); break;
            case 108: Score("st_fum_rec_tds", "pa_ret_td"); break;
            case 64 when kind.IsBlocked: Score("blk_ret_tds", "pa_blk_td"); break;
            case 64 when kind.IsMissedFieldGoal: Score("fg_ret_tds", "pa_ret_td"); break;
            case 64: Score("misc_ret_tds", "pa_def_td"); break;
            case 404: Score("def_two_pts", "pa_def_2pt"); break;
            case 56 or 58 when kind.IsKick: Score("st_fum_rec_tds", "pa_ret_td"); break;
            case 56 or 58 when e.Club != play.Offence: Score("fum_ret_tds", "pa_def_td"); break;
            case 11 or 13 or 22 or 24 or 56 or 58: add(against, "pa_off_td", 1); break;
            case 75 or 104: Try("pa_2pt", "pa_ret_2pt"); break;
            case 72: Try("pa_xp", "pa_ret_xp"); break;
            case 106 when NflPlayKind.IsTouchbackOf(play, e.Club): add(against, "fum_touchbacks", 1); break;
            case 70: add(against, "pa_fg", 1); break;
        }

        void Score(string deed, string allowed)
        {
            add(own, deed, 1);
            add(against, allowed, 1);
        }

        // The tries after a return are counted among all, and once more by themselves, for rules that leave them out.
        void Try(string allowed, string afterReturn)
        {
            add(against, allowed, 1);
            if (play.IsTryAfterReturn) add(against, afterReturn, 1);
        }
    }
}
