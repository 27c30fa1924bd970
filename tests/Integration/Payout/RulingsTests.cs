using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;

namespace ContestPipeline.Integration.Payout;

/// <summary>What referees decide moves stakes.</summary>
public sealed class RulingsTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    [Fact]
    public async Task A_referees_ruling_stands_in_the_audit_log_with_its_reason_and_a_vote_does_not()
    {
        await Tell(1, ProofDeciders.Votes, null, null);
        await Tell(2, ProofDeciders.Referee, "rita", "the picture is of last year");

        Assert.Equal(
            "rita e1/3 the picture is of last year failed, decision 2 of the proof", await world.Scalar<string>(
                "select string_agg(actor || ' ' || subject || ' ' || reason || ' ' || result, ';') from payout.audit_log "
                    + "where action = 'proof-ruled' and contest_id = 'c-ruled'"));
    }

    private Task Tell(int decisionNo, string by, string? refereeId, string? reason) => world.Handle(
        new AuditRulings(), new ProofDecidedV1(
            "c-ruled", "e1", 3, decisionNo, ProofOutcomes.Failed, by, null, null, refereeId, reason, world.Clock.GetUtcNow()));
}
