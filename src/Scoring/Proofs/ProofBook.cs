using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>The proofs and votes that a batch of commands names, changed in memory and written with two statements.</summary>
internal sealed class ProofBook
{
    private readonly Dictionary<(string, string, int), ProofRow> proofs = [];
    private readonly Dictionary<(string, string, int, string), VoteRow> votes = [];
    private readonly HashSet<(string, string, int)> changedProofs = [];
    private readonly HashSet<(string, string, int, string)> changedVotes = [];

    /// <param name="commands">Of contests that are locked.</param>
    public async Task Load(IReadOnlyList<IContestCommand> commands, Tx tx)
    {
        var named = commands.Select(ProofOf).OfType<(string, string, int)>().Where(p => IdRules.IsId(p.Item2)).Distinct()
            .ToArray();
        if (named.Length == 0) return;
        foreach (var proof in await tx.ProofsNamed(named)) proofs[(proof.ContestId, proof.EntryId, proof.ProofNo)] = proof;
        var voted = commands.OfType<VoteV1>().Where(v => IdRules.IsId(v.EntryId) && IdRules.IsId(v.VoterId))
            .Select(v => (v.ContestId, v.EntryId, v.ProofNo, v.VoterId)).Distinct().ToArray();
        if (voted.Length == 0) return;
        foreach (var vote in await tx.VotesNamed(voted))
            votes[(vote.ContestId, vote.EntryId, vote.ProofNo, vote.VoterId)] = vote;
    }

    /// <returns>Null: the command is about no proof.</returns>
    public ProofView? View(IContestCommand command, bool isFinal) => ProofOf(command) is { } key
        ? new ProofView(proofs.GetValueOrDefault(key),
            command is VoteV1 v ? votes.GetValueOrDefault((v.ContestId, v.EntryId, v.ProofNo, v.VoterId)) : null, isFinal)
        : null;

    public void Submit(SubmitProofV1 submit, int version, DateTimeOffset at) => Put(new ProofRow(
        submit.ContestId, submit.EntryId, submit.ProofNo, version, submit.PlayerId,
        System.Text.Encoding.UTF8.GetString(WireJson.Bytes(new ProofContent(submit.Text, submit.Files))),
        ProofHash.OfContent(submit.Text, submit.Files), at, 0, 0, 0, null, null, null));

    public void Vote(ProofRow proof, VoteV1 vote, int version, DateTimeOffset at)
    {
        Put(proof);
        var key = (vote.ContestId, vote.EntryId, vote.ProofNo, vote.VoterId);
        votes[key] = new VoteRow(
            vote.ContestId, vote.EntryId, vote.ProofNo, vote.VoterId, version, vote.Approve, at);
        changedVotes.Add(key);
    }

    public void Put(ProofRow proof)
    {
        proofs[(proof.ContestId, proof.EntryId, proof.ProofNo)] = proof;
        changedProofs.Add((proof.ContestId, proof.EntryId, proof.ProofNo));
    }

    public async Task Write(Tx tx)
    {
        if (changedProofs.Count > 0) await tx.StoreProofs([.. changedProofs.Select(k => proofs[k])]);
        if (changedVotes.Count > 0) await tx.StoreVotes([.. changedVotes.Select(k => votes[k])]);
        changedProofs.Clear();
        changedVotes.Clear();
    }

    private static (string, string, int)? ProofOf(IContestCommand command) => command switch
    {
        SubmitProofV1 c => (c.ContestId, c.EntryId, c.ProofNo),
        VoteV1 c => (c.ContestId, c.EntryId, c.ProofNo),
        DecideProofV1 c => (c.ContestId, c.EntryId, c.ProofNo),
        _ => null,
    };
}

/// <summary>What was handed in, as it is stored.</summary>
public sealed record ProofContent(string Text, IReadOnlyList<ProofFileV1> Files);
