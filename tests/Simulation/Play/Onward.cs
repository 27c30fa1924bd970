namespace ContestPipeline.Simulation;

/// <summary>How time goes on when nothing is left to be done now.</summary>
internal sealed partial class SimRun
{
    private const int BlindJumpPercent = 30;
    private const int StopsMax = 8;

    /// <summary>Before the balance is filled: a payout has to find it empty more often than it may be refused.</summary>
    private const int StopsWithoutFundsMax = 16;
    private static readonly TimeSpan s_farOff = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan s_stopAtLeast = TimeSpan.FromMinutes(5);

    /// <summary>Longer than any pause after a refusal.</summary>
    private static readonly TimeSpan s_stopWithoutFunds = TimeSpan.FromMinutes(23);

    /// <summary>So much later than it might have been seen.</summary>
    private static readonly TimeSpan[] s_delays = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(4)];

    private int stops;

    /// <summary>
    /// Forward to the next thing that has a time; false when there is none. While that is far off, what Payout has to ask of
    /// Stripe before is done first.
    /// </summary>
    private async Task<bool> Moved()
    {
        if (NextFromOutside() is not { } next) return false;
        var now = world.Clock.GetUtcNow();
        var isShort = arrivals.Count == 0 && !hands.IsFunded;
        var mayStop = next > now + s_farOff && stops < (isShort ? StopsWithoutFundsMax : StopsMax);
        if (mayStop && await due.NextAt() is { } at && at < next)
        {
            stops++;
            var soonest = now + (isShort ? s_stopWithoutFunds : s_stopAtLeast);
            world.Clock.ForwardTo(at > soonest ? at : soonest < next ? soonest : next);
            await AllDue(IdlePercent);
            return true;
        }

        stops = 0;
        world.Clock.ForwardTo(next + world.Random.Pick(s_delays));
        hands.Act();
        await AllDue();
        return true;
    }

    private DateTimeOffset? NextFromOutside()
    {
        var next = arrivals.TryPeek(out var arrival) ? arrival.At : (DateTimeOffset?)null;
        if (hands.NextAt is { } hand && !(next < hand)) next = hand;
        if (world.Back?.NextAt is { } look && !(next < look)) next = look;
        return world.Poison?.NextAt is { } visit && !(next < visit) ? visit : next;
    }

    /// <summary>
    /// The workers may be slower than what comes from outside: before they read, more of it has come. Else nearly every batch
    /// would be one record.
    /// </summary>
    private bool MovesOnMeanwhile()
    {
        if (NextFromOutside() is not { } next || next > world.Clock.GetUtcNow() + s_farOff
            || !world.Random.Chance(world.Pace.MeanwhilePercent)) return false;
        world.Clock.ForwardTo(next);
        hands.Act();
        return true;
    }

    /// <summary>
    /// Nothing comes from outside any more: on to when the next thing of Payout's comes due, or for a while, when other things
    /// may.
    /// </summary>
    private async Task Jump()
    {
        var now = world.Clock.GetUtcNow();
        if (await due.NextAt() is { } at && at > now && !world.Random.Chance(BlindJumpPercent)) world.Clock.ForwardTo(at);
        else
            world.Clock.Forward(
                world.Random.Pick([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(11), TimeSpan.FromHours(1),
                    TimeSpan.FromHours(5)]));
        await AllDue();
    }

    /// <summary>Time has passed: of each worker one process looks what there is to do now.</summary>
    private Task AllDue() => AllDue(arrivals.Count > 0 ? OftenPercent : IdlePercent);

    private async Task AllDue(int percent)
    {
        hands.See();
        var idle = await due.IdleRounds();
        foreach (var worker in lane.Slots.GroupBy(s => s.Worker))
        {
            foreach (var round in world.Random.Pick([.. worker]).Process!.Rounds)
                round.IsDue |= world.Random.Next(10_000) < world.Quiet.Percent(worker.Key, round.Name) * (round.IsRare
                    ? RarePercent : idle.Contains(round.Name) ? world.Pace.NothingPercent : percent);
        }
    }
}
