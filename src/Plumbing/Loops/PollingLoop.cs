using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>
/// Work in rounds, for ever: at once again while there is more, after growing pauses when a round fails, and no failure ends it.
/// What will not pass by itself is logged and raises a critical alert, one a day for each kind of error.
/// </summary>
public abstract partial class PollingLoop : BackgroundService, IHasHeartbeat
{
    /// <summary>For rounds that may read long lists from elsewhere.</summary>
    protected static readonly TimeSpan LongRound = TimeSpan.FromHours(2);

    /// <summary>Trouble that should pass by itself, such as a connection that breaks, is told when it lasts as long.</summary>
    internal static readonly TimeSpan Lasting = TimeSpan.FromMinutes(15);

    private readonly string name;
    private readonly WorkerDatabase database;
    private readonly TimeSpan pause;
    private readonly TimeProvider clock;
    private readonly ILogger log;

    /// <param name="name">What it is called in alerts and in health answers; null: as its class.</param>
    /// <param name="pause">After a round that left nothing to do.</param>
    /// <param name="roundMax">A round that takes longer is stuck; null: <see cref="Heartbeat.Patience"/>.</param>
    protected PollingLoop(
        WorkerDatabase database, TimeSpan pause, TimeProvider clock, ILogger log, TimeSpan? roundMax = null, string? name = null)
    {
        (this.database, this.pause, this.clock, this.log, this.name) = (database, pause, clock, log, name ?? GetType().Name);
        Heartbeat = new Heartbeat(database.Worker, this.name, pause + (roundMax ?? Heartbeat.Patience), clock);
    }

    public Heartbeat Heartbeat { get; }

    /// <returns>True when there is more to do at once.</returns>
    protected abstract Task<bool> Round(CancellationToken ct);

    /// <summary>
    /// For a round of pieces that have nothing to do with each other: one that fails, in whatever way, leaves the others alone.
    /// </summary>
    /// <returns>What the piece failed with; null: it is done.</returns>
    /// <exception cref="OperationCanceledException">It was not done because the process is being stopped.</exception>
    protected static async Task<Exception?> Failure(
        Func<Task> piece, CancellationToken ct) => await Worker.Attempt(piece, ct) switch
    {
        Outcome.Done => null,
        Outcome.Transient transient => transient.Error,
        Outcome.Poison poison => poison.Error,
        _ => throw new OperationCanceledException(ct),
    };

    /// <summary>Told of each round how long it took, and whether it did what it should.</summary>
    protected virtual void Ended(TimeSpan took, bool isDone)
    {
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failures = 0;
        var failsSince = clock.GetTimestamp();
        bool? isTold = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            Heartbeat.Beat();
            var more = false;
            var started = clock.GetTimestamp();
            var outcome = await Worker.Attempt(async () => more = await Round(stoppingToken), stoppingToken);
            failures = outcome is Outcome.Done ? 0 : failures + 1;
            if (failures == 0) failsSince = clock.GetTimestamp();
            if (failures == 0 && isTold != false && await TellOver(stoppingToken)) isTold = false;
            Ended(clock.GetElapsedTime(started), failures == 0);
            if (outcome is Outcome.Transient transient)
            {
                Log.Again(log, name, transient.Error.Message);
                if (isTold != true && clock.GetElapsedTime(failsSince) >= Lasting
                    && await TellLasting(transient.Error, stoppingToken)) isTold = true;
            }

            if (outcome is Outcome.Poison poison) await Tell(poison.Error, stoppingToken);
            if (more && failures == 0) continue;
            await Backoff.Wait(failures == 0 ? pause : Backoff.After(failures), clock, stoppingToken);
        }
    }

    /// <returns>Whether it is told; should the database be the trouble, it is tried again after the next round.</returns>
    private async Task<bool> TellLasting(Exception error, CancellationToken ct) => await Worker.Attempt(() => database.Run(
        tx =>
        {
            tx.Alert(PlumbingAlerts.JobKeepsFailing(LastingKey(tx), tx.Schema, name, error));
            return Task.CompletedTask;
        }, ct), ct) is Outcome.Done;

    private async Task<bool> TellOver(CancellationToken ct) => await Worker.Attempt(() => database.Run(
        tx =>
        {
            tx.ResolveAlert(LastingKey(tx), "a round succeeded");
            return Task.CompletedTask;
        }, ct), ct) is Outcome.Done;

    private string LastingKey(Tx tx) => $"job-keeps-failing/{tx.Schema}/{name}";

    private async Task Tell(Exception error, CancellationToken ct)
    {
        Log.Failed(log, error, name);
        await Worker.Attempt(() => database.Run(
            tx =>
            {
                tx.Alert(PlumbingAlerts.JobFailed(tx.Schema, name, error, tx.Now));
                return Task.CompletedTask;
            }, ct), ct);
    }

    /// <summary>Log messages.</summary>
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Name} is tried again: {Cause}")]
        internal static partial void Again(ILogger log, string name, string cause);

        [LoggerMessage(LogLevel.Error, "{Name} failed and is tried again")]
        internal static partial void Failed(ILogger log, Exception error, string name);
    }
}
