using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>Posts lines: accounts locked in sorted order, balances and chains moved on, rows written by COPY. All within the caller's transaction.</summary>
/// <remarks>
/// A line that was posted before with the same body is left alone; with another body it is a bug. Call it late in a transaction:
/// the accounts stay locked until the commit.
/// </remarks>
public static class LedgerPosting
{
    public const int LinesMax = 200_000;

    /// <returns>How many lines were new.</returns>
    public static async Task<int> Post(this Tx tx, IReadOnlyList<LedgerLine> lines)
    {
        Invariant.Holds(lines.Count <= LinesMax, $"{lines.Count} ledger lines in one call; at most {LinesMax}");
        if (lines.Count == 0) return 0;

        var wanted = Distinct(lines);
        var (heads, made) = await LockHeads(tx, wanted);
        var fresh = await WithoutPosted(tx, wanted, made);
        if (fresh.Count == 0) return 0;

        var postedAt = Microsecond(tx.Now);
        var posted = await tx.CopyTransfers(Rows(fresh, heads, postedAt), postedAt);
        await tx.UpdateHeads(heads.Values);
        return posted;
    }

    /// <summary>Moves the heads of both accounts on with every row it hands out.</summary>
    private static IEnumerable<LedgerRow> Rows(
        List<(LedgerBody Body, byte[] Hash)> fresh, Dictionary<(string, string, short), AccountHead> heads, DateTimeOffset postedAt)
    {
        foreach (var (body, hash) in fresh)
        {
            var debit = heads[(body.DebitAccount, body.Currency, body.DebitShard)];
            var credit = heads[(body.CreditAccount, body.Currency, body.CreditShard)];
            debit.Append(-body.AmountMinor, hash, postedAt);
            credit.Append(body.AmountMinor, hash, postedAt);
            yield return new LedgerRow(body, hash, debit.LastNo, debit.Chain, credit.LastNo, credit.Chain);
        }
    }

    private static List<(LedgerBody Body, byte[] Hash)> Distinct(IReadOnlyList<LedgerLine> lines)
    {
        var byId = new Dictionary<Guid, byte[]>(lines.Count);
        var distinct = new List<(LedgerBody, byte[])>(lines.Count);
        foreach (var line in lines)
        {
            Invariant.Holds(line.AmountMinor > 0, $"ledger line {line.Words}: amount {line.AmountMinor}");
            Invariant.Holds(line.DebitAccount != line.CreditAccount, $"ledger line {line.Words}: both sides are {line.DebitAccount}");
            var body = LedgerBody.Of(line);
            var hash = body.Hash();
            if (byId.TryAdd(line.TransferId, hash)) distinct.Add((body, hash));
            else Invariant.Holds(hash.AsSpan().SequenceEqual(byId[line.TransferId]), $"ledger line {line.Words} comes twice with different bodies");
        }

        return distinct;
    }

    private static async Task<(Dictionary<(string, string, short), AccountHead> Heads, HashSet<(string, string, short)> Made)> LockHeads(
        Tx tx, List<(LedgerBody Body, byte[] Hash)> wanted)
    {
        var keys = new HashSet<(string Account, string Currency, short Shard)>();
        foreach (var (body, _) in wanted)
        {
            keys.Add((body.DebitAccount, body.Currency, body.DebitShard));
            keys.Add((body.CreditAccount, body.Currency, body.CreditShard));
        }

        var sorted = keys.OrderBy(k => k.Account, StringComparer.Ordinal).ThenBy(k => k.Currency, StringComparer.Ordinal).ThenBy(k => k.Shard).ToArray();
        var (made, locked) = await tx.LockAccounts(sorted);
        Invariant.Holds(made.Count + locked.Count == sorted.Length, $"made {made.Count} and locked {locked.Count} of {sorted.Length} ledger accounts");
        return (made.Concat(locked).ToDictionary(h => (h.Account, h.Currency, h.Shard)), made.Select(h => (h.Account, h.Currency, h.Shard)).ToHashSet());
    }

    /// <summary>
    /// After the accounts are locked: whoever posts the same line has to hold the same accounts, so nothing appears behind this look. A line of an account that
    /// was only just made cannot be there.
    /// </summary>
    private static async Task<List<(LedgerBody Body, byte[] Hash)>> WithoutPosted(
        Tx tx, List<(LedgerBody Body, byte[] Hash)> wanted, HashSet<(string, string, short)> made)
    {
        var possible = wanted.Where(w => !made.Contains((w.Body.DebitAccount, w.Body.Currency, w.Body.DebitShard))
            && !made.Contains((w.Body.CreditAccount, w.Body.Currency, w.Body.CreditShard))).Select(w => w.Body.TransferId).ToArray();
        if (possible.Length == 0) return wanted;
        var posted = await tx.PostedHashes(possible);
        if (posted.Count == 0) return wanted;
        var hashes = posted.ToDictionary(p => p.TransferId, p => p.BodyHash);
        foreach (var (body, hash) in wanted)
        {
            if (!hashes.TryGetValue(body.TransferId, out var earlier)) continue;
            Invariant.Holds(hash.AsSpan().SequenceEqual(earlier), $"ledger line {body.Reference} ({body.Code}) was posted before with another body");
        }

        return wanted.FindAll(w => !hashes.ContainsKey(w.Body.TransferId));
    }

    private static DateTimeOffset Microsecond(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
