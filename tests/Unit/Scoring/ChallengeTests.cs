using ContestPipeline.Contracts;
using ContestPipeline.Scoring;

namespace ContestPipeline.Unit.Scoring;

/// <summary>Challenges: what may be published, who may hand in and judge what, and when it is over.</summary>
public sealed class ChallengeTests
{
    private static readonly DateTimeOffset s_start = Build.Lock.AddHours(1);
    private static readonly DateTimeOffset s_end = s_start.AddDays(30);
    private static readonly DateTimeOffset s_verified = s_end.AddDays(2);

    private static readonly VerifiedTermsV1 s_terms = new(
        s_start, s_end, s_verified, 1, 2, new ProofRulesV1(true, 0, 1, ["image/jpeg"], 1_000), 2, 6_000, UndecidedProofs.Pass,
        2_000, 8_000, StakeFunding.Card, PrizeTargets.Transfer);

    private static readonly ContestDefinitionV1 s_contest = Build.Contest(perPlayer: 1) with
    {
        Kind = ContestKinds.Verified, GameIds = [], Athletes = [], EntryFeeMinor = 500, MinEntries = 1, MaxEntries = 100,
        GuaranteedPoolMinor = null, RakeBps = 0, LateSwap = false, ReconcileTolerance = 0, GameStarts = null,
        ScoringEndsAt = null,
        LateCorrectionPolicy = LateCorrectionPolicies.Freeze, RuleSet = RuleSets.Ref(RuleSets.Find("verified-challenge", 1)!),
        Roster = new RosterV1([new RosterSlotV1("player", [ContestKinds.PlayerPosition])], null, 0, 0, null, false),
        Prizes = new PrizeStructureV1(PrizeTypes.StakeReturnPlusShare), Verified = s_terms,
    };

    public static TheoryData<ContestDefinitionV1, string> Wrong => new()
    {
        { s_contest with { Verified = null }, "definition.verified" },
        { s_contest with { GameIds = ["g"] }, "definition.gameIds" },
        { s_contest with { EntryFeeMinor = 0 }, "definition.entryFeeMinor" },
        { s_contest with { MinEntries = 0 }, "definition.minEntries" },
        { s_contest with { RakeBps = 1 }, "definition.prizes" },
        { s_contest with { GuaranteedPoolMinor = 100 }, "definition.prizes" },
        { s_contest with { Prizes = new(PrizeTypes.WinnerTakesAll) }, "definition.prizes" },
        { s_contest with { MaxEntriesPerPlayer = 2 }, "definition.maxEntriesPerPlayer" },
        { s_contest with { LateCorrectionPolicy = LateCorrectionPolicies.Resettle }, "definition.lateCorrectionPolicy" },
        { s_contest with { RuleSet = RuleSets.Ref(RuleSets.Find("activity-points", 1)!) }, "definition.ruleSet" },
        { With(s_terms with { StartsAt = Build.Lock.AddSeconds(-1) }), "definition.verified.startsAt" },
        { With(s_terms with { EndsAt = s_start }), "definition.verified.endsAt" },
        { With(s_terms with { VerificationEndsAt = s_end.AddSeconds(-1) }), "definition.verified.verificationEndsAt" },
        { With(s_terms with { ProofsRequired = 3 }), "definition.verified.proofsRequired" },
        { With(s_terms with { ProofsAllowed = 0 }), "definition.verified.proofsAllowed" },
        { With(s_terms with { VotesNeeded = 0 }), "definition.verified.votesNeeded" },
        { With(s_terms with { ApprovalShareBps = 0 }), "definition.verified.approvalShareBps" },
        { With(s_terms with { UndecidedCountsAs = "perhaps" }), "definition.verified.undecidedCountsAs" },
        { With(s_terms with { ForfeitsToPlatformBps = 2_001 }), "definition.prizes" },
        { With(s_terms with { ForfeitsToPlatformBps = -1, ForfeitsToPassersBps = 10_001 }), "definition.prizes" },
        { With(s_terms with { ForfeitsToPlatformBps = int.MaxValue }), "definition.prizes" },
        { With(s_terms with { Funding = "cash" }), "definition.verified.funding" },
        { With(s_terms with { Funding = "wallet" }), "definition.verified.payTo" },
        { With(s_terms with { PayTo = "wallet" }), "definition.verified.payTo" },
        { With(s_terms with { Proof = s_terms.Proof with { MediaTypes = [] } }), "definition.verified.proof.mediaTypes" },
        { With(s_terms with { Proof = new(false, 0, 0, [], 1) }), "definition.verified.proof" },
        { With(s_terms with { CreatorId = "a/b" }), "definition.verified.creatorId" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_be_played_to_its_end_is_not_published(ContestDefinitionV1 definition, string field)
    {
        Assert.Null(ValidateDefinition.Check(s_contest, s_contest.ContestId, "test", Build.Lock.AddHours(-1)));
        Assert.Equal(field, ValidateDefinition.Check(definition, definition.ContestId, "test", Build.Lock.AddHours(-1))?.Field);
    }

    [Fact]
    public void A_proof_is_decided_exactly_when_no_vote_that_is_to_come_can_change_it()
    {
        for (var needed = 1; needed <= 7; needed++)
        for (var share = 1; share <= 10_000; share += 333)
        for (var yes = 0; yes <= needed; yes++)
        for (var no = 0; yes + no <= needed; no++)
        {
            var ends = Enumerable.Range(0, needed - yes - no + 1)
                .Select(more => (yes + more) * 10_000L >= (long)share * needed).Distinct().ToArray();
            var expected = ends.Length > 1 ? null : ends[0] ? ProofOutcomes.Passed : ProofOutcomes.Failed;
            Assert.Equal(expected, ProofVerdict.Of(yes, no, needed, share));
        }

        Assert.Null(ProofVerdict.Of(0, 0, 0, 1));
        Assert.Equal(0, ProofVerdict.Needed(s_terms, 1));
        Assert.Equal(1, ProofVerdict.Needed(s_terms, 2));
        Assert.Equal(2, ProofVerdict.Needed(s_terms, 9));
        Assert.Equal(
            ProofOutcomes.Failed, ProofVerdict.AtEnd(s_terms with { UndecidedCountsAs = UndecidedProofs.Fail }, 0, 0, 1));
    }

    [Fact]
    public void Who_may_not_hand_in_or_judge_is_told_why()
    {
        var during = s_start.AddDays(1);
        var proof = Proof();
        Assert.Equal("challenge-not-live", Refused(Submit(), null, ContestStates.Locked, during));
        Assert.Equal("proof-late", Refused(Submit(), null, ContestStates.Live, s_end));
        Assert.Equal("proof-unknown", Refused(Submit() with { ProofNo = 3 }, null, ContestStates.Live, during));
        Assert.Equal("proof-invalid", Refused(Submit() with { Text = " " }, null, ContestStates.Live, during));
        Assert.Equal("proof-invalid", Refused(Submit() with { Text = "a\u0001" }, null, ContestStates.Live, during));
        Assert.Equal("proof-invalid", Live(Submit() with { Files = [new("xyz", "image/jpeg", 5)] }));
        Assert.Equal("proof-invalid", Live(Submit() with { Files = [File("image/png", 5)] }));
        Assert.Equal("proof-invalid", Live(Submit() with { Files = [File("image/jpeg", 1_001)] }));
        Assert.Equal("proof-stands", Refused(Submit(), proof with { Rejections = 1 }, ContestStates.Live, during));
        Assert.Equal("entry-not-yours", Refused(Submit() with { PlayerId = "p2" }, null, ContestStates.Live, during));

        Assert.Equal("own-proof", Refused(Vote("p1"), proof, ContestStates.Live, during));
        Assert.Equal("not-a-participant", Refused(Vote("p2"), proof, ContestStates.Live, during, entriesOfPlayer: 0));
        Assert.Equal("proof-unknown", Refused(Vote("p2"), null, ContestStates.Live, during));
        Assert.Equal("proof-changed", Refused(Vote("p2") with { ProofVersion = 2 }, proof, ContestStates.Live, during));
        Assert.Equal("vote-late", Refused(Vote("p2"), proof, ContestStates.Live, s_verified));
        Assert.Equal("proof-decided", Refused(Vote("p2"), proof.Decided("failed", "votes", during), ContestStates.Live, during));

        Assert.Equal("referee-takes-part", Refused(Ruling(), proof, ContestStates.Live, during));
        Assert.Equal("contest-final",
            Refused(Ruling(), proof, ContestStates.Complete, s_verified, entriesOfPlayer: 0, isFinal: true));
        Assert.Equal("contest-over", Refused(Ruling(), proof, ContestStates.Settled, s_verified, entriesOfPlayer: 0));
        Assert.Equal("invalid-text", Refused(Ruling() with { Reason = "" }, proof, ContestStates.Live, during, 0));
    }

    [Fact]
    public void Where_files_are_kept_a_proof_names_the_receipt_of_each_for_this_player_and_challenge()
    {
        var key = "a key that is at least thirty-two bytes"u8.ToArray();
        var other = "another key of at least thirty-two bytes"u8.ToArray();
        var file = File("image/jpeg", 1_000);
        var good = ProofReceipt.Of(key, "c", "p1", file);
        var submit = Submit() with { Files = [file] };
        CommandDecision With(IReadOnlyList<string>? receipts, params byte[][] keys) => DecideCommand.Decide(
            new CommandView(new ContestRules(s_contest), ContestStates.Live, 5, new HashSet<string>(),
                new EntryView("e1", "p1", 1, ["p1"], false), 1)
                {
                    Proof = new ProofView(null, null, false), ReceiptKeys = keys,
                }, submit with { Receipts = receipts }, "test", s_start.AddDays(1));
        string Refused(IReadOnlyList<string>? receipts) =>
            Assert.IsType<CommandDecision.Refuse>(With(receipts, key)).Refusal.Field!;

        Assert.IsType<CommandDecision.SubmitProof>(With(null));
        Assert.IsType<CommandDecision.SubmitProof>(With([good], key));
        Assert.IsType<CommandDecision.SubmitProof>(With([good], other, key));
        Assert.Equal("receipts[0]", Refused(null));
        Assert.Equal("receipts[0]", Refused([]));
        Assert.Equal("receipts[0]", Refused([null!]));
        Assert.Equal("receipts[0]", Refused([ProofReceipt.Of(other, "c", "p1", file)]));
        Assert.Equal("receipts[0]", Refused([ProofReceipt.Of(key, "c", "p2", file)]));
        Assert.Equal("receipts[0]", Refused([ProofReceipt.Of(key, "c/p1", "", file)]));
        Assert.Equal("receipts[0]", Refused([ProofReceipt.Of(key, "c", "p1", file with { Bytes = 999 })]));
        Assert.Equal("receipts[0]", Refused([ProofReceipt.Of(key, "c", "p1", file with { MediaType = "image/png" })]));
    }

    [Fact]
    public void Its_creator_alone_takes_a_challenge_back_and_only_until_it_begins()
    {
        var mine = With(s_contest.Verified! with { CreatorId = "p1" });
        CommandDecision Decide(string creator, string state, DateTimeOffset now, ContestDefinitionV1? definition = null) =>
            DecideCommand.Decide(
                new CommandView(new ContestRules(definition ?? mine), state, 5, new HashSet<string>(), null, 0),
                new CancelChallengeV1("t", "c", creator, "too cold"), "test", now);
        string Refused(string creator, string state, DateTimeOffset now, ContestDefinitionV1? definition = null) =>
            Assert.IsType<CommandDecision.Refuse>(Decide(creator, state, now, definition)).Refusal.ReasonCode;

        foreach (var state in (string[])[ContestStates.Scheduled, ContestStates.Locked])
            Assert.Equal(new CommandDecision.Cancel("too cold", "p1"), Decide("p1", state, s_start.AddSeconds(-1)));
        Assert.Equal("not-the-creator", Refused("p2", ContestStates.Scheduled, Build.Lock));
        Assert.Equal("not-the-creator", Refused("p1", ContestStates.Scheduled, Build.Lock, s_contest));
        Assert.Equal("not-a-challenge", Refused("p1", ContestStates.Scheduled, Build.Lock, mine with { Verified = null }));
        Assert.Equal("challenge-begun", Refused("p1", ContestStates.Locked, s_start));
        Assert.Equal("challenge-begun", Refused("p1", ContestStates.Live, s_start.AddSeconds(-1)));
        Assert.Equal("contest-over", Refused("p1", ContestStates.Cancelled, s_start.AddSeconds(-1)));
        Assert.Equal("invalid-text", Assert.IsType<CommandDecision.Refuse>(DecideCommand.Decide(
            new CommandView(new ContestRules(mine), ContestStates.Scheduled, 5, new HashSet<string>(), null, 0),
            new CancelChallengeV1("t", "c", "p1", ""), "test", Build.Lock)).Refusal.ReasonCode);
    }

    private static string Live(SubmitProofV1 submit) => Refused(submit, null, ContestStates.Live, s_start.AddDays(1));

    [Fact]
    public void The_last_vote_that_matters_decides_and_a_changed_vote_counts_once()
    {
        var first = Assert.IsType<CommandDecision.CastVote>(Decide(Vote("p2"), Proof(), ContestStates.Live, s_start)).Proof;
        var before = new VoteRow("c", "e1", 1, "p2", 1, true, s_start);
        var changed = Assert.IsType<CommandDecision.CastVote>(
            Decide(Vote("p2") with { Approve = false }, first, ContestStates.Live, s_start, vote: before));

        Assert.Equal((1, 0, null), (first.Approvals, first.Rejections, first.Outcome));
        Assert.Equal((0, 1, "failed", 2),
            (changed.Proof.Approvals, changed.Proof.Rejections, changed.Proof.Outcome, changed.Version));
        Assert.Equal("vote-exists", Refused(Vote("p2"), first, ContestStates.Live, s_start, vote: before));
    }

    [Fact]
    public void It_begins_at_its_start_and_ends_when_every_proof_is_decided_or_the_verification_is_over()
    {
        Assert.Equal([(ContestStates.Locked, Build.Lock), (ContestStates.Live, s_start)],
            Steps(ContestStates.Scheduled, s_start, 3, 0));
        Assert.Empty(Steps(ContestStates.Live, s_end.AddSeconds(-1), 3, 0));
        Assert.Equal([(ContestStates.Complete, s_end)], Steps(ContestStates.Live, s_end, 3, 0));
        Assert.Empty(Steps(ContestStates.Live, s_end.AddHours(1), 3, open: 1));
        Assert.Equal([(ContestStates.Complete, s_verified)], Steps(ContestStates.Live, s_verified.AddDays(9), 3, open: 1));
        Assert.Equal([(ContestStates.Complete, s_end.AddHours(5))],
            Steps(ContestStates.Live, s_verified.AddDays(9), 3, 0, s_end.AddHours(5)));
        Assert.Equal([(ContestStates.Complete, s_end)], Steps(ContestStates.Live, s_end, participants: 1, open: 1));
        Assert.Equal(ContestStates.Cancelled, Assert.Single(Steps(ContestStates.Scheduled, s_start, 0, 0)).State);
    }

    private static IReadOnlyList<(string State, DateTimeOffset At)> Steps(
        string state, DateTimeOffset now, int participants, int open, DateTimeOffset? decidedAt = null) =>
        [.. AdvanceLifecycle.Decide(
            new LifecycleView(s_contest, state, Build.Lock.AddHours(-2), participants, new Dictionary<string, GameFacts>())
            {
                Proofs = new ProofFacts(open, decidedAt),
            }, new LifecycleFact.TimeIs(now)).Steps.Select(s => (s.State, s.At))];

    private static ContestDefinitionV1 With(VerifiedTermsV1 terms) => s_contest with { Verified = terms };

    private static ProofFileV1 File(string type, long bytes) => new(new string('a', 64), type, bytes);

    private static SubmitProofV1 Submit() => new("s", "c", "e1", "p1", 1, "ran\nfar", []);

    private static VoteV1 Vote(string voter) => new("v", "c", "e1", 1, 1, voter, true);

    private static DecideProofV1 Ruling() => new("r", "c", "e1", 1, ProofOutcomes.Failed, "a stock photo", "ref");

    private static ProofRow Proof() => new("c", "e1", 1, 1, "p1", "{}", "h", s_start, 0, 0, 0, null, null, null);

    private static string Refused(IContestCommand command, ProofRow? proof, string state, DateTimeOffset now,
        int entriesOfPlayer = 1, bool isFinal = false, VoteRow? vote = null) => Assert.IsType<CommandDecision.Refuse>(
            Decide(command, proof, state, now, entriesOfPlayer, isFinal, vote)).Refusal.ReasonCode;

    private static CommandDecision Decide(IContestCommand command, ProofRow? proof, string state, DateTimeOffset now,
        int entriesOfPlayer = 1, bool isFinal = false, VoteRow? vote = null) => DecideCommand.Decide(
            new CommandView(new ContestRules(s_contest), state, 5, new HashSet<string>(),
                new EntryView("e1", "p1", 1, ["p1"], false), entriesOfPlayer) { Proof = new ProofView(proof, vote, isFinal) },
            command, "test", now);
}
