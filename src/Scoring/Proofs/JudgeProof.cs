using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>Judges commands about proofs. A flat run of checks, then the one thing that will happen. Pure.</summary>
public static class JudgeProof
{
    public const int TextCharsMax = 4_000;

    /// <param name="view">With the entry that the command names, and the entries of its player.</param>
    /// <param name="now">When it is handled: a late proof is late whatever its sender's clock says.</param>
    public static CommandDecision Submit(CommandView view, SubmitProofV1 submit, DateTimeOffset now)
    {
        if (Challenge(view) is { } none) return none;
        if (DecideCommand.Owned(view, submit.EntryId, submit.PlayerId, out var rules, out var entry) is { } refused)
            return refused;
        var terms = rules.Definition.Verified!;
        if (NotYet(view, terms) is { } early) return early;
        if (view.State != ContestStates.Live || now >= terms.EndsAt)
            return Refuse(Reasons.ProofLate, $"proofs were taken until {terms.EndsAt:u}");
        if (submit.ProofNo < 1 || submit.ProofNo > terms.ProofsAllowed)
            return Refuse(Reasons.ProofUnknown, $"expected 1 to {terms.ProofsAllowed}; got {submit.ProofNo}", "proofNo");
        if ((Content(submit, terms.Proof) ?? Missing(submit, view.ReceiptKeys)) is { } wrong)
            return new CommandDecision.Refuse(wrong);
        if (view.Proof!.Proof is { } stands && (stands.Approvals + stands.Rejections > 0 || stands.Outcome is not null))
            return Refuse(Reasons.ProofStands, "the proof was voted on or decided; it stands as it is", "proofNo");
        return new CommandDecision.SubmitProof(entry.EntryId, submit.ProofNo, (view.Proof.Proof?.Version ?? 0) + 1);
    }

    /// <inheritdoc cref="Submit"/>
    public static CommandDecision Vote(CommandView view, VoteV1 vote, DateTimeOffset now)
    {
        if (Challenge(view) is { } none) return none;
        var terms = view.Rules!.Definition.Verified!;
        if (view.PlayerEntries == 0)
            return Refuse(Reasons.NotAParticipant, "only participants of the challenge vote", "voterId");
        if (view.Entry is null) return Refuse(Reasons.EntryUnknown, "the challenge has no entry of this id", "entryId");
        if (view.Entry.PlayerId == vote.VoterId)
            return Refuse(Reasons.OwnProof, "nobody votes on a proof of one's own", "voterId");
        if (view.Proof!.Proof is not { } proof) return Refuse(Reasons.ProofUnknown, "no such proof was handed in", "proofNo");
        if (proof.Outcome is not null) return Refuse(Reasons.ProofDecided, $"the proof is decided: {proof.Outcome}", "proofNo");
        if (view.State != ContestStates.Live || now >= terms.VerificationEndsAt)
            return Refuse(Reasons.VoteLate, $"votes were taken until {terms.VerificationEndsAt:u}");
        if (proof.Version != vote.ProofVersion)
            return Refuse(Reasons.ProofChanged,
                $"the proof was handed in again: expected a vote on version {proof.Version}; got {vote.ProofVersion}",
                "proofVersion");
        if (vote.Note is not null && !IdRules.IsClean(vote.Note))
            return Refuse(Reasons.InvalidText,
                $"expected at most {IdRules.TextCharsMax} characters without control characters", "note");
        return view.Proof.Vote is { } before && before.Approve == vote.Approve
            ? Refuse(Reasons.VoteExists, "the voter has said so before; a vote can only be changed", "approve")
            : new CommandDecision.CastVote(
                Counted(proof, view.Proof.Vote, vote.Approve, terms, view.EntryCount, now), (view.Proof.Vote?.Version ?? 0) + 1);
    }

    /// <inheritdoc cref="Submit"/>
    public static CommandDecision Rule(CommandView view, DecideProofV1 ruling, DateTimeOffset now)
    {
        if (Challenge(view) is { } none) return none;
        if (!IdRules.IsId(ruling.IssuedBy)) return Refuse(Reasons.InvalidId, IdRules.IdExpected, "issuedBy");
        if (DecideCommand.Wording(ruling.Reason, ruling.IssuedBy) is { } words) return words;
        if (!ProofOutcomes.All.Contains(ruling.Outcome))
            return Refuse(Reasons.InvalidText, $"expected one of {string.Join(", ", ProofOutcomes.All)}", "outcome");
        if (view.PlayerEntries > 0)
            return Refuse(Reasons.RefereeTakesPart, "a participant decides no proof of the challenge", "issuedBy");
        if (view.Proof!.Proof is not { } proof) return Refuse(Reasons.ProofUnknown, "no such proof was handed in", "proofNo");
        if (view.State is not (ContestStates.Live or ContestStates.Complete))
            return Refuse(Reasons.ContestOver, $"the challenge is {view.State}");
        if (view.Proof.IsFinal)
            return Refuse(Reasons.ContestFinal, "the final ranking is handed to Settlement; its correction window is over");
        return proof.Outcome == ruling.Outcome
            ? Refuse(Reasons.ProofDecided, $"the proof is decided so already: {proof.Outcome}", "outcome")
            : new CommandDecision.RuleOnProof(proof.Ruled(ruling, now));
    }

    private static ProofRow Counted(
        ProofRow proof, VoteRow? before, bool approve, VerifiedTermsV1 terms, int participants, DateTimeOffset now)
    {
        var counted = proof with
        {
            Approvals = proof.Approvals + (approve ? 1 : before is null ? 0 : -1),
            Rejections = proof.Rejections + (approve ? before is null ? 0 : -1 : 1),
        };
        var outcome = ProofVerdict.Of(
            counted.Approvals, counted.Rejections, ProofVerdict.Needed(terms, participants), terms.ApprovalShareBps);
        return outcome is null ? counted : counted.Decided(outcome, ProofDeciders.Votes, now);
    }

    private static CommandDecision.Refuse? Challenge(CommandView view)
    {
        if (view.Rules is null) return Refuse(Reasons.ContestUnknown, "no contest of this id is published", "contestId");
        return view.Rules.Definition.Verified is null
            ? Refuse(Reasons.NotAChallenge, "only challenges have proofs", "contestId") : null;
    }

    private static CommandDecision.Refuse? NotYet(CommandView view, VerifiedTermsV1 terms) =>
        view.State is ContestStates.Scheduled or ContestStates.Locked
            ? Refuse(Reasons.ChallengeNotLive, $"the challenge begins at {terms.StartsAt:u}") : null;

    private static Refusal? Content(SubmitProofV1 submit, ProofRulesV1 rules)
    {
        if (!IsText(submit.Text))
            return new Refusal(Reasons.ProofInvalid, $"expected at most {TextCharsMax} characters that can be printed", "text");
        if (rules.TextRequired && string.IsNullOrWhiteSpace(submit.Text))
            return new Refusal(Reasons.ProofInvalid, "expected words; the proof has none", "text");
        if (submit.Files.Count < rules.FilesMin || submit.Files.Count > rules.FilesMax)
            return new Refusal(Reasons.ProofInvalid,
                $"expected {rules.FilesMin} to {rules.FilesMax} files; got {submit.Files.Count}", "files");
        for (var i = 0; i < submit.Files.Count; i++)
        {
            if (File(submit.Files[i], rules, $"files[{i}]") is { } wrong) return wrong;
        }

        return submit.Files.Select(f => f.Sha256).Distinct(StringComparer.Ordinal).Count() == submit.Files.Count
            ? null : new Refusal(Reasons.ProofInvalid, "a file is named twice", "files");
    }

    /// <summary>A file is there when the store has said so to this player, for this challenge.</summary>
    private static Refusal? Missing(SubmitProofV1 submit, IReadOnlyList<byte[]> keys)
    {
        if (keys.Count == 0) return null;
        for (var i = 0; i < submit.Files.Count; i++)
        {
            var receipt = submit.Receipts?.ElementAtOrDefault(i);
            if (!ProofReceipt.IsGood(keys, receipt, submit.ContestId, submit.PlayerId, submit.Files[i]))
            {
                return new Refusal(Reasons.ProofInvalid,
                    "expected the file store's receipt for this file, challenge and player: put the file there first",
                    $"receipts[{i}]");
            }
        }

        return null;
    }

    private static Refusal? File(ProofFileV1? file, ProofRulesV1 rules, string field)
    {
        if (file is null) return new Refusal(Reasons.ProofInvalid, "a file is null", field);
        if (file.Sha256.Length != 64 || !file.Sha256.All(char.IsAsciiHexDigitLower))
            return new Refusal(Reasons.ProofInvalid, "expected 64 lower-case hexadecimal digits", field + ".sha256");
        if (!rules.MediaTypes.Contains(file.MediaType))
            return new Refusal(
                Reasons.ProofInvalid, $"expected one of {string.Join(", ", rules.MediaTypes)}", field + ".mediaType");
        return file.Bytes < 1 || file.Bytes > rules.FileBytesMax
            ? new Refusal(Reasons.ProofInvalid, $"expected 1 to {rules.FileBytesMax}; got {file.Bytes}", field + ".bytes") : null;
    }

    /// <summary>In lines.</summary>
    private static bool IsText(string text) => text.Length <= TextCharsMax && text.Split('\n').All(IdRules.IsPrintable);

    private static CommandDecision.Refuse Refuse(string reasonCode, string message, string? field = null) =>
        new(new Refusal(reasonCode, message, field));
}
