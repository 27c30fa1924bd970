using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Scoring;

/// <summary>Challenges that players publish: judged as what operators publish, and nothing but challenges.</summary>
public sealed class PublishedDraftTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private readonly ScoringRig rig = new(scope, new HandClock(Slate.Published));

    [Fact]
    public async Task A_draft_becomes_a_contest_of_its_creator_once_however_often_it_comes()
    {
        var draft = Draft("walks");

        await rig.Published(draft);
        await rig.Published(draft);
        rig.Clock.Now = rig.Clock.Now.AddMinutes(1);
        await rig.Command(new CancelChallengeV1("back", "walks", "ann", "it rains"));

        Assert.Equal("CANCELLED", await rig.State("walks"));
        var told = await rig.Sent<ContestPublishedV1>("walks");
        Assert.Equal(CanonicalHash.Of(draft.Definition), Assert.Single(told.Select(t => t.DefinitionHash).Distinct()));
        Assert.All(told, t => Assert.Equal((draft.CommandId, told[0].At), (t.CommandId, t.At)));
        Assert.Equal("ann", Assert.Single(await rig.Sent<ContestCancelledV1>("walks")).By);
    }

    [Fact]
    public async Task A_draft_that_comes_too_late_or_under_an_id_that_is_taken_is_refused_with_an_answer()
    {
        await rig.Published(Draft("taken"));
        await rig.Published(Draft("taken") with { CommandId = "second" });
        rig.Clock.Now = Slate.Lock;
        await rig.Published(Draft("late"));

        Assert.Equal("contest-exists", Assert.Single(await rig.Sent<CommandRejectedV1>("taken")).ReasonCode);
        var late = Assert.Single(await rig.Sent<CommandRejectedV1>("late"));
        Assert.Equal(("publish-late", "contest.create.v1", "definition.lockAt"), (late.CommandId, late.CommandType, late.Field));
        Assert.Empty(await rig.Sent<ContestPublishedV1>("late"));
    }

    /// <summary>A contest of another kind pays with the house's money.</summary>
    [Fact]
    public async Task What_is_no_challenge_of_its_creator_under_rules_that_ship_makes_no_contest()
    {
        var good = Draft("forged");
        PublishChallengeV1[] forged =
        [
            good with { CreatorId = "ben" }, good with { Definition = Slate.Create("forged").Definition },
            good with { Definition = good.Definition with { Verified = null } },
            good with { Definition = good.Definition with { Verified = good.Definition.Verified! with { CreatorId = null } } },
            good with { Definition = good.Definition with { RuleSet = new RuleSetRefV1("verified-challenge", 2, "hash") } },
        ];

        foreach (var message in forged) await Assert.ThrowsAsync<InvariantException>(() => rig.Published(message));
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from scoring.contest where contest_id = 'forged'"));
        Assert.Empty(await rig.Sent<CommandRejectedV1>("forged"));
    }

    private static PublishChallengeV1 Draft(string id) => new($"publish-{id}", id, new ContestDefinitionV1(
        id, "Twenty walks", ContestKinds.Verified, "usd", 1_000, 50, 1, 1, null, Slate.Lock, [],
        RuleSets.Ref(RuleSets.Find(VerifiedTermsV1.RuleSet, 1)!),
        new RosterV1([new RosterSlotV1("player", [ContestKinds.PlayerPosition])], null, 0, 0, null, false), [],
        new PrizeStructureV1(PrizeTypes.StakeReturnPlusShare), 0, 300, 60, LateCorrectionPolicies.Freeze, false, 0, "test",
        Verified: new VerifiedTermsV1(
            Slate.Lock, Slate.Lock.AddDays(30), Slate.Lock.AddDays(32), 1, 1, new ProofRulesV1(true, 0, 0, [], 1), 2, 6_000,
            UndecidedProofs.Pass, 2_000, 8_000, StakeFunding.Wallet, PrizeTargets.Wallet, "ann")), "ann");
}
