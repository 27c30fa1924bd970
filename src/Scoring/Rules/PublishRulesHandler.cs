using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>rules.publish.v1 in; the rule set kept for good and rules.published.v1 out, or a rejection.</summary>
public sealed class PublishRulesHandler : IHandler<PublishRulesV1>
{
    public async Task Handle(Received<PublishRulesV1> received, Tx tx)
    {
        var (command, envelope) = (received.Message, received.Envelope);
        // As it was ordered: what is handled again after a restore says the same.
        var row = new RuleSetRow(
            command.RuleSet.Name, command.RuleSet.Version, RuleSets.Ref(command.RuleSet).Hash, 1,
            Encoding.UTF8.GetString(WireJson.Bytes(command.RuleSet)), command.IssuedBy, Tx.Stored(envelope.Time));
        var judged = DecideRules.Decide(command, standing: null, edition: 0);
        var known = judged is RulesDecision.Publish ? await tx.InsertRuleSet(row) : null;
        if (known is not null) judged = DecideRules.Decide(command, known.RuleSet, known.Edition);

        switch (judged)
        {
            case RulesDecision.Publish { Edition: var edition }:
                row = row with { Edition = edition };
                if (known is not null)
                {
                    await tx.UpdateRuleSet(row);
                    await tx.WakeHeldContestsUnder(row, tx.NowStored());
                }

                Send(row);
                break;
            case RulesDecision.Again:
                Send(known!);
                break;
            case RulesDecision.Refuse refuse:
                tx.Reject(envelope, refuse.Reason, refuse.Fault.Field, refuse.Fault.Expected, refuse.Fault.Got);
                if (refuse.Contradicts) tx.Alert(ScoringAlerts.RuleSetContradicted(command));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        void Send(RuleSetRow told) => tx.Send(
            new RulesPublishedV1(told.RuleSet, told.Hash, told.Edition, told.IssuedBy, told.PublishedAt), envelope);
    }
}
