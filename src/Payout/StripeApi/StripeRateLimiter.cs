using System.Threading.Channels;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>
/// Keeps the requests to one endpoint to so many in any second as Stripe counts them, spaced evenly, and uses all of them while
/// there is work.
/// </summary>
/// <remarks>
/// A request counts at Stripe when it arrives there, which is some time between its sending and its answer. So a permit is good
/// again a second after its answer, less the time that the fastest answer needs: however requests are held up on the way, no
/// second sees too many. A caller who comes late, because the database was at work, finds the slots of a short while unused.
/// </remarks>
public sealed class StripeRateLimiter
{
    /// <summary>How far back slots may be made up for.</summary>
    public static readonly TimeSpan CatchUp = TimeSpan.FromMilliseconds(250);

    /// <summary>The second in which Stripe counts, and what two clocks may round differently.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(1_001);

    private readonly Lock gate = new();
    private readonly Channel<DateTimeOffset> permits = Channel.CreateUnbounded<DateTimeOffset>();
    private readonly TimeProvider clock;
    private int perSecond;
    private TimeSpan spacing;
    private int surplus;
    private DateTimeOffset nextSlot = DateTimeOffset.MinValue;
    private TimeSpan fastest = TimeSpan.MaxValue;
    private int answers;

    public StripeRateLimiter(int perSecond, TimeProvider clock)
    {
        this.perSecond = perSecond;
        this.clock = clock;
        spacing = TimeSpan.FromSeconds(1) / perSecond;
        for (var n = 0; n < perSecond; n++) permits.Writer.TryWrite(DateTimeOffset.MinValue);
    }

    public int PerSecond
    {
        get
        {
            lock (gate) return perSecond;
        }
    }

    /// <summary>
    /// From now on so many a second: permits that are too many are taken out before they are used again, new ones are good once
    /// the others' second is over.
    /// </summary>
    public void Resize(int newPerSecond)
    {
        lock (gate)
        {
            var more = newPerSecond - perSecond - surplus;
            surplus = Math.Max(0, -more);
            for (var n = 0; n < more; n++) permits.Writer.TryWrite(clock.GetUtcNow() + Window);
            perSecond = newPerSecond;
            spacing = TimeSpan.FromSeconds(1) / perSecond;
        }
    }

    /// <summary>Waits for a permit and its slot, in the order of the callers.</summary>
    /// <returns>To be disposed of once the answer is there.</returns>
    public async Task<RateLimiterLease> Acquire(CancellationToken ct) => (await Acquire(DateTimeOffset.MaxValue, ct))!.Value;

    /// <summary>The same for a caller to whom a slot is of use only before some moment.</summary>
    /// <returns>
    /// Null as soon as it shows that the slot would be too late. It is not spent then: else those who come too late would make
    /// all others come too late, for ever.
    /// </returns>
    public async Task<RateLimiterLease?> Acquire(DateTimeOffset before, CancellationToken ct)
    {
        while (true)
        {
            var good = await permits.Reader.ReadAsync(ct);
            if (IsSurplus()) continue;
            if (Reserve(good, clock.GetUtcNow(), before) is not { } slot)
            {
                permits.Writer.TryWrite(good);
                return null;
            }

            await WaitFor(slot, ct);
            if (IsSurplus()) continue;
            var sentAt = clock.GetUtcNow();
            if (sentAt < before) return new RateLimiterLease(this, sentAt);
            permits.Writer.TryWrite(slot);
            return null;
        }
    }

    /// <summary>A caller who gives up leaves the permit to the next.</summary>
    private async Task WaitFor(DateTimeOffset slot, CancellationToken ct)
    {
        try
        {
            for (var wait = slot - clock.GetUtcNow(); wait > TimeSpan.Zero; wait = slot - clock.GetUtcNow())
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), clock, ct);
        }
        catch (OperationCanceledException)
        {
            permits.Writer.TryWrite(slot);
            throw;
        }
    }

    /// <param name="good">When the permit is good again.</param>
    /// <param name="before">After this moment the slot is of no use.</param>
    /// <returns>When its request may be sent; null when that is too late, and then the slot is free for the next.</returns>
    public DateTimeOffset? Reserve(DateTimeOffset good, DateTimeOffset now, DateTimeOffset before)
    {
        var earliest = good > now ? good : now;
        lock (gate)
        {
            var slot = nextSlot > earliest - CatchUp ? nextSlot : earliest - CatchUp;
            var at = slot > earliest ? slot : earliest;
            if (at >= before) return null;
            nextSlot = slot + spacing;
            return at;
        }
    }

    /// <returns>True when the permit that was just taken is one too many.</returns>
    private bool IsSurplus()
    {
        lock (gate)
        {
            if (surplus == 0) return false;
            surplus--;
            return true;
        }
    }

    /// <summary>The request that was sent then has its answer now.</summary>
    internal void Answered(DateTimeOffset sentAt)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (now - sentAt < fastest) fastest = now - sentAt;
            permits.Writer.TryWrite(now + Window - (++answers > perSecond ? fastest : TimeSpan.Zero));
        }
    }
}

/// <summary>The right to one request, from its sending to its answer.</summary>
public readonly record struct RateLimiterLease(StripeRateLimiter Pace, DateTimeOffset SentAt) : IDisposable
{
    public void Dispose() => Pace.Answered(SentAt);
}
