namespace ContestPipeline.Integration.Payout;

/// <summary>A clock that goes on by itself and can be put forward.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long shiftTicks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref shiftTicks));

    public void Forward(TimeSpan by) => Interlocked.Add(ref shiftTicks, by.Ticks);
}
