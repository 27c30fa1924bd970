using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>A proof as it was handed in last.</summary>
public sealed record CopiedProof(string ContestId, string EntryId, int ProofNo, int Version, string ContentHash);

/// <summary>A vote as it was cast last.</summary>
public sealed record CopiedVote(string ContestId, string EntryId, int ProofNo, string VoterId, int Version, bool Approve);

/// <summary>What the referee said of a proof last.</summary>
public sealed record CopiedRuling(string ContestId, string EntryId, int ProofNo, int DecisionNo, string Outcome);

/// <summary>
/// The proofs, votes and rulings of one challenge, from its events in any order and however often they come: the highest version
/// of each holds.
/// </summary>
public sealed class ProofBook
{
    private readonly Dictionary<(string EntryId, int ProofNo), CopiedProof> proofs = [];
    private readonly Dictionary<(string EntryId, int ProofNo, string VoterId), CopiedVote> votes = [];
    private readonly Dictionary<(string EntryId, int ProofNo), CopiedRuling> rulings = [];

    public IReadOnlyCollection<CopiedProof> Proofs => proofs.Values;

    public IReadOnlyCollection<CopiedVote> Votes => votes.Values;

    public IReadOnlyCollection<CopiedRuling> Rulings => rulings.Values;

    /// <summary>What the completion has to name.</summary>
    public FinalProofsV1 Named => new(
        proofs.Count, ProofHash.OfProofs(proofs.Values.Select(p => (p.EntryId, p.ProofNo, p.Version, p.ContentHash))),
        votes.Count, ProofHash.OfVotes(votes.Values.Select(v => (v.EntryId, v.ProofNo, v.VoterId, v.Version, v.Approve))),
        rulings.Count, ProofHash.OfRulings(rulings.Values.Select(r => (r.EntryId, r.ProofNo, r.DecisionNo, r.Outcome))));

    /// <summary>Takes in an event of one challenge; anything else is left alone.</summary>
    public void Apply(IMessage message)
    {
        switch (message)
        {
            case ProofSubmittedV1 m:
                Add(new CopiedProof(m.ContestId, m.EntryId, m.ProofNo, m.Version, ProofHash.OfContent(m.Text, m.Files)));
                break;
            case VoteCastV1 m:
                Add(new CopiedVote(m.ContestId, m.EntryId, m.ProofNo, m.VoterId, m.Version, m.Approve));
                break;
            case ProofDecidedV1 { By: ProofDeciders.Referee } m:
                Add(new CopiedRuling(m.ContestId, m.EntryId, m.ProofNo, m.DecisionNo, m.Outcome));
                break;
        }
    }

    public void Add(CopiedProof proof)
    {
        var key = (proof.EntryId, proof.ProofNo);
        if (!proofs.TryGetValue(key, out var known) || known.Version < proof.Version) proofs[key] = proof;
    }

    public void Add(CopiedVote vote)
    {
        var key = (vote.EntryId, vote.ProofNo, vote.VoterId);
        if (!votes.TryGetValue(key, out var known) || known.Version < vote.Version) votes[key] = vote;
    }

    public void Add(CopiedRuling ruling)
    {
        var key = (ruling.EntryId, ruling.ProofNo);
        if (!rulings.TryGetValue(key, out var known) || known.DecisionNo < ruling.DecisionNo) rulings[key] = ruling;
    }

    /// <returns>How many proofs of each participant passed, as the one line that a challenge is ranked by.</returns>
    public FinalStats Stats(VerifiedTermsV1 terms, EntryBook entries)
    {
        var playerOf = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++) playerOf[entries.EntryIds[i]] = entries.Players[entries.PlayerOf[i]];
        var cast = votes.Values.GroupBy(v => (v.EntryId, v.ProofNo)).ToDictionary(
            g => g.Key, g => (For: g.Count(v => v.Approve), Against: g.Count(v => !v.Approve)));
        var passed = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var key in proofs.Keys)
        {
            Invariant.Holds(playerOf.TryGetValue(key.EntryId, out var player), $"proof of {key.EntryId}, which takes no part");
            var (yes, no) = cast.GetValueOrDefault(key);
            var outcome = rulings.GetValueOrDefault(key)?.Outcome ?? ProofVerdict.AtEnd(terms, yes, no, entries.Count);
            if (outcome == ProofOutcomes.Passed) passed[player!] = passed.GetValueOrDefault(player!) + 1;
        }

        return new FinalStats(new HashSet<string>(), passed.ToDictionary(
            p => (VerifiedTermsV1.Game, p.Key),
            p => (IReadOnlyDictionary<string, long>)new Dictionary<string, long> { [VerifiedTermsV1.PassedStat] = p.Value }));
    }
}
