using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Run;

namespace ContestPipeline.Replay.Server;

/// <summary>What the end of a piece of work makes of a replay. No clock, no database.</summary>
internal static class ReplayFaults
{
    /// <summary>
    /// The same wish would fail the same way: nothing is selected, the selection is refused, a setting is wrong.
    /// </summary>
    internal static bool IsFinal(Exception failure) =>
        failure is InvariantException or SettingException or InvalidDataException or ArgumentException;

    /// <param name="runState">Of the run before this piece of work; null: it had not begun.</param>
    /// <returns>The replay's state and what is to be said of it.</returns>
    internal static (string State, string Outcome) Outcome(ReplayAnswer answer, string? runState) => answer switch
    {
        ReplayAnswer.Ended ended => (ended.Run.State, string.Join('\n', ended.Differences)),
        ReplayAnswer.Busy => (ServerReplayStates.Ordered, ""),
        // The process died between the end of the run and its note of it.
        ReplayAnswer.Refused
            when runState is ServerReplayStates.Done or ServerReplayStates.Differs or ServerReplayStates.Stopped =>
            (runState, ""),
        ReplayAnswer.Refused refused => (ServerReplayStates.Refused, string.Join('\n', refused.Because)),
        _ => throw new InvalidOperationException(answer.GetType().Name),
    };
}
