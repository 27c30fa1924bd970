using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.StripeSimulator.Shell;

/// <summary>Serves requests one at a time: state, journal, clock, and the waits that faults ask for.</summary>
public sealed class Simulator : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly StripeState state = new();
    private readonly Journal journal;
    private readonly TimeProvider clock;
    private TaskCompletionSource release = NewRelease();
    private TaskCompletionSource changed = NewRelease();

    public Simulator(string journalPath, TimeProvider clock)
    {
        this.clock = clock;
        journal = new Journal(journalPath);
        foreach (var entry in journal.Entries) state.Replay(entry.Request, entry.Fault);
    }

    /// <param name="request">The moment is set here.</param>
    public async Task<SimOutcome> Serve(SimRequest request, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            request = request with { At = Now };
            if (state.Admit(request, out var fault) is { } refusal)
                return new SimOutcome(state.Refuse(request, refusal), null, false);
            if (fault?.Kind is FaultKind.Delay or FaultKind.Hold && state.Keys.Begin(request))
            {
                await WaitOutside(fault);
                state.Keys.End(request);
                request = request with { At = Now };
            }

            var outcome = state.Execute(request, fault);
            if (request.IsChange || fault is not null) journal.Append(request, fault);
            return outcome;
        }
        finally
        {
            turn.Release();
            if (request.IsChange) Volatile.Read(ref changed).TrySetResult();
        }
    }

    /// <summary>
    /// Waits until events are due to be sent, and takes them. The receiver compares the signature's moment with its own clock, so
    /// that one never runs ahead.
    /// </summary>
    public async Task<IReadOnlyList<SignedDelivery>> NextDeliveries(int countMax, CancellationToken cancellationToken)
    {
        while (true)
        {
            var signal = NewRelease();
            Volatile.Write(ref changed, signal);
            var (taken, nextDueAt) = await Read(
                (simulated, now) => (simulated.TakeDeliveries(now, clock.GetUtcNow().ToUnixTimeSeconds(), countMax),
                    simulated.NextDueAt),
                cancellationToken);
            if (taken.Count > 0) return taken;
            var wait = nextDueAt is { } due ? due - Now : Timeout.InfiniteTimeSpan;
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(signal.Task, Task.Delay(Bounded(wait), clock, waiting.Token));
            await waiting.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Lets go all requests that are held.</summary>
    public void Release() => Interlocked.Exchange(ref release, NewRelease()).SetResult();

    public async Task<T> Read<T>(Func<StripeState, DateTimeOffset, T> view, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return view(state, Now);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        journal.Dispose();
        turn.Dispose();
    }

    private DateTimeOffset Now => clock.GetUtcNow() + state.ClockOffset;

    /// <summary>
    /// Gives the turn away meanwhile. A caller that goes away does not stop the request: Stripe does not notice either.
    /// </summary>
    private async Task WaitOutside(Fault fault)
    {
        var released = release.Task;
        turn.Release();
        try
        {
            await (fault.Kind == FaultKind.Hold ? released : Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), clock));
        }
        finally
        {
            await turn.WaitAsync();
        }
    }

    /// <summary>A timer takes no more than some weeks, and nothing below zero.</summary>
    private static TimeSpan Bounded(TimeSpan wait)
    {
        if (wait == Timeout.InfiniteTimeSpan || wait > TimeSpan.FromDays(1)) return TimeSpan.FromDays(1);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private static TaskCompletionSource NewRelease() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
