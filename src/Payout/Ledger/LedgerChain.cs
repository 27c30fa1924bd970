using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ContestPipeline.Payout.Ledger;

/// <summary>
/// Each line of an account hashes the one before it: a changed, removed or inserted row breaks every later hash.
/// </summary>
public static class LedgerChain
{
    /// <summary>Before the first line.</summary>
    public static readonly byte[] Start = new byte[32];

    /// <param name="no">1, 2, 3 … within the account's shard.</param>
    /// <param name="postedAt">To the microsecond, as PostgreSQL keeps it.</param>
    public static byte[] Next(ReadOnlySpan<byte> previous, long no, ReadOnlySpan<byte> bodyHash, DateTimeOffset postedAt)
    {
        Span<byte> words = stackalloc byte[80];
        previous.CopyTo(words);
        BinaryPrimitives.WriteInt64BigEndian(words[32..], no);
        bodyHash.CopyTo(words[40..]);
        BinaryPrimitives.WriteInt64BigEndian(words[72..], Microseconds(postedAt));
        return SHA256.HashData(words);
    }

    private static long Microseconds(DateTimeOffset at) =>
        (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}

/// <summary>One shard of an account in one currency; ordered as accounts are locked.</summary>
internal readonly record struct AccountKey(string Account, string Currency, short Shard) : IComparable<AccountKey>
{
    public int CompareTo(AccountKey other)
    {
        var order = string.CompareOrdinal(Account, other.Account);
        if (order == 0) order = string.CompareOrdinal(Currency, other.Currency);
        return order == 0 ? Shard.CompareTo(other.Shard) : order;
    }
}

/// <summary>An account's shard while lines are posted: balance, number of its last line, head of its chain.</summary>
internal sealed class AccountHead(string account, string currency, short shard, long balanceMinor, long lastNo, byte[] chain)
{
    public string Account { get; } = account;
    public string Currency { get; } = currency;
    public short Shard { get; } = shard;
    public long BalanceMinor { get; private set; } = balanceMinor;
    public long LastNo { get; private set; } = lastNo;
    public byte[] Chain { get; private set; } = chain;

    /// <summary>As it was read, before any line was appended.</summary>
    public long LastNoRead { get; } = lastNo;

    /// <summary>Not in the database yet.</summary>
    public bool IsNew { get; private init; }

    public AccountKey Key => new(Account, Currency, Shard);

    public static AccountHead New(AccountKey key) =>
        new(key.Account, key.Currency, key.Shard, 0, 0, LedgerChain.Start) { IsNew = true };

    /// <param name="amountMinor">Positive for a credit, negative for a debit.</param>
    public void Append(long amountMinor, byte[] bodyHash, DateTimeOffset postedAt)
    {
        BalanceMinor = checked(BalanceMinor + amountMinor);
        LastNo++;
        Chain = LedgerChain.Next(Chain, LastNo, bodyHash, postedAt);
    }
}
