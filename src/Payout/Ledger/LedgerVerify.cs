using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Payout.Ledger;

/// <summary>What a check of the whole ledger found. Clean when there is no fault.</summary>
/// <param name="Faults">The first bad row of each account, and every contest that does not balance.</param>
public sealed record LedgerReport(long Transfers, long Accounts, long Contests, IReadOnlyList<LedgerFault> Faults)
{
    public bool Clean => Faults.Count == 0;
}

/// <summary>One thing that is wrong in the ledger: where, and what was expected.</summary>
public sealed record LedgerFault(string Where, string What);

/// <summary>Balance of one account, credits less debits, over all its shards.</summary>
public sealed record AccountBalance(string Account, string Currency, long BalanceMinor, long Lines);

/// <summary>
/// Recomputes everything the ledger claims: body hashes, chains, balances, pool equations, lots of wallets. Reads only.
/// </summary>
public static class LedgerVerify
{
    /// <summary>Faults reported at most; the rest is the same story.</summary>
    public const int FaultsMax = 100;

    /// <param name="watcher">Is told how many lines of how many have been checked.</param>
    public static async Task<LedgerReport> Run(
        NpgsqlConnection connection, CancellationToken ct, IProgress<(long Done, long Total)>? watcher = null)
    {
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        var faults = new List<LedgerFault>();
        var heads = await LedgerReadSql.Heads(connection, ct);
        var walk = new ChainWalk(faults);
        long sides = 0;
        await foreach (var side in LedgerReadSql.Sides(connection, ct))
        {
            walk.Take(side);
            sides++;
            if (sides % 1_000 == 0) watcher?.Report((sides / 2, heads.Sum(h => h.LastNo) / 2));
        }

        walk.CloseAccount();
        CompareHeads(heads, walk.Ends, faults);
        var sums = await LedgerReadSql.Sums(connection, ct);
        foreach (var sum in sums.Where(s => s.BalanceMinor != 0))
            faults.Add(new LedgerFault($"currency {sum.Currency}", $"all balances together are {sum.BalanceMinor}, not 0"));
        var contests = await LedgerReadSql.Contests(connection, ct);
        foreach (var contest in contests)
            if (CheckContest.Fault(contest) is { } what)
                faults.Add(new LedgerFault($"contest {contest.ContestId} revision {contest.Revision}", what));
        foreach (var wallet in await LedgerReadSql.WalletsThatDiffer(connection, ct))
            faults.Add(new LedgerFault($"account wallet:{wallet.PlayerId} {wallet.Currency}",
                $"its lots come to {wallet.LotsMinor}, its balance is {wallet.BalanceMinor}"));
        return new LedgerReport(sides / 2, heads.Count, contests.Count, faults.Take(FaultsMax).ToList());
    }

    private static void CompareHeads(
        IReadOnlyList<AccountHead> heads, Dictionary<(string, string, short), AccountHead> ends, List<LedgerFault> faults)
    {
        foreach (var head in heads)
        {
            var where = $"account {head.Account} {head.Currency} shard {head.Shard}";
            var end = ends.GetValueOrDefault((head.Account, head.Currency, head.Shard))
                ?? new AccountHead(head.Account, head.Currency, head.Shard, 0, 0, LedgerChain.Start);
            if (end.BalanceMinor != head.BalanceMinor)
                faults.Add(new LedgerFault(where, $"balance kept {head.BalanceMinor}, lines add up to {end.BalanceMinor}"));
            if (end.LastNo != head.LastNo)
                faults.Add(new LedgerFault(where, $"last line kept {head.LastNo}, found {end.LastNo}"));
            else if (!end.Chain.AsSpan().SequenceEqual(head.Chain))
                faults.Add(new LedgerFault(where, "chain kept is not the chain of its lines"));
        }

        var known = heads.Select(h => (h.Account, h.Currency, h.Shard)).ToHashSet();
        foreach (var end in ends.Keys.Where(k => !known.Contains(k)))
            faults.Add(new LedgerFault($"account {end.Item1} {end.Item2} shard {end.Item3}", "has lines but no account row"));
    }
}

/// <summary>Walks every account's lines in order and stops believing an account at its first bad row.</summary>
internal sealed class ChainWalk(List<LedgerFault> faults)
{
    private AccountHead? current;
    private bool broken;

    public Dictionary<(string, string, short), AccountHead> Ends { get; } = [];

    public void Take(LedgerSide side)
    {
        if (current is null || current.Account != side.Account || current.Currency != side.Body.Currency
            || current.Shard != side.Shard)
        {
            CloseAccount();
            current = new AccountHead(side.Account, side.Body.Currency, side.Shard, 0, 0, LedgerChain.Start);
            broken = false;
        }

        current.Append(side.IsCredit ? side.Body.AmountMinor : -side.Body.AmountMinor, side.Body.Hash(), side.PostedAt);
        if (broken) return;

        var what = current.LastNo > side.No ? $"line {side.No} is there twice"
            : current.LastNo < side.No ? $"line {current.LastNo} is missing before line {side.No}"
            : !current.Chain.AsSpan().SequenceEqual(side.Chain)
                ? "its chain does not follow from its body and the line before: it is not what was posted"
            : null;
        if (what is null) return;
        broken = true;
        faults.Add(new LedgerFault(
            $"account {side.Account} {side.Body.Currency} shard {side.Shard} line {side.No} (transfer {side.Body.TransferId})",
            what));
    }

    public void CloseAccount()
    {
        if (current is not null) Ends[(current.Account, current.Currency, current.Shard)] = current;
        current = null;
    }
}

/// <summary>The pool equation of one contest, from its lines and from what Settlement decided.</summary>
public static class CheckContest
{
    /// <returns>Null when it holds.</returns>
    public static string? Fault(ContestSums s) =>
        s.PoolInMinor != s.PoolOutMinor ? $"pool in {s.PoolInMinor}, out {s.PoolOutMinor}"
        : s.PoolInMinor != s.PoolMinor ? $"pool posted {s.PoolInMinor}, decided {s.PoolMinor}"
        : s.AwardsMinor != s.PrizesGrossMinor ? $"awards posted {s.AwardsMinor}, decided {s.PrizesGrossMinor}"
        : s.FeesMinor != s.PlatformFeesMinor ? $"platform fees posted {s.FeesMinor}, decided {s.PlatformFeesMinor}"
        : s.RemainderMinor != s.HouseRemainderMinor ? $"remainder posted {s.RemainderMinor}, decided {s.HouseRemainderMinor}"
        : s.PaidLinesMinor != s.PaidPayoutsMinor ? $"lines of paid payouts {s.PaidLinesMinor}, payouts paid {s.PaidPayoutsMinor}"
        : null;
}

/// <summary>Posted and decided amounts of one complete contest revision.</summary>
public sealed record ContestSums(
    string ContestId, int Revision, long PoolMinor, long PrizesGrossMinor, long PlatformFeesMinor, long HouseRemainderMinor,
    long PoolInMinor, long PoolOutMinor, long AwardsMinor, long FeesMinor, long RemainderMinor, long PaidLinesMinor,
    long PaidPayoutsMinor);
