using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using ContestPipeline.Payout.Ledger;

namespace ContestPipeline.Payout.Anchors;

/// <summary>The last row of one hash chain: of a shard of an account of the ledger, or of a shard of the audit log.</summary>
/// <param name="Account">Of the ledger; empty: the audit log.</param>
/// <param name="Currency">Of the account; empty for the audit log.</param>
/// <param name="No">Number of the row in its chain, from 1.</param>
/// <param name="Chain">SHA-256 over the row and all before it, base64url.</param>
public sealed record AnchoredRow(string Account, string Currency, short Shard, long No, string Chain)
{
    /// <summary>Which chain it is of.</summary>
    public (string Account, string Currency, short Shard) Of => (Account, Currency, Shard);

    /// <summary>For people.</summary>
    public override string ToString() =>
        Account.Length == 0 ? $"audit row {Shard}/{No}" : $"account {Account} {Currency} shard {Shard} line {No}";
}

/// <summary>
/// What the books were at one time, kept outside the database: the ends of all chains that grew since the anchor before.
/// </summary>
/// <param name="No">1, 2, 3 …</param>
/// <param name="At">UTC.</param>
/// <param name="Previous">SHA-256 of the line before, base64url; empty for the first.</param>
public sealed record Anchor(long No, DateTimeOffset At, string Previous, IReadOnlyList<AnchoredRow> Rows);

/// <summary>
/// The anchors in order, each a line that is signed and names the line before it. Who owns the database can rewrite every row,
/// chain and head in it so that they fit each other; not these lines, without the key.
/// </summary>
public sealed class AnchorBook
{
    private readonly Dictionary<(string, string, short), AnchoredRow> ends = [];
    private string lastHash = "";

    /// <summary>How many anchors there are.</summary>
    public long Count { get; private set; }

    /// <summary>When the last one was written, UTC; null: there is none.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>The furthest that each chain was seen.</summary>
    public IReadOnlyCollection<AnchoredRow> Ends => ends.Values;

    /// <summary>Takes one line more.</summary>
    /// <param name="line">As <see cref="Sign"/> made it.</param>
    /// <param name="key">The public half suffices.</param>
    /// <exception cref="FormatException">It is not the line that follows, or not signed with the key; nothing was
    /// taken.</exception>
    public void Take(string line, ECDsa key)
    {
        var cut = line.LastIndexOf(' ');
        if (cut < 0 || !Base64Url.IsValid(line.AsSpan(cut + 1)))
            throw new FormatException($"line {Count + 1} is no anchor: it should be JSON, a space and a signature");
        var said = System.Text.Encoding.UTF8.GetBytes(line[..cut]);
        if (!key.VerifyData(said, Base64Url.DecodeFromChars(line.AsSpan(cut + 1)), HashAlgorithmName.SHA256))
            throw new FormatException(
                $"line {Count + 1} is not signed with this key: it was altered, or another process wrote it");
        Anchor? anchor;
        try
        {
            anchor = JsonSerializer.Deserialize<Anchor>(said, JsonSerializerOptions.Web);
        }
        catch (JsonException bad)
        {
            throw new FormatException($"line {Count + 1} is no anchor: {bad.Message}", bad);
        }

        if (anchor is null || anchor.No != Count + 1 || anchor.Previous != lastHash)
            throw new FormatException(
                $"line {Count + 1} does not follow the line before it: lines were removed, doubled or put in");
        foreach (var row in anchor.Rows) ends[row.Of] = row;
        (Count, LastAt, lastHash) = (anchor.No, anchor.At,
            Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(line))));
    }

    /// <summary>The next anchor: of these ends those that are new or have grown.</summary>
    /// <param name="now">UTC.</param>
    public Anchor Next(IEnumerable<AnchoredRow> heads, DateTimeOffset now) =>
        new(Count + 1, now, lastHash, [.. heads.Where(h => !ends.TryGetValue(h.Of, out var known) || known.No < h.No)]);

    /// <summary>An anchor as a line: JSON, a space, the signature over the JSON (ECDSA, SHA-256, base64url).</summary>
    /// <param name="key">With its private half.</param>
    public static string Sign(Anchor anchor, ECDsa key)
    {
        var said = JsonSerializer.SerializeToUtf8Bytes(anchor, JsonSerializerOptions.Web);
        return $"{System.Text.Encoding.UTF8.GetString(said)} "
            + $"{Base64Url.EncodeToString(key.SignData(said, HashAlgorithmName.SHA256))}";
    }

    /// <summary>Compares what was anchored with the rows that the database has now.</summary>
    /// <param name="found">The chain of each anchored row; a row that is not there is missing here too.</param>
    public IReadOnlyList<LedgerFault> Compare(IReadOnlyDictionary<AnchoredRow, string> found) =>
    [
        .. ends.Values.Where(row => !found.TryGetValue(row, out var chain) || chain != row.Chain)
            .OrderBy(row => row.ToString(), StringComparer.Ordinal)
            .Select(row => new LedgerFault(row.ToString(), found.ContainsKey(row)
                ? "is not what was anchored: it, or a row before it, was rewritten with the chain made to fit"
                : "was anchored and is gone: rows were removed, or the database went back to an earlier time")),
    ];
}
