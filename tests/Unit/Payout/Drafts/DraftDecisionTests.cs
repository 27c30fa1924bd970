using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Drafts;

namespace ContestPipeline.Unit.Payout.Drafts;

/// <summary>What becomes of what a creator asks of a draft, and what is still missing.</summary>
public sealed class DraftDecisionTests
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_start = s_now.AddDays(1);
    private static readonly PlatformTerms s_platform = new("test", 300, 2_000, 86_400);
    private static readonly DraftCounts s_few = new(1, 0);

    private static readonly ChallengeTerms s_terms = new(
        "Twenty runs", "usd", 1_000, MaxEntries: 50, Verified: new VerifiedTerms(
            s_start, s_start.AddDays(30), s_start.AddDays(32), 20, 25, new ProofTerms(TextRequired: true), 3, 5_000));

    public static TheoryData<ChallengeTerms, string> Wrong => new()
    {
        { s_terms with { Title = "" }, "definition.title" }, { s_terms with { Title = "a\u0001b" }, "definition.title" },
        { s_terms with { Currency = "xxx" }, "definition.currency" },
        { s_terms with { EntryFeeMinor = 0 }, "definition.entryFeeMinor" },
        { s_terms with { EntryFeeMinor = long.MinValue }, "definition.entryFeeMinor" },
        { s_terms with { MaxEntries = int.MaxValue }, "definition.maxEntries" },
        { s_terms with { MinEntries = 0 }, "definition.minEntries" },
        { s_terms with { LockAt = s_now }, "definition.lockAt" },
        { s_terms with { LockAt = s_start.AddSeconds(1) }, "definition.verified.startsAt" },
        { With(s_terms.Verified! with { EndsAt = s_start }), "definition.verified.endsAt" },
        { With(s_terms.Verified! with { EndsAt = DateTimeOffset.MaxValue,
            VerificationEndsAt = DateTimeOffset.MaxValue }), "definition.verified.verificationEndsAt" },
        { With(s_terms.Verified! with { ProofsRequired = 26 }), "definition.verified.proofsRequired" },
        { With(s_terms.Verified! with { Proof = new(false) }), "definition.verified.proof" },
        { With(s_terms.Verified! with { Proof = new(true, 0, 1) }), "definition.verified.proof.mediaTypes" },
        { With(s_terms.Verified! with { UndecidedCountsAs = "perhaps" }), "definition.verified.undecidedCountsAs" },
        { With(s_terms.Verified! with { Funding = "cash" }), "definition.verified.funding" },
    };

    [Fact]
    public void An_empty_draft_lacks_everything_that_has_no_default()
    {
        var (definition, problems) = Complete(new ChallengeTerms());

        Assert.Null(definition);
        Assert.Equal(["title", "currency", "entryFeeMinor", "maxEntries", "verified.startsAt", "verified.endsAt",
            "verified.verificationEndsAt", "verified.proofsRequired", "verified.proofsAllowed", "verified.proof.textRequired",
            "verified.votesNeeded", "verified.approvalShareBps"], problems.Select(p => p.Field["definition.".Length..]));
        Assert.All(problems, p => Assert.Equal("missing", p.Message));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_not_as_it_must_be_is_said_in_the_words_of_the_validation(ChallengeTerms terms, string field)
    {
        var problem = Assert.Single(Complete(terms).Problems);

        Assert.Equal(field, problem.Field);
        Assert.StartsWith("expected", problem.Message.Replace("contests are held", "expected", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_belongs_to_the_platform_and_what_a_challenge_always_is_no_creator_says()
    {
        var (definition, problems) = Complete(s_terms);

        Assert.Empty(problems);
        Assert.Equal((ContestKinds.Verified, 300, 0, 86_400, "test", s_start),
            (definition!.Kind, definition.PlatformFeeBps, definition.RakeBps, definition.CorrectionWindowSeconds,
                definition.Environment, definition.LockAt));
        Assert.Equal(("ann", 2_000, 8_000, StakeFunding.Wallet, PrizeTargets.Wallet),
            (definition.Verified!.CreatorId, definition.Verified.ForfeitsToPlatformBps, definition.Verified.ForfeitsToPassersBps,
                definition.Verified.Funding, definition.Verified.PayTo));
        Assert.Null(definition.GuaranteedPoolMinor);
        Assert.True(new PublishChallengeV1("k", "c", definition, "ann").IsOfCreator());
        var byCard = Complete(With(s_terms.Verified! with { Funding = StakeFunding.Card })).Definition!;
        Assert.Equal(PrizeTargets.Transfer, byCard.Verified!.PayTo);
    }

    [Fact]
    public void Of_two_edits_of_one_version_the_second_is_refused_and_the_same_edit_again_changes_nothing()
    {
        var first = Draft(s_terms);
        var edited = Json(s_terms with { Title = "Thirty runs" });

        Assert.IsType<DraftDecision.Write>(Save(first, first.Version, edited));
        var second = Draft(s_terms with { Title = "Thirty runs" });
        Assert.Equal(DraftFault.OtherVersion, Fault(Save(second, first.Version, Json(s_terms with { Title = "Ten" }))));
        Assert.IsType<DraftDecision.Nothing>(Save(second, first.Version, edited));
        Assert.IsType<DraftDecision.Nothing>(Save(second, null, edited));
        Assert.Equal(DraftFault.NoVersion, Fault(Save(first, null, edited)));
        Assert.Equal(DraftFault.OtherVersion, Fault(Save(null, first.Version, edited)));
    }

    [Theory]
    [InlineData(DraftStates.Publishing)]
    [InlineData(DraftStates.Published)]
    public void Once_it_is_to_be_published_a_draft_stands_and_publishing_it_again_is_nothing_new(string state)
    {
        var draft = Draft(s_terms) with { State = state };

        Assert.Equal(DraftFault.AsThingsStand, Fault(Save(draft, draft.Version, Json(new ChallengeTerms()))));
        Assert.Equal(DraftFault.AsThingsStand, Fault(DecideDraft.Delete(draft, draft.Version)));
        Assert.IsType<DraftDecision.Nothing>(Publish(draft, draft.Version));
        Assert.Equal(DraftFault.OtherVersion, Fault(Publish(draft, "another")));
    }

    [Fact]
    public void Only_what_is_complete_is_published_and_only_so_many_a_day_and_only_the_version_that_was_seen()
    {
        var draft = Draft(s_terms);

        Assert.IsType<DraftDecision.Publish>(Publish(draft, draft.Version));
        Assert.Equal(DraftFault.OtherVersion, Fault(Publish(draft, Draft(new ChallengeTerms()).Version)));
        Assert.Equal(DraftFault.NoVersion, Fault(Publish(draft, null)));
        Assert.Equal(DraftFault.NotThere, Fault(Publish(null, draft.Version)));
        Assert.Equal(DraftFault.AsThingsStand,
            Fault(DecideDraft.Publish(draft, new DraftCounts(1, ChallengeDraft.PublishedMax), draft.Version, s_platform, s_now)));
        var incomplete = Draft(s_terms with { Currency = null });
        var refused = Assert.IsType<DraftDecision.Refuse>(Publish(incomplete, incomplete.Version));
        Assert.Equal("the draft cannot be published yet: definition.currency: missing", refused.Why);
        Assert.Equal(DraftFault.AsThingsStand,
            Fault(DecideDraft.Publish(draft, s_few, draft.Version, s_platform, s_start)));
    }

    [Fact]
    public void Drafts_are_so_large_and_so_many_at_most()
    {
        var body = Json(s_terms);

        Assert.IsType<DraftDecision.Write>(
            DecideDraft.Save("d", null, new DraftCounts(ChallengeDraft.OpenMax - 1, 0), null, body));
        Assert.Equal(DraftFault.AsThingsStand,
            Fault(DecideDraft.Save("d", null, new DraftCounts(ChallengeDraft.OpenMax, 0), null, body)));
        Assert.IsType<DraftDecision.Write>(Save(null, null, new string('a', ChallengeDraft.BytesMax)));
        Assert.Equal(DraftFault.TooLarge, Fault(Save(null, null, new string('ä', ChallengeDraft.BytesMax / 2) + "a")));
        foreach (var id in (string[])["", "a/b", "a b", new string('a', 129)])
            Assert.Equal(DraftFault.Malformed, Fault(DecideDraft.Save(id, null, s_few, null, body)));
    }

    [Fact]
    public void A_draft_has_one_contest_whose_id_nobody_elses_draft_has()
    {
        Assert.Equal(ChallengeDraft.ContestIdOf("ann", "runs"), ChallengeDraft.ContestIdOf("ann", "runs"));
        Assert.Equal(4, ((string[])[ChallengeDraft.ContestIdOf("ann", "runs"), ChallengeDraft.ContestIdOf("ann", "walks"),
            ChallengeDraft.ContestIdOf("a/b", "c"), ChallengeDraft.ContestIdOf("a", "b/c")]).Distinct().Count());
        Assert.True(IdRules.IsNewId(ChallengeDraft.ContestIdOf("a/b", "c")));
    }

    private static ChallengeTerms With(VerifiedTerms verified) => s_terms with { Verified = verified };

    private static (ContestDefinitionV1? Definition, IReadOnlyList<DraftProblem> Problems) Complete(ChallengeTerms terms) =>
        CompleteDraft.Of(terms, "c", "ann", s_platform, s_now);

    private static DraftDecision Save(ChallengeDraft? known, string? version, string body) =>
        DecideDraft.Save("runs", known, s_few, version, body);

    private static DraftDecision Publish(ChallengeDraft? draft, string? version) =>
        DecideDraft.Publish(draft, s_few, version, s_platform, s_now);

    private static DraftFault Fault(DraftDecision decision) => Assert.IsType<DraftDecision.Refuse>(decision).Fault;

    private static ChallengeDraft Draft(ChallengeTerms terms) => new(
        "ann", "runs", ChallengeDraft.ContestIdOf("ann", "runs"), Json(terms), ChallengeDraft.VersionOf(Json(terms)),
        DraftStates.Draft, null, null, null, s_now);

    private static string Json(ChallengeTerms terms) => Encoding.UTF8.GetString(WireJson.Bytes(terms));
}
