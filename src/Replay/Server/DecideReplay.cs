namespace ContestPipeline.Replay.Server;

/// <summary>What becomes of an act of somebody's on a replay.</summary>
public abstract record ReplayActAnswer
{
    private ReplayActAnswer() { }

    /// <param name="State">That it is in from now on.</param>
    public sealed record Moves(string State) : ReplayActAnswer;

    /// <summary>It concerns the run itself, which has a row of its own.</summary>
    public sealed record Run : ReplayActAnswer;

    public sealed record Refused(string Why) : ReplayActAnswer;
}

/// <summary>Decides about acts on replays. No clock, no database.</summary>
public static class DecideReplay
{
    /// <param name="secondPersonAboveMinor">A plan that moves more than this needs an approver.</param>
    public static ReplayActAnswer Order(ServerReplay replay, long secondPersonAboveMinor) => replay.State switch
    {
        ServerReplayStates.Planned => new ReplayActAnswer.Moves(
            replay.EffectMinor > secondPersonAboveMinor ? ServerReplayStates.AwaitsApprover : ServerReplayStates.Ordered),
        var state => new ReplayActAnswer.Refused($"it is {state}; only a replay that is planned can be run"),
    };

    /// <param name="person">Who approves: not who ordered it.</param>
    public static ReplayActAnswer Approve(ServerReplay replay, string person) => replay.State switch
    {
        ServerReplayStates.AwaitsApprover when replay.OrderedBy == person =>
            new ReplayActAnswer.Refused($"{person} ordered it; somebody else has to approve it"),
        ServerReplayStates.AwaitsApprover => new ReplayActAnswer.Moves(ServerReplayStates.Ordered),
        var state => new ReplayActAnswer.Refused($"it is {state}; it does not wait for an approver"),
    };

    /// <param name="pause">False: to go on.</param>
    public static ReplayActAnswer Pause(ServerReplay replay, bool pause) => (replay.State, replay.RunState) switch
    {
        (ServerReplayStates.Running, "producing") when pause => new ReplayActAnswer.Run(),
        (ServerReplayStates.Running, "paused") when !pause => new ReplayActAnswer.Run(),
        _ => new ReplayActAnswer.Refused(
            $"it is {replay.RunState ?? replay.State}; only what is {(pause ? "producing can be paused" : "paused can go on")}"),
    };

    public static ReplayActAnswer Stop(ServerReplay replay) => (replay.State, replay.RunState) switch
    {
        (ServerReplayStates.Running, "producing" or "paused" or "stopping") => new ReplayActAnswer.Run(),
        (ServerReplayStates.Running, null) => new ReplayActAnswer.Refused(
            "it is being looked whether its plan still holds; stop it when it produces"),
        (ServerReplayStates.Running, _) => new ReplayActAnswer.Refused(
            "everything is produced; there is nothing left to stop"),
        (ServerReplayStates.Asked or ServerReplayStates.Planning or ServerReplayStates.Planned
            or ServerReplayStates.AwaitsApprover or ServerReplayStates.Ordered, _) =>
            new ReplayActAnswer.Moves(ServerReplayStates.Stopped),
        _ => new ReplayActAnswer.Refused($"it is {replay.State}"),
    };
}
