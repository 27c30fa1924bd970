using ContestPipeline.Contestctl.Operations;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>When a ruling is the same again and when it is another.</summary>
public sealed class DecideProofCommandTests
{
    private static readonly DecideProofV1 s_failed = new("", "c", "e", 1, ProofOutcomes.Failed, "another's picture", "rita");

    [Fact]
    public void The_same_again_is_the_same_command_whatever_votes_decided_before_it()
    {
        IMessage[] before = [Decided(1, ProofOutcomes.Passed, ProofDeciders.Votes)];
        IMessage[] after = [.. before, Decided(2, ProofOutcomes.Failed, ProofDeciders.Referee)];

        Assert.Equal(Id(s_failed, before), Id(s_failed, after));
        Assert.Equal(
            Id(s_failed, before), Id(s_failed, [.. after, Decided(1, ProofOutcomes.Failed, ProofDeciders.Referee, "e2")]));
    }

    [Fact]
    public void A_ruling_after_its_reversal_is_a_command_of_its_own()
    {
        IMessage[] once = [Decided(1, ProofOutcomes.Failed, ProofDeciders.Referee)];
        IMessage[] reversed = [.. once, Decided(2, ProofOutcomes.Passed, ProofDeciders.Referee)];
        IMessage[] again = [.. reversed, Decided(3, ProofOutcomes.Failed, ProofDeciders.Referee)];

        Assert.NotEqual(Id(s_failed, once), Id(s_failed, reversed));
        Assert.Equal(Id(s_failed, reversed), Id(s_failed, again));
        Assert.NotEqual(Id(s_failed, []), Id(s_failed with { EntryId = "e/1", ProofNo = 1 }, []));
    }

    private static string Id(DecideProofV1 ruling, IReadOnlyList<IMessage> events) =>
        DecideProofCommand.Id(ruling, DecideProofCommand.Before(ruling, events));

    private static ProofDecidedV1 Decided(int no, string outcome, string by, string entryId = "e") => new(
        "c", entryId, 1, no, outcome, by, null, null, by == ProofDeciders.Referee ? "rita" : null,
        by == ProofDeciders.Referee ? "another's picture" : null, DateTimeOffset.UnixEpoch);
}
