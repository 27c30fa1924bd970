using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>What a transaction says of an alert.</summary>
internal abstract record AlertAct
{
    private AlertAct()
    {
    }

    internal sealed record Raise(AlertRaisedV1 Alert) : AlertAct;

    /// <param name="IsPrefix">Every open alert whose key begins so is meant.</param>
    internal sealed record Resolve(string Key, bool IsPrefix, string Because) : AlertAct;
}

/// <summary>
/// Decides which alerts of a transaction are told: what is raised while it is open is told again only in other words and not at
/// once; what is raised after it was over is told as the next episode; what is resolved is told when it was open.
/// </summary>
internal static class AlertEpisodes
{
    /// <summary>An open alert whose words change is told again no sooner than this.</summary>
    private static readonly TimeSpan s_otherWordsAfter = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_day = TimeSpan.FromHours(26);

    /// <returns>What is to be sent.</returns>
    internal static async Task<IReadOnlyList<IMessage>> Store(Tx tx, IReadOnlyList<AlertAct> acts)
    {
        if (acts.Count == 0) return [];
        var (raises, resolves) = await LastWords(tx, acts);
        return [.. await Raise(tx, raises), .. await Resolve(tx, resolves)];
    }

    /// <summary>
    /// What is told once a day has the day at the end of its key, and is told under the next day's if it goes on: after that day,
    /// and some hours, it is over or has been told anew.
    /// </summary>
    internal static async Task EndOfDay(Tx tx)
    {
        var past = await tx.Query<string>(
            $"""
            select dedup_key from {tx.Schema}.alert_raised
            where resolved_at is null and raised_at < @before and dedup_key ~ '/[0-9]{"{4}"}-?[0-9]{"{2}"}-?[0-9]{"{2}"}$'
            order by dedup_key
            """,
            new { before = tx.Now - s_day });
        foreach (var key in past) tx.ResolveAlert(key, "Its day is over: it has not come again since, or is told anew.");
    }

    /// <summary>
    /// Once the database is known to have gone back: episodes that it lost are not counted again, and what is open in it is told
    /// anew when it is raised next, since it may have ended, and begun again, in what was lost.
    /// </summary>
    internal static async Task GoOnAbove(Tx tx)
    {
        // Minutes since 1970: above every episode before, and above the floor of an earlier loss that was lost as well.
        var floor = (int)(tx.Now.ToUnixTimeSeconds() / 60);
        await tx.Execute(
            $"""
            insert into {tx.Schema}.alert_floor as f (episode) values (@floor)
            on conflict (only_row) do update set episode = greatest(f.episode, excluded.episode)
            """, new { floor });
        await tx.Execute(
            $"""
            update {tx.Schema}.alert_raised set episode = greatest(episode, @floor), words_hash = null, raised_at = raised_at - @pause
            where resolved_at is null
            """, new { floor, pause = s_otherWordsAfter });
    }

    /// <summary>Of several acts about one alert the last one counts.</summary>
    private static async Task<(List<AlertRaisedV1> Raises, Dictionary<string, string> Resolves)> LastWords(
        Tx tx, IReadOnlyList<AlertAct> acts)
    {
        var raises = new Dictionary<string, AlertRaisedV1>(StringComparer.Ordinal);
        var resolves = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var act in acts)
        {
            switch (act)
            {
                case AlertAct.Raise raise:
                    // Of the same alert raised twice in one transaction the first words stay, as if the second came just after.
                    if (resolves.Remove(raise.Alert.DedupKey)) raises.Remove(raise.Alert.DedupKey);
                    raises.TryAdd(raise.Alert.DedupKey, raise.Alert);
                    break;
                case AlertAct.Resolve { IsPrefix: false } resolve:
                    raises.Remove(resolve.Key);
                    resolves.TryAdd(resolve.Key, resolve.Because);
                    break;
                case AlertAct.Resolve resolve:
                    foreach (var key in raises.Keys.Where(k => k.StartsWith(resolve.Key, StringComparison.Ordinal)).ToArray())
                        raises.Remove(key);
                    foreach (var key in await OpenUnder(tx, [resolve.Key])) resolves.TryAdd(key, resolve.Because);
                    break;
            }
        }

        return ([.. raises.Values.OrderBy(a => a.DedupKey, StringComparer.Ordinal)], resolves);
    }

    internal static Task<IReadOnlyList<string>> OpenUnder(Tx tx, IReadOnlyList<string> prefixes) => tx.Query<string>(
        $"""
        select distinct a.dedup_key collate "C" as dedup_key
        from unnest(@prefixes::text[]) p(prefix)
            join {tx.Schema}.alert_raised a on a.resolved_at is null and a.dedup_key collate "C" >= p.prefix and starts_with(a.dedup_key collate "C", p.prefix)
        order by dedup_key
        """,
        new { prefixes });

    private static async Task<IReadOnlyList<IMessage>> Raise(Tx tx, List<AlertRaisedV1> alerts)
    {
        if (alerts.Count == 0) return [];
        var keys = alerts.Select(a => a.DedupKey).ToArray();
        var open = (await tx.Query<OpenAlert>(
            $"select dedup_key, raised_at, words_hash from {tx.Schema}.alert_raised where dedup_key = any(@keys) and "
                + $"resolved_at is null order by dedup_key",
            new { keys })).ToDictionary(o => o.DedupKey, StringComparer.Ordinal);
        // Most of what is raised again is open and says the same: it must not wait for whoever else is saying so.
        AlertRaisedV1[] telling =
            [.. alerts.Where(a => !open.TryGetValue(a.DedupKey, out var told)
                || told.WordsHash != WordsOf(a) && tx.Now >= told.RaisedAt + s_otherWordsAfter)];
        if (telling.Length == 0) return [];
        var episodes = (await tx.Query<AlertEpisode>(
            $"""
            with floor as (select coalesce(max(episode), 0) as episode from {tx.Schema}.alert_floor)
            insert into {tx.Schema}.alert_raised as a (dedup_key, raised_at, words_hash, episode)
            select key, @now, hash, floor.episode + 1
            from floor, unnest(@keys::text[], @hashes::uuid[]) with ordinality as raised (key, hash, n) order by n
            on conflict (dedup_key) do update
            set raised_at = excluded.raised_at, words_hash = excluded.words_hash, episode = greatest(a.episode + 1, excluded.episode),
                resolved_at = null
            where a.resolved_at is not null or a.words_hash is distinct from excluded.words_hash and a.raised_at <= @before
            returning dedup_key, episode
            """,
            new
            {
                keys = telling.Select(a => a.DedupKey).ToArray(), hashes = telling.Select(WordsOf).ToArray(), now = tx.Now,
                before = tx.Now - s_otherWordsAfter,
            })).ToDictionary(e => e.DedupKey, e => e.Episode, StringComparer.Ordinal);
        return [.. telling.Where(a => episodes.ContainsKey(a.DedupKey))
            .Select(a => a with { Episode = episodes[a.DedupKey] is > 1 and var n ? n : null })];
    }

    private static async Task<IReadOnlyList<IMessage>> Resolve(Tx tx, Dictionary<string, string> resolves)
    {
        if (resolves.Count == 0) return [];
        var ended = await tx.Query<AlertEpisode>(
            $"""
            with open as materialized (
                select dedup_key from {tx.Schema}.alert_raised where dedup_key = any(@keys) and resolved_at is null order by dedup_key for update)
            update {tx.Schema}.alert_raised a set resolved_at = @now from open where a.dedup_key = open.dedup_key and a.resolved_at is null
            returning a.dedup_key, a.episode
            """,
            new { keys = resolves.Keys.ToArray(), now = tx.Now });
        return
        [
            .. ended.OrderBy(e => e.DedupKey, StringComparer.Ordinal)
                .Select(e =>
                    new AlertResolvedV1(e.DedupKey, e.Episode, tx.Schema, ByPerson: false, resolves[e.DedupKey], tx.Now)),
        ];
    }

    private static Guid WordsOf(AlertRaisedV1 alert) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{alert.Severity}\n{alert.Cause}\n{alert.RecommendedAction}")).AsSpan(0, 16),
            bigEndian: true);

    /// <summary>Constructor order is column order.</summary>
    private sealed record OpenAlert(string DedupKey, DateTimeOffset RaisedAt, Guid? WordsHash);

    /// <summary>Constructor order is column order.</summary>
    private sealed record AlertEpisode(string DedupKey, int Episode);
}
