using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ContestPipeline.Payout;

/// <summary>Each line of an account hashes the one before it: a changed, removed or inserted row breaks every later hash.</summary>
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

    private static long Microseconds(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
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

    /// <param name="amountMinor">Positive for a credit, negative for a debit.</param>
    public void Append(long amountMinor, byte[] bodyHash, DateTimeOffset postedAt)
    {
        BalanceMinor = checked(BalanceMinor + amountMinor);
        LastNo++;
        Chain = LedgerChain.Next(Chain, LastNo, bodyHash, postedAt);
    }
}
