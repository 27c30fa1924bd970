using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>contest.rules.v1 in: the first rule set of a name and version is kept for good, whatever comes later.</summary>
public sealed class RuleSetsHandler : IHandler<RulesPublishedV1>
{
    public async Task Handle(Received<RulesPublishedV1> received, Tx tx)
    {
        var published = received.Message;
        var hash = RuleSets.Ref(published.RuleSet).Hash;
        Invariant.Holds(hash == published.Hash,
            $"rule set {published.RecordKey} hashes to {hash}, it was published as {published.Hash}");
        if (await tx.AddRuleSet(published) == hash) return;
        tx.Alert(SettlementAlerts.RuleSetReplaced(published));
    }
}
