using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// What a command is judged by: the contest (null: there is none), the entry it names and what its player already has.
/// </summary>
/// <param name="StartedGames">Games of the contest that have begun, see <see cref="BegunGames"/>.</param>
/// <param name="PlayerEntries">Entries of the command's player that take part or are reserved.</param>
/// <param name="MayCancel">False once a result may exist.</param>
/// <param name="Unsettled">The final ranking that Settlement has not settled; null: there is none.</param>
/// <param name="Reserved">The entry as far as its fee is not paid; null: it was never reserved.</param>
/// <param name="PlayerReservations">How many entries the player ever reserved here.</param>
public sealed record CommandView(
    ContestRules? Rules, string? State, int EntryCount, IReadOnlySet<string> StartedGames, EntryView? Entry, int PlayerEntries,
    bool MayCancel = true, ReservedEntry? Reserved = null, int PlayerReservations = 0, UnsettledRanking? Unsettled = null)
{
    /// <summary>Of a contest that is to be published: what its games' feeds have said by now.</summary>
    public IReadOnlyList<LineRow> Lines { get; init; } = [];

    /// <summary>Of a contest that is to be published: what was published under the name and version of its rule set.</summary>
    public RuleSet? PublishedRules { get; init; }

    /// <summary>Of a command about a proof of a challenge; null: it is about nothing of the kind.</summary>
    public ProofView? Proof { get; init; }

    /// <summary>By which receipts for files are checked; none: proofs name files that nobody checks.</summary>
    public IReadOnlyList<byte[]> ReceiptKeys { get; init; } = [];
}

/// <summary>A final ranking that was handed to Settlement and is not settled, as far as Scoring knows.</summary>
public sealed record UnsettledRanking(int Revision, int Attempt);

/// <summary>An entry as it stands.</summary>
public sealed record EntryView(string EntryId, string PlayerId, int Version, IReadOnlyList<string> AthleteIds, bool Withdrawn);

/// <summary>Every answer a command can get.</summary>
public abstract record CommandDecision
{
    private CommandDecision() { }

    public sealed record Publish(ContestDefinitionV1 Definition) : CommandDecision;
    public sealed record Accept(string EntryId, string PlayerId, IReadOnlyList<string> AthleteIds) : CommandDecision;
    public sealed record Reserve(string EntryId, string PlayerId, int PlayerEntryNo, IReadOnlyList<string> AthleteIds)
        : CommandDecision;
    public sealed record Change(string EntryId, int Version, IReadOnlyList<string> AthleteIds, int Slot, PoolAthleteV1 Outgoing,
        PoolAthleteV1 Incoming) : CommandDecision;
    public sealed record Withdraw(string EntryId, string PlayerId) : CommandDecision;
    public sealed record WithdrawReserved(string EntryId, string PlayerId) : CommandDecision;
    public sealed record Cancel(string Reason, string By) : CommandDecision;

    /// <summary>Settlement is asked first.</summary>
    public sealed record Recall(UnsettledRanking Ranking) : CommandDecision;
    public sealed record Refuse(Refusal Refusal) : CommandDecision;
    public sealed record SubmitProof(string EntryId, int ProofNo, int Version) : CommandDecision;

    /// <summary>The proof as it stands with the vote.</summary>
    public sealed record CastVote(ProofRow Proof, int Version) : CommandDecision;
    public sealed record RuleOnProof(ProofRow Proof) : CommandDecision;
}

/// <summary>Judges one command. A flat run of checks, then the one thing that will happen.</summary>
public static class DecideCommand
{
    /// <param name="now">When the command is handled: a late command is late whatever its sender's clock says.</param>
    /// <param name="overlayMaxMinor">As <see cref="ValidateDefinition.Check"/> takes it.</param>
    public static CommandDecision Decide(
        CommandView view, IContestCommand command, string environment, DateTimeOffset now,
        long overlayMaxMinor = PrizeRules.OverlayMaxMinorDefault) => command switch
    {
        CreateContestV1 create => Create(view, create, environment, now, overlayMaxMinor),
        SubmitEntryV1 submit => Submit(view, submit, now),
        SwapAthleteV1 swap => Swap(view, swap, now),
        WithdrawEntryV1 withdraw => Withdraw(view, withdraw, now),
        CancelContestV1 cancel => Cancel(view, cancel),
        CancelChallengeV1 cancel => TakeBackChallenge.Decide(view, cancel, now),
        RetrySettlementV1 retry => Retry(view, retry),
        SubmitProofV1 submit => JudgeProof.Submit(view, submit, now),
        VoteV1 vote => JudgeProof.Vote(view, vote, now),
        DecideProofV1 ruling => JudgeProof.Rule(view, ruling, now),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>
    /// True from the lock time on, or once a game of the contest has started, also before the lifecycle has written it down.
    /// </summary>
    public static bool Locked(CommandView view, DateTimeOffset now) =>
        view.State != ContestStates.Scheduled || now >= view.Rules!.Definition.LockAt || view.StartedGames.Count > 0;

    private static CommandDecision Create(
        CommandView view, CreateContestV1 create, string environment, DateTimeOffset now, long overlayMaxMinor)
    {
        if (view.Rules is not null)
            return Refuse(Reasons.ContestExists, "a contest of this id is published already and never changes", "contestId");
        if (!IdRules.IsNewId(create.ContestId)) return Refuse(Reasons.InvalidId, IdRules.NewIdExpected, "contestId");
        if (!IdRules.IsClean(create.IssuedBy))
            return Refuse(Reasons.InvalidText, "expected text without control characters", "issuedBy");
        if (ValidateDefinition.Check(
            create.Definition, create.ContestId, environment, now, overlayMaxMinor, view.PublishedRules) is { } refusal)
            return new CommandDecision.Refuse(refusal);
        var rules = RuleSets.Of(create.Definition.RuleSet, view.PublishedRules)!;
        if (UnknownStats.GameOfAnotherSport(rules, view.Lines) is { } other)
            return Refuse(Reasons.RuleSetOfAnotherSport,
                $"expected games of which {create.Definition.RuleSet.Name} knows the stats; of game {other.GameId} it knows none, "
                    + $"for instance {other.Stat}", "definition.ruleSet");
        if (create.Definition.GameIds.FirstOrDefault(view.StartedGames.Contains) is { } begun)
            return Refuse(Reasons.DefinitionInvalid,
                $"expected games that are still to begin, for entries end with the first start; game {begun} has begun",
                "definition.gameIds");
        return new CommandDecision.Publish(create.Definition);
    }

    private static CommandDecision Submit(CommandView view, SubmitEntryV1 submit, DateTimeOffset now)
    {
        if (view.Rules is not { } rules) return UnknownContest();
        if (!IdRules.IsId(submit.EntryId)) return Refuse(Reasons.InvalidId, IdRules.IdExpected, "entryId");
        if (!IdRules.IsId(submit.PlayerId)) return Refuse(Reasons.InvalidId, IdRules.IdExpected, "playerId");
        if (Locked(view, now)) return Refuse(Reasons.ContestLocked, "the contest takes no more entries", null);
        if (view.Entry is not null || view.Reserved is not null)
            return Refuse(Reasons.EntryExists, "the contest already has an entry of this id", "entryId");
        if (!IdRules.IsNewId(submit.EntryId)) return Refuse(Reasons.InvalidId, IdRules.NewIdExpected, "entryId");
        if (!IdRules.IsNewId(submit.PlayerId)) return Refuse(Reasons.InvalidId, IdRules.NewIdExpected, "playerId");
        if (view.EntryCount >= rules.Definition.MaxEntries)
            return Refuse(Reasons.ContestFull, $"the contest has its {rules.Definition.MaxEntries} entries", null);
        if (view.PlayerEntries >= rules.Definition.MaxEntriesPerPlayer)
            return Refuse(Reasons.PlayerLimit,
                $"the player has {view.PlayerEntries} entries; the limit is {rules.Definition.MaxEntriesPerPlayer}", "playerId");
        if (ValidateLineup.Check(rules, submit) is { } refusal) return new CommandDecision.Refuse(refusal);
        var members = ValidateLineup.Members(rules, submit);
        return rules.Definition.EntryFeeMinor == 0
            ? new CommandDecision.Accept(submit.EntryId, submit.PlayerId, members)
            : new CommandDecision.Reserve(submit.EntryId, submit.PlayerId, view.PlayerReservations + 1, members);
    }

    private static CommandDecision Swap(CommandView view, SwapAthleteV1 swap, DateTimeOffset now)
    {
        if (Owned(view, swap.EntryId, swap.PlayerId, out var rules, out var entry) is { } refused) return refused;
        if (view.State is ContestStates.Complete or ContestStates.Settled or ContestStates.Paid or ContestStates.Cancelled)
            return Refuse(Reasons.ContestOver, "the contest is over", null);
        if (Locked(view, now) && !rules.Definition.LateSwap)
            return Refuse(Reasons.LateSwapOff, "line-ups of this contest freeze when it locks", null);
        if (swap.SlotIndex < 0 || swap.SlotIndex >= entry.AthleteIds.Count)
            return Refuse(
                Reasons.SlotUnknown, $"the line-up has {entry.AthleteIds.Count} filled slots, numbered from 0", "slotIndex");
        if (swap.AthleteId is null || !rules.Athletes.TryGetValue(swap.AthleteId, out var incoming))
            return Refuse(Reasons.AthleteUnknown, "this athlete is not in the contest's pool", "athleteId");

        var outgoing = rules.Athletes[entry.AthleteIds[swap.SlotIndex]];
        if (view.StartedGames.Contains(outgoing.GameId))
            return Refuse(
                Reasons.AthleteStarted, $"the game of athlete {outgoing.AthleteId}, who would leave, has started", "slotIndex");
        if (view.StartedGames.Contains(incoming.GameId))
            return Refuse(Reasons.AthleteStarted, $"the game of athlete {incoming.AthleteId} has started", "athleteId");

        var lineup = entry.AthleteIds.ToArray();
        lineup[swap.SlotIndex] = swap.AthleteId;
        if (ValidateLineup.Check(rules, lineup) is { } refusal) return new CommandDecision.Refuse(refusal);
        return new CommandDecision.Change(entry.EntryId, entry.Version + 1, lineup, swap.SlotIndex, outgoing, incoming);
    }

    private static CommandDecision Withdraw(CommandView view, WithdrawEntryV1 withdraw, DateTimeOffset now)
    {
        if (view.Entry is null && view.Reserved is { State: ReservationState.Reserved } reserved
            && reserved.PlayerId == withdraw.PlayerId)
        {
            return Locked(view, now) ? Refuse(Reasons.ContestLocked, "entries can be taken back until the contest locks", null)
                : new CommandDecision.WithdrawReserved(reserved.EntryId, reserved.PlayerId);
        }

        if (Owned(view, withdraw.EntryId, withdraw.PlayerId, out _, out var entry) is { } refused) return refused;
        if (Locked(view, now)) return Refuse(Reasons.ContestLocked, "entries can be taken back until the contest locks", null);
        return new CommandDecision.Withdraw(entry.EntryId, entry.PlayerId);
    }

    private static CommandDecision Cancel(CommandView view, CancelContestV1 cancel)
    {
        if (view.Rules is null) return UnknownContest();
        if (Wording(cancel.Reason, cancel.IssuedBy) is { } refused) return refused;
        if (view.State is ContestStates.Settled or ContestStates.Paid or ContestStates.Cancelled)
            return Refuse(Reasons.ContestOver, $"the contest is {view.State}", null);
        if (view.MayCancel) return new CommandDecision.Cancel(cancel.Reason, cancel.IssuedBy);
        return view.Unsettled is { } ranking
            ? new CommandDecision.Recall(ranking) : Refuse(Reasons.ContestFinal, "the contest is settled", null);
    }

    private static CommandDecision Retry(CommandView view, RetrySettlementV1 retry)
    {
        if (view.Rules is null) return UnknownContest();
        if (Wording(retry.Reason, retry.IssuedBy) is { } refused) return refused;
        if (view.State == ContestStates.Cancelled) return Refuse(Reasons.ContestOver, "the contest is cancelled", null);
        return view.Unsettled is { } ranking ? new CommandDecision.Recall(ranking)
            : Refuse(Reasons.NothingUnsettled, "there is no final ranking of the contest that waits to be settled", null);
    }

    internal static CommandDecision? Wording(string reason, string issuedBy)
    {
        if (!IdRules.IsClean(reason) || reason.Length == 0)
            return Refuse(
                Reasons.InvalidText, $"expected 1 to {IdRules.TextCharsMax} characters without control characters", "reason");
        return IdRules.IsClean(issuedBy)
            ? null : Refuse(Reasons.InvalidText, "expected text without control characters", "issuedBy");
    }

    internal static CommandDecision? Owned(
        CommandView view, string entryId, string playerId, out ContestRules rules, out EntryView entry)
    {
        rules = view.Rules!;
        entry = view.Entry!;
        if (view.Rules is null) return UnknownContest();
        if (view.Entry is null && view.Reserved is { } reserved) return NotTakingPart(reserved, playerId);
        if (view.Entry is null) return Refuse(Reasons.EntryUnknown, "the contest has no entry of this id", nameof(entryId));
        if (view.Entry.PlayerId != playerId)
            return Refuse(Reasons.EntryNotYours, "the entry belongs to another player", nameof(playerId));
        return view.Entry.Withdrawn ? Refuse(Reasons.EntryWithdrawn, "the entry was taken back", nameof(entryId)) : null;
    }

    private static CommandDecision NotTakingPart(ReservedEntry reserved, string playerId)
    {
        if (reserved.PlayerId != playerId)
            return Refuse(Reasons.EntryNotYours, "the entry belongs to another player", nameof(playerId));
        return reserved.State == ReservationState.Reserved
            ? Refuse(Reasons.EntryUnpaid, "the entry's fee is not paid; it takes part once it is", "entryId")
            : Refuse(Reasons.EntryWithdrawn, $"the entry was {reserved.State}", "entryId");
    }

    private static CommandDecision UnknownContest() =>
        Refuse(Reasons.ContestUnknown, "no contest of this id is published", "contestId");

    private static CommandDecision Refuse(string reasonCode, string message, string? field) =>
        new CommandDecision.Refuse(new Refusal(reasonCode, message, field));
}
