using System.Collections.Concurrent;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Ledger;

/// <summary>
/// Posts lines: accounts locked in sorted order, balances and chains moved on, rows written by COPY. All within the caller's
/// transaction.
/// </summary>
/// <remarks>
/// A line that was posted before with the same body is left alone; with another body it is a bug. Call it late in a transaction,
/// and once with all its lines: the accounts stay locked until the commit.
/// </remarks>
public static class LedgerPosting
{
    public const int LinesMax = 200_000;

    /// <summary>
    /// More than one is needed only when somebody else made one of the accounts or posted one of the lines in the meantime.
    /// </summary>
    private const int TriesMax = 10;

    /// <summary>Below this the hashes are not worth a second thread.</summary>
    private const int LinesPerRange = 1_000;

    /// <returns>How many lines were new.</returns>
    public static async Task<int> Post(this Tx tx, IReadOnlyList<LedgerLine> lines)
    {
        Invariant.Holds(lines.Count <= LinesMax, $"{lines.Count} ledger lines in one call; at most {LinesMax}");
        if (lines.Count == 0) return 0;

        var wanted = Distinct(lines);
        var keys = Keys(wanted);
        for (var tries = 1; tries <= TriesMax; tries++)
        {
            var heads = await LockHeads(tx, keys);
            var fresh = tries == 1 ? wanted : await WithoutPosted(tx, wanted);
            if (await Write(tx, fresh, heads)) return fresh.Count;
            await tx.UndoPosting();
        }

        throw new InvariantException(
            $"ledger: {wanted.Count} lines beginning with {lines[0].Words} met others' lines or accounts {TriesMax} times");
    }

    /// <summary>First the accounts that are new, so that whoever posts the same lines has to wait here.</summary>
    /// <returns>False when an account or a line is there already; then nothing stays written that this call wrote.</returns>
    private static async Task<bool> Write(Tx tx, IReadOnlyList<HashedLine> fresh, Dictionary<AccountKey, AccountHead> heads)
    {
        var postedAt = tx.NowStored();
        var rows = new LedgerRow[fresh.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = Append(fresh[i], heads, postedAt);

        return await tx.CopyAccounts([.. heads.Values.Where(h => h.IsNew && h.LastNo > 0)])
            && await tx.CopyTransfers(rows, postedAt)
            && await tx.UpdateHeads([.. heads.Values.Where(h => !h.IsNew && h.LastNo > h.LastNoRead)]);
    }

    /// <summary>Moves the heads of both accounts on.</summary>
    private static LedgerRow Append(HashedLine line, Dictionary<AccountKey, AccountHead> heads, DateTimeOffset postedAt)
    {
        var debit = heads[line.Debit];
        var credit = heads[line.Credit];
        debit.Append(-line.Body.AmountMinor, line.BodyHash, postedAt);
        credit.Append(line.Body.AmountMinor, line.BodyHash, postedAt);
        return new LedgerRow(line.Body, debit.LastNo, debit.Chain, credit.LastNo, credit.Chain);
    }

    private static List<HashedLine> Distinct(IReadOnlyList<LedgerLine> lines)
    {
        var hashed = new HashedLine[lines.Count];
        if (lines.Count < LinesPerRange) Hash(0, lines.Count);
        else Parallel.ForEach(Partitioner.Create(0, lines.Count, LinesPerRange), range => Hash(range.Item1, range.Item2));

        var byId = new Dictionary<Guid, byte[]>(lines.Count);
        var distinct = new List<HashedLine>(lines.Count);
        foreach (var line in hashed)
        {
            if (byId.TryAdd(line.Body.TransferId, line.BodyHash)) distinct.Add(line);
            else
                Invariant.Holds(line.BodyHash.AsSpan().SequenceEqual(byId[line.Body.TransferId]),
                    $"ledger line {line.Body.Reference} ({line.Body.Code}) comes twice with different bodies");
        }

        return distinct;

        void Hash(int from, int before)
        {
            for (var i = from; i < before; i++) hashed[i] = HashedLine.Of(lines[i]);
        }
    }

    private static AccountKey[] Keys(List<HashedLine> wanted)
    {
        var keys = new HashSet<AccountKey>();
        foreach (var line in wanted)
        {
            keys.Add(line.Debit);
            keys.Add(line.Credit);
        }

        var sorted = keys.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>The accounts that are there are locked; the others are this posting's to make.</summary>
    private static async Task<Dictionary<AccountKey, AccountHead>> LockHeads(Tx tx, AccountKey[] keys)
    {
        var locked = await tx.LockAccounts(keys);
        var heads = new Dictionary<AccountKey, AccountHead>(keys.Length);
        foreach (var head in locked) heads.Add(head.Key, head);
        foreach (var key in keys) heads.TryAdd(key, AccountHead.New(key));
        return heads;
    }

    /// <summary>
    /// After the accounts are locked: whoever posts the same line has to hold the same accounts, so nothing appears behind this
    /// look.
    /// </summary>
    private static async Task<List<HashedLine>> WithoutPosted(Tx tx, List<HashedLine> wanted)
    {
        var posted = (await tx.Posted([.. wanted.Select(w => w.Body.TransferId)])).ToDictionary(b => b.TransferId);
        foreach (var line in wanted)
        {
            if (!posted.TryGetValue(line.Body.TransferId, out var earlier)) continue;
            Invariant.Holds(line.Body == earlier,
                $"ledger line {line.Body.Reference} ({line.Body.Code}) was posted before with another body");
        }

        return wanted.FindAll(w => !posted.ContainsKey(w.Body.TransferId));
    }
}

/// <summary>A line as it will be stored, with its hash.</summary>
internal sealed record HashedLine(LedgerBody Body, byte[] BodyHash)
{
    public AccountKey Debit => new(Body.DebitAccount, Body.Currency, Body.DebitShard);

    public AccountKey Credit => new(Body.CreditAccount, Body.Currency, Body.CreditShard);

    public static HashedLine Of(LedgerLine line)
    {
        Invariant.Holds(line.AmountMinor > 0, $"ledger line {line.Words}: amount {line.AmountMinor}");
        Invariant.Holds(line.DebitAccount != line.CreditAccount, $"ledger line {line.Words}: both sides are {line.DebitAccount}");
        var body = LedgerBody.Of(line);
        return new HashedLine(body, body.Hash());
    }
}
