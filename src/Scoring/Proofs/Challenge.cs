using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>The times of a challenge: its part of the one lifecycle table. Pure.</summary>
public static class ChallengeTimes
{
    /// <returns>When it began, UTC; null: not yet.</returns>
    public static DateTimeOffset? Began(VerifiedTermsV1 terms, DateTimeOffset now) =>
        terms.StartsAt <= now ? terms.StartsAt : null;

    /// <returns>The step to COMPLETE; null: proofs may still come, or be voted on.</returns>
    public static LifecycleStepV1? Completion(LifecycleView c, VerifiedTermsV1 terms, DateTimeOffset now)
    {
        if (now < terms.EndsAt) return null;
        var proofs = c.Proofs ?? throw new InvariantException($"contest {c.Definition.ContestId}: its proofs are not loaded");
        if (ProofVerdict.Needed(terms, c.EntryCount) == 0)
            return new LifecycleStepV1(ContestStates.Complete, terms.EndsAt, "the challenge is over, and nobody can vote");
        if (proofs.Open == 0)
        {
            return new LifecycleStepV1(ContestStates.Complete,
                proofs.LastDecidedAt > terms.EndsAt ? proofs.LastDecidedAt.Value : terms.EndsAt,
                "the challenge is over, and every proof is decided");
        }

        return now < terms.VerificationEndsAt ? null : new LifecycleStepV1(ContestStates.Complete, terms.VerificationEndsAt,
            $"the verification is over; {proofs.Open} proofs are not decided and {terms.UndecidedCountsAs}");
    }

    /// <returns>When to look at a running challenge again, UTC.</returns>
    public static DateTimeOffset Next(LifecycleView c, VerifiedTermsV1 terms, DateTimeOffset now) =>
        c.State == ContestStates.Locked ? terms.StartsAt : now < terms.EndsAt ? terms.EndsAt : terms.VerificationEndsAt;

    /// <summary>True: a proof was decided after the end, and may have been the last one open.</summary>
    public static bool MayEnd(CommandDecision decision, ContestRules? rules, DateTimeOffset now) =>
        decision is CommandDecision.CastVote { Proof.Outcome: not null } or CommandDecision.RuleOnProof
            && rules!.Definition.Verified!.EndsAt <= now;

    /// <summary>True: the lifecycle has a step to write before a command about a proof is judged.</summary>
    public static bool IsDue(string state, ContestDefinitionV1 definition, DateTimeOffset now) =>
        definition.Verified is { } terms && state switch
        {
            ContestStates.Scheduled => now >= definition.LockAt,
            ContestStates.Locked => now >= terms.StartsAt,
            ContestStates.Live => now >= terms.VerificationEndsAt,
            _ => false,
        };
}

/// <summary>What a challenge is decided by, from the database alone. The contest's row is locked by the caller.</summary>
internal static class ChallengeResult
{
    /// <summary>With the step to COMPLETE: what nobody decided counts as the definition says.</summary>
    public static async Task DecideOpen(ContestRow contest, VerifiedTermsV1 terms, DateTimeOffset at, Tx tx)
    {
        var open = (await tx.Proofs(contest.ContestId)).Where(p => p.Outcome is null)
            .Select(p => p.Decided(ProofVerdict.Undecided(terms), ProofDeciders.Undecided, at)).ToArray();
        if (open.Length == 0) return;
        await tx.StoreProofs(open);
        await tx.NoteProofs(contest, [.. open.Select(p => p.EntryId).Distinct(StringComparer.Ordinal)]);
        foreach (var proof in open) tx.Send(proof.ToMessage());
    }

    /// <returns>One line per player with proofs that passed, as a game's feed would say it.</returns>
    public static async Task<IReadOnlyList<LineRow>> Lines(string contestId, Tx tx) =>
        [.. (await tx.PassedProofs(contestId)).Select(p => new LineRow(VerifiedTermsV1.Game, p.PlayerId, 1,
            System.Text.Encoding.UTF8.GetString(WireJson.Bytes(
                new Dictionary<string, long> { [VerifiedTermsV1.PassedStat] = p.Passed }))))];

    /// <returns>What the completion names.</returns>
    public static async Task<FinalProofsV1> Named(string contestId, Tx tx)
    {
        var proofs = await tx.Proofs(contestId);
        var votes = await tx.Votes(contestId);
        var rulings = proofs.Where(p => p.DecidedBy == ProofDeciders.Referee).ToArray();
        return new FinalProofsV1(
            proofs.Count, ProofHash.OfProofs(proofs.Select(p => (p.EntryId, p.ProofNo, p.Version, p.ContentHash))),
            votes.Count, ProofHash.OfVotes(votes.Select(v => (v.EntryId, v.ProofNo, v.VoterId, v.Version, v.Approve))),
            rulings.Length, ProofHash.OfRulings(rulings.Select(p => (p.EntryId, p.ProofNo, p.DecisionNo, p.Outcome!))));
    }
}
