using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>Tells a person that the machine's clock jumped; the process goes on by the time that passed within it.</summary>
internal sealed partial class ClockJob(TimeProvider clock) : IJob
{
    /// <summary>For so long after a jump ahead a person is told of it.</summary>
    private static readonly TimeSpan s_toldFor = TimeSpan.FromHours(1);

    public Task<bool> Run(Tx tx)
    {
        if (clock is not SteadyClock steady) return Task.FromResult(false);
        var key = $"clock-jumped/{tx.Schema}/{Environment.MachineName}";
        var (behind, jump) = (steady.Behind, steady.LastJump);
        if (behind > SteadyClock.JumpAbove || jump is not null && tx.Now < jump.At + s_toldFor)
        {
            tx.Alert(PlumbingAlerts.ClockJumped(key, behind, jump));
            tx.Log(log => Jumped(log, Environment.MachineName, behind, jump));
        }
        else
        {
            tx.ResolveAlert(key, "The clock agrees with the time that passes within the process.");
        }

        return Task.FromResult(false);
    }

    [LoggerMessage(1, LogLevel.Error,
        "The clock of {Machine} jumped ({Jump}); it is {Behind} behind the time that passed within the process")]
    private static partial void Jumped(ILogger log, string machine, TimeSpan behind, ClockJump? jump);
}
