using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Ledger;

/// <summary>
/// One movement of money to be posted: from one account to another, for one reason, with an id derived from that reason.
/// </summary>
/// <param name="Words">What the line is for (<c>award/{contest}/{revision}/{entry}</c>): the id is derived from it, so it can
/// happen only once.</param>
/// <param name="Code">The kind of movement, one stable word.</param>
/// <param name="Reference">What a person would look up: the words, or Stripe's id.</param>
public sealed record LedgerLine(
    string Words, string DebitAccount, string CreditAccount, string Currency, long AmountMinor, string Code, string Reference,
    string ContestId, int Revision)
{
    public Guid TransferId => DeterministicId.From(Words);
}

/// <summary>One row of the ledger as far as it is hashed: who, what, how much.</summary>
public sealed record LedgerBody(
    Guid TransferId, string DebitAccount, short DebitShard, string CreditAccount, short CreditShard, string Currency,
    long AmountMinor, string Code, string Reference, string ContestId, int Revision)
{
    private const int BytesMax = 2048;

    public static LedgerBody Of(LedgerLine line) => new(
        line.TransferId, line.DebitAccount, LedgerAccounts.Shard(line.DebitAccount, line.Reference), line.CreditAccount,
        LedgerAccounts.Shard(line.CreditAccount, line.Reference), line.Currency, line.AmountMinor, line.Code, line.Reference,
        line.ContestId, line.Revision);

    /// <summary>
    /// SHA-256 over the fields, each preceded by its length, so that no two different rows write the same bytes.
    /// </summary>
    public byte[] Hash()
    {
        Span<byte> bytes = stackalloc byte[BytesMax];
        var words = new FieldWriter(LengthMax <= BytesMax ? bytes : new byte[LengthMax]);
        words.Add(TransferId.ToString("D"));
        words.Add(DebitAccount);
        words.Add(DebitShard);
        words.Add(CreditAccount);
        words.Add(CreditShard);
        words.Add(Currency);
        words.Add(AmountMinor);
        words.Add(Code);
        words.Add(Reference);
        words.Add(ContestId);
        words.Add(Revision);
        return SHA256.HashData(words.Written);
    }

    /// <summary>UTF-8 takes at most three bytes a character; lengths, numbers and colons take less than 300 together.</summary>
    private int LengthMax =>
        300 + 3 * (DebitAccount.Length + CreditAccount.Length + Currency.Length + Code.Length + Reference.Length
            + ContestId.Length);

    /// <summary>Writes fields, each after its length, into one buffer.</summary>
    private ref struct FieldWriter(Span<byte> bytes)
    {
        private readonly Span<byte> bytes = bytes;
        private int length;

        public readonly ReadOnlySpan<byte> Written => bytes[..length];

        public void Add(long number)
        {
            Span<byte> digits = stackalloc byte[20];
            number.TryFormat(digits, out var count, provider: CultureInfo.InvariantCulture);
            Length(count);
            digits[..count].CopyTo(bytes[length..]);
            length += count;
        }

        public void Add(string field)
        {
            Length(field.Length);
            length += Encoding.UTF8.GetBytes(field, bytes[length..]);
        }

        private void Length(int characters)
        {
            characters.TryFormat(bytes[length..], out var count, provider: CultureInfo.InvariantCulture);
            length += count;
            bytes[length++] = (byte)':';
        }
    }
}
