using ContestPipeline.Replay.Effect;
using ContestPipeline.Replay.Run;

namespace ContestPipeline.Replay.Server;

/// <summary>The states of a replay that a server carries out, as they are stored and told.</summary>
public static class ServerReplayStates
{
    public const string Asked = "asked";
    public const string Planning = "planning";
    public const string Planned = "planned";
    public const string Unplannable = "unplannable";
    public const string AwaitsApprover = "awaits-approver";
    public const string Ordered = "ordered";
    public const string Running = "running";
    public const string Done = "done";
    public const string Differs = "differs";
    public const string Refused = "refused";
    public const string Stopped = "stopped";

    /// <summary>It becomes something else by itself.</summary>
    public static bool IsMoving(string state) => state is Asked or Planning or Ordered or Running;
}

/// <summary>A replay from its wish to its end.</summary>
/// <param name="State">One of <see cref="ServerReplayStates"/>.</param>
/// <param name="Tries">How often the present step was begun and did not come to its end.</param>
/// <param name="Owner">The process that works on it, or did last; null: none has begun.</param>
/// <param name="HeartbeatAt">When that process last said how far it is.</param>
/// <param name="StepExpected">0: nobody knows.</param>
/// <param name="RunId">Known once it is planned; the same as contestctl's.</param>
/// <param name="EffectMinor">The most that moves in one currency, up and down together, in minor units.</param>
/// <param name="Outcome">Why it could not be planned or was refused; what differs from the plan, a line each; empty: nothing to
/// say.</param>
/// <param name="RunState">Of <see cref="ReplayRun"/>; null: it has not begun.</param>
public sealed record ServerReplay(
    string ReplayId, string Topic, string State, string AskedBy, DateTimeOffset AskedAt, DateTimeOffset ChangedAt, int Tries,
    string? Owner, DateTimeOffset? HeartbeatAt, string Step, long StepDone, long StepExpected, string? PlanHash, string? RunId,
    long EffectMinor, string? OrderedBy, string? Reason, int RatePerSecond, int PatienceSeconds, string? ApprovedBy,
    string Outcome, string? RunState, long Produced, long Selected);

/// <summary>One replay with its wish and, once it is made, its plan.</summary>
public sealed record ServerReplayWhole(ServerReplay Replay, ReplayWish Wish, ReplayPlan? Plan);

/// <summary>Says how much a plan moves. No clock, no database.</summary>
public static class EffectSize
{
    /// <returns>Of one currency, the largest: prizes up and down together, or transfers; in minor units.</returns>
    public static long Of(ContestEffect total)
    {
        var sums = total.Prizes.Concat(total.TransferCents).Select(c => checked(c.UpMinor + c.DownMinor));
        return sums.DefaultIfEmpty(0).Max();
    }
}
