namespace ContestPipeline.Payout;

/// <summary>Spaces calls of one endpoint evenly: the n-th caller waits for the n-th slot. No bursts, so Stripe's own limit is never reached.</summary>
public sealed class RequestPace(int perSecond, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly TimeSpan spacing = TimeSpan.FromSeconds(1) / perSecond;
    private DateTimeOffset nextSlot = DateTimeOffset.MinValue;

    public Task Turn(CancellationToken ct)
    {
        var wait = Reserve(clock.GetUtcNow());
        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, ct) : Task.CompletedTask;
    }

    /// <returns>How long to wait from now for the slot that was taken.</returns>
    public TimeSpan Reserve(DateTimeOffset now)
    {
        lock (gate)
        {
            var slot = nextSlot > now ? nextSlot : now;
            nextSlot = slot + spacing;
            return slot - now;
        }
    }
}
