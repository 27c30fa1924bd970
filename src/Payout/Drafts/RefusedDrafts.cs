using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Drafts;

/// <summary>contest.command-rejected.v1 in: a draft that Scoring does not publish is its creator's again, and says why.</summary>
public sealed class RefusedDrafts : IHandler<CommandRejectedV1>
{
    private static readonly string s_publishing = WireTypes.Of(typeof(CreateContestV1)).Name;

    public Task Handle(Received<CommandRejectedV1> received, Tx tx)
    {
        var refused = received.Message;
        if (refused.CommandType != s_publishing) return Task.CompletedTask;
        var problem = new DraftProblem(refused.Field ?? "definition", refused.Message);
        return tx.DraftRefused(
            refused.ContestId, refused.CommandId, Encoding.UTF8.GetString(WireJson.Bytes(problem)), tx.NowStored());
    }
}
