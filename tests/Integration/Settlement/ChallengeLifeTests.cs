using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Settlement;

/// <summary>A thirty-day challenge from its publication to its result, through Scoring's and Settlement's own code.</summary>
public sealed class ChallengeLifeTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const long StakeMinor = 1_000;
    private static readonly DateTimeOffset s_start = Slate.Lock.AddHours(1);
    private static readonly DateTimeOffset s_end = s_start.AddDays(30);

    [Fact]
    public async Task Proofs_and_votes_decide_who_shares_what_others_forfeit_and_a_replay_changes_nothing()
    {
        const string id = "thirty-days";
        var rig = new ScoringRig(scope, new HandClock(Slate.Published));
        await Begin(rig, id, 4);

        rig.Clock.Now = s_start.AddDays(1);
        await rig.Command(
            Proof(id, 1), Proof(id, 2), Proof(id, 3), Proof(id, 3) with { CommandId = "again", Text = "once more" });
        await rig.Command(Vote(id, 1, 2, true), Vote(id, 1, 3, true), Vote(id, 2, 1, true), Vote(id, 2, 3, true),
            Vote(id, 3, 1, false, version: 2), Vote(id, 3, 2, false, version: 2), Vote(id, 3, 3, true, version: 2));
        await rig.Command(Vote(id, 1, 2, true));
        await rig.Command(new DecideProofV1("ruling", id, "e2", 1, ProofOutcomes.Failed, "a stock photo", "ref"));
        rig.Clock.Now = s_end;
        await rig.Tick();
        Assert.Equal(ContestStates.Complete, await rig.State(id));
        rig.Clock.Now += TimeSpan.FromHours(2);
        await rig.Tick();

        Assert.Equal(["passed", "passed", "failed", "failed"],
            (await rig.Sent<ProofDecidedV1>(id)).Select(d => d.Outcome));
        Assert.Equal("ref: a stock photo", await scope.Scalar<string>(
            $"select string_agg(referee_id || ': ' || referee_reason, ';') from scoring.proof where contest_id = '{id}'"));
        Assert.Contains("own-proof", (await rig.Sent<CommandRejectedV1>(id)).Select(r => r.ReasonCode));
        var settled = await Settle(rig, id);
        Assert.Equal(new ForfeitsV1(4, 1, 1_000, 600, 2_400), settled.Forfeits);
        Assert.Equal((4_000L, 600L, 3_400L, 72L), (settled.EntryFeesMinor, settled.RakeMinor, settled.PoolMinor,
            settled.PlatformFeesMinor));
    }

    [Fact]
    public async Task What_nobody_votes_on_waits_for_the_end_of_the_verification_and_counts_as_the_definition_says()
    {
        const string id = "silent";
        var rig = new ScoringRig(scope, new HandClock(Slate.Published));
        await Begin(rig, id, 3);
        rig.Clock.Now = s_start.AddDays(2);
        await rig.Command(Proof(id, 1));
        rig.Clock.Now = s_end.AddHours(1);
        await rig.Tick();
        Assert.Equal(ContestStates.Live, await rig.State(id));

        rig.Clock.Now = s_end.AddDays(5);
        await rig.Command(Vote(id, 1, 2, false));
        await rig.Tick();

        Assert.Equal((ProofOutcomes.Passed, ProofDeciders.Undecided),
            Assert.Single((await rig.Sent<ProofDecidedV1>(id)).Select(d => (d.Outcome, d.By))));
        Assert.Equal("proof-decided", Assert.Single(await rig.Sent<CommandRejectedV1>(id)).ReasonCode);
        Assert.Equal(1, (await Settle(rig, id)).Forfeits!.PasserCount);
    }

    [Fact]
    public async Task Too_few_participants_cancel_it_at_its_lock()
    {
        const string id = "alone";
        var rig = new ScoringRig(scope, new HandClock(Slate.Published));
        await Begin(rig, id, 1);
        Assert.Equal(ContestStates.Cancelled, await rig.State(id));
        Assert.Single(await rig.Sent<ContestCancelledV1>(id));
    }

    private static async Task Begin(ScoringRig rig, string id, int players)
    {
        await rig.Command(Create(id));
        await rig.Command([.. Enumerable.Range(1, players)
            .Select(n => (IMessage)new SubmitEntryV1($"join-{id}-{n}", id, $"e{n}", $"p{n}", []))]);
        for (var n = 1; n <= players; n++)
            await rig.Payment(new EntryPaymentChangedV1(
                id, $"e{n}", $"p{n}", 2, EntryPaymentStates.Paid, StakeMinor, "usd", $"pi_{id}_{n}", null, null,
                Slate.Published));
        rig.Clock.Now = Slate.Lock;
        await rig.Tick();
    }

    /// <summary>All of Scoring's events twice, the second time backwards.</summary>
    private async Task<ContestSettledV1> Settle(ScoringRig rig, string id)
    {
        IMessage[] proofs = [.. await rig.Sent<ProofSubmittedV1>(id), .. await rig.Sent<VoteCastV1>(id),
            .. await rig.Sent<ProofDecidedV1>(id)];
        await using var stage = new SettlementStage(scope);
        await stage.Deliver([.. await rig.Sent<ContestPublishedV1>(id), .. await rig.Sent<EntryAcceptedV1>(id), .. proofs,
            .. proofs.Reverse(), .. await rig.Sent<RankingChunkV1>(id), .. await rig.Sent<ContestFinalizedV1>(id)]);
        await stage.RunJob();
        var body = await scope.Scalar<byte[]>(
            "select body from settlement.outbox where wire_name = 'contest.settled.v1' and partition_key = @id", new { id });
        var settled = WireJson.Read<ContestSettledV1>(Assert.IsType<byte[]>(body));

        var copy = new ContestCopy(id);
        foreach (var message in (await rig.Sent<ContestPublishedV1>(id)).Cast<IMessage>()
            .Concat(await rig.Sent<EntryAcceptedV1>(id)).Concat(proofs.Reverse()).Concat(await rig.Sent<RankingChunkV1>(id))
            .Concat(await rig.Sent<ContestFinalizedV1>(id))) copy.Apply(message);
        Assert.Empty(copy.Missing());
        Assert.Equal(settled.Digest, copy.Settle().Digest);
        return settled;
    }

    private static CreateContestV1 Create(string id)
    {
        var create = Slate.Create(id, maxEntries: 50, perPlayer: 1);
        return create with
        {
            Definition = create.Definition with
            {
                Kind = ContestKinds.Verified, GameIds = [], Athletes = [], EntryFeeMinor = StakeMinor, MinEntries = 2,
                GuaranteedPoolMinor = null, RuleSet = RuleSets.Ref(RuleSets.Find("verified-challenge", 1)!),
                Roster = new RosterV1([new RosterSlotV1("player", [ContestKinds.PlayerPosition])], null, 0, 0, null, false),
                Prizes = new PrizeStructureV1(PrizeTypes.StakeReturnPlusShare),
                Verified = new VerifiedTermsV1(s_start, s_end, s_end.AddDays(3), 1, 2, new ProofRulesV1(true, 0, 0, [], 1), 2,
                    6_000, UndecidedProofs.Pass, 2_000, 8_000, StakeFunding.Card, PrizeTargets.Transfer),
            },
        };
    }

    private static SubmitProofV1 Proof(string id, int n) => new($"proof-{id}-{n}", id, $"e{n}", $"p{n}", 1, "twenty runs", []);

    private static VoteV1 Vote(string id, int entry, int voter, bool approve, int version = 1) =>
        new($"vote-{id}-{entry}-{voter}", id, $"e{entry}", 1, version, $"p{voter}", approve);
}
