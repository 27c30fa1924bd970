using System.Net.Sockets;
using Npgsql;

namespace ContestPipeline.Plumbing;

/// <summary>What became of an attempt.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    internal sealed record Done : Outcome;

    /// <summary>The process is being stopped.</summary>
    internal sealed record Stopped : Outcome;

    /// <summary>Another process has taken the partition over; nothing was committed.</summary>
    internal sealed record Fenced : Outcome;

    /// <summary>May work the next time.</summary>
    internal sealed record Transient(Exception Error) : Outcome;

    /// <summary>Will fail the same way every time.</summary>
    internal sealed record Poison(Exception Error) : Outcome;
}

/// <summary>
/// The one place where any exception is caught: it decides whether to stop, to try again or to set the work aside.
/// </summary>
internal static class Worker
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>New in PostgreSQL 17.</summary>
    private const string TransactionTimeout = "25P04";

    internal static async Task<Outcome> Attempt(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
            return new Outcome.Done();
        }
        catch (FencedException)
        {
            return new Outcome.Fenced();
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            return new Outcome.Stopped();
        }
        catch (Exception error)
        {
            return IsTransient(error) ? new Outcome.Transient(error) : new Outcome.Poison(error);
        }
    }

    /// <summary>
    /// Connections, serialization, deadlocks, a server that is going down or coming up, or that takes no writes for a while
    /// (full, or a standby by now).
    /// </summary>
    internal static bool IsTransient(Exception error) => error switch
    {
        PostgresException { SqlState: ['5', '7', 'P', '0', _] } => true,
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => true,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        NpgsqlException { IsTransient: true } => true,
        SocketException or TimeoutException or IOException => true,
        _ => error.InnerException is { } inner && IsTransient(inner),
    };

    /// <summary>
    /// Ended from outside: by a person (<c>pg_cancel_backend</c>) or a time limit of the server. The first passes, the second may
    /// come every time, so that it is tried again only so often.
    /// </summary>
    internal static bool IsCutShort(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or IdleInTransactionTimeout or TransactionTimeout } =>
            true,
        _ => error.InnerException is { } inner && IsCutShort(inner),
    };
}

/// <summary>The partition belongs to somebody else now.</summary>
internal sealed class FencedException(string topic, int partition) : Exception($"{topic}[{partition}] has a new owner");

/// <summary>Waiting times between attempts: doubling, capped, the same every time.</summary>
internal static class Backoff
{
    private const int FirstMs = 50;
    private const int CapMs = 5_000;

    /// <param name="failures">1 after the first failure.</param>
    internal static TimeSpan After(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(CapMs, FirstMs * Math.Pow(2, Math.Min(failures - 1, 20))));

    /// <summary>Waits; returns early, without an exception, when the process is being stopped.</summary>
    internal static async Task Wait(TimeSpan time, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await Task.Delay(time, clock, ct);
        }
        catch (OperationCanceledException)
        {
            // The caller's loop looks at the token.
        }
    }
}
