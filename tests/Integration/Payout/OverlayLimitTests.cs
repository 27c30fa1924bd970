using ContestPipeline.Contracts;
using ContestPipeline.Harness;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Integration.Payout;

/// <summary>The house's money: bounded where a contest is created, and where it is paid, by workers that were told so.</summary>
public sealed class OverlayLimitTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private static readonly DateTimeOffset s_time = Slate.Lock.AddDays(-1);

    [Fact]
    public async Task The_house_adds_no_more_than_is_set_whatever_was_published()
    {
        var built = ContestBuilder.Of("c-house", 1, ("ann", [1_000]));
        IMessage[] told = [PayoutWorld.Published(built.Settled), PayoutWorld.Final("c-house", 1), .. built.Chunks, built.Settled];
        HarnessRecord[] records =
        [
            .. told.Select((m, i) => HarnessRecord.Of(
                m, $"house-{i}",
                TopicRights.SourceOf(m is ContestAwardsV1 or ContestSettledV1 ? Principals.Settlement : Principals.Scoring),
                s_time) with { Offset = i + 1 }),
        ];

        await using (var payout = await Open(PayoutWorker.Name, b => b.AddPayout(), limitMinor: 1_006))
        {
            await payout.Handle(records, default);
            await payout.RunJobs(default);
        }

        Assert.Equal(("held", "overlay: the house adds at most 1006 minor units (CONTEST_OVERLAY_MAX_MINOR), settled 1007"),
            await State());
        Assert.Equal(0, await scope.Scalar<long>("select count(*) from payout.payout"));

        await using (var payout = await Open(PayoutWorker.Name, b => b.AddPayout(), limitMinor: 1_007))
        {
            await payout.RunJobs(default);
            await payout.RunJobs(default);
        }

        Assert.Equal(("paying", null), await State());
        Assert.Equal(1, await scope.Scalar<long>("select count(*) from payout.payout"));
    }

    [Fact]
    public async Task A_contest_for_which_the_house_might_have_to_add_more_is_not_created()
    {
        var create = Slate.Create("c-promised");
        create = create with { Definition =
            create.Definition with { LockAt = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero) } };
        var poolMinor = create.Definition.GuaranteedPoolMinor!.Value;
        var record = HarnessRecord.Of(create, "promised", "tests", s_time) with { Offset = 1 };

        await using (var scoring = await Open(ScoringService.Name, b => b.AddScoring(), (int)poolMinor - 1))
        {
            await scoring.Handle([record], default);
            var refused =
                WireJson.Read<CommandRejectedV1>(
                    Assert.Single(
                        await scoring.Relay(default), r => r.Headers["ce_type"] == "contest.command-rejected.v1").Body.Span);
            Assert.Equal(("overlay-too-large", "definition.guaranteedPoolMinor"), (refused.ReasonCode, refused.Field));
            Assert.Contains($"expected at most {poolMinor - 1} usd minor units", refused.Message, StringComparison.Ordinal);
            Assert.Contains("CONTEST_OVERLAY_MAX_MINOR", refused.Message, StringComparison.Ordinal);
        }
    }

    private Task<WorkerHarness> Open(string name, Action<IHostApplicationBuilder> add, int limitMinor) => WorkerHarness.Open(
        scope.Build(add,
            new Dictionary<string, string?> { ["STRIPE_API_KEY"] = "sk_test_nobody",
                ["CONTEST_OVERLAY_MAX_MINOR"] = $"{limitMinor}" }), name, TimeProvider.System, default);

    private async Task<(string?, string?)> State() => (
        await scope.Scalar<string>("select state from payout.contest where contest_id = 'c-house'"),
        await scope.Scalar<string>("select held_reason from payout.contest where contest_id = 'c-house'"));
}
