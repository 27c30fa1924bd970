using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Contracts;

/// <summary>
/// Hashes by which two workers find out whether they hold the same proofs, votes and rulings. Lower-case hex SHA-256 over UTF-8
/// lines in ordinal order, fields joined by vertical bars, which no id contains.
/// </summary>
public static class ProofHash
{
    /// <summary>Of what a proof says.</summary>
    public static string OfContent(string text, IReadOnlyList<ProofFileV1> files) => CanonicalHash.Of(new Content(text, files));

    /// <param name="proofs">The newest version of each, in any order.</param>
    public static string OfProofs(IEnumerable<(string EntryId, int ProofNo, int Version, string ContentHash)> proofs) =>
        OfLines(proofs.Select(p => FormattableString.Invariant($"{p.EntryId}|{p.ProofNo}|{p.Version}|{p.ContentHash}")));

    /// <param name="votes">The newest version of each, in any order.</param>
    public static string OfVotes(IEnumerable<(string EntryId, int ProofNo, string VoterId, int Version, bool Approve)> votes) =>
        OfLines(votes.Select(v => FormattableString.Invariant(
            $"{v.EntryId}|{v.ProofNo}|{v.VoterId}|{v.Version}|{(v.Approve ? "for" : "against")}")));

    /// <param name="rulings">The referee's newest on each proof, in any order.</param>
    public static string OfRulings(IEnumerable<(string EntryId, int ProofNo, int DecisionNo, string Outcome)> rulings) =>
        OfLines(rulings.Select(r => FormattableString.Invariant($"{r.EntryId}|{r.ProofNo}|{r.DecisionNo}|{r.Outcome}")));

    private static string OfLines(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines.Order(StringComparer.Ordinal)) hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record Content(string Text, IReadOnlyList<ProofFileV1> Files);
}
