using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>One movement of money to be posted: from one account to another, for one reason, with an id derived from that reason.</summary>
/// <param name="Words">What the line is for (<c>award/{contest}/{revision}/{entry}</c>): the id is derived from it, so it can happen only once.</param>
/// <param name="Code">The kind of movement, one stable word.</param>
/// <param name="Reference">What a person would look up: the words, or Stripe's id.</param>
public sealed record LedgerLine(
    string Words, string DebitAccount, string CreditAccount, string Currency, long AmountMinor, string Code, string Reference,
    string ContestId, int Revision)
{
    public Guid TransferId { get; } = DeterministicId.From(Words);
}

/// <summary>One row of the ledger as far as it is hashed: who, what, how much.</summary>
public sealed record LedgerBody(
    Guid TransferId, string DebitAccount, short DebitShard, string CreditAccount, short CreditShard, string Currency, long AmountMinor,
    string Code, string Reference, string ContestId, int Revision)
{
    public static LedgerBody Of(LedgerLine line) => new(
        line.TransferId, line.DebitAccount, LedgerAccounts.Shard(line.DebitAccount, line.Reference), line.CreditAccount,
        LedgerAccounts.Shard(line.CreditAccount, line.Reference), line.Currency, line.AmountMinor, line.Code, line.Reference,
        line.ContestId, line.Revision);

    /// <summary>SHA-256 over the fields, each preceded by its length, so that no two different rows write the same bytes.</summary>
    public byte[] Hash()
    {
        var words = new StringBuilder(200);
        foreach (var field in (ReadOnlySpan<string>)[
            TransferId.ToString("D"), DebitAccount, Number(DebitShard), CreditAccount, Number(CreditShard), Currency, Number(AmountMinor),
            Code, Reference, ContestId, Number(Revision)])
            words.Append(field.Length).Append(':').Append(field);
        return SHA256.HashData(Encoding.UTF8.GetBytes(words.ToString()));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
