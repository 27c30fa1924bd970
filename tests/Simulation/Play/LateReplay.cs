namespace ContestPipeline.Simulation;

/// <summary>At the end of a seed all that any topic holds is delivered once more.</summary>
internal sealed partial class SimRun
{
    private const int CatchUpsMax = 5;
    private const int ReplayedPercent = 40;

    /// <summary>When the inbox may have forgotten.</summary>
    private static readonly TimeSpan[] s_lateReplayAges = [TimeSpan.FromDays(8), TimeSpan.FromDays(8), TimeSpan.FromDays(31),
        TimeSpan.FromDays(400)];

    private static readonly TimeSpan[] s_replayAges = [TimeSpan.FromHours(1), TimeSpan.FromHours(25)];

    /// <summary>
    /// Hours, weeks or a year later what came due has been done, and often somebody replays every topic from its beginning, when
    /// the inbox may have forgotten it: no money may move.
    /// </summary>
    private async Task ReplayEverything()
    {
        var later = world.Random.Pick(world.IsLong ? s_lateReplayAges : s_replayAges);
        world.Stripe.EndOutage();
        if (world.IsLong) await CatchUp();
        if (world.IsLong) await CatchUp();
        world.Clock.Forward(later);
        await CatchUp();
        if (!world.IsLong && !world.Random.Chance(ReplayedPercent)) return;

        world.Faults.Hit($"everything replayed {later.TotalHours} h later");
        world.Note($"everything is replayed {later} later");
        var before = await SimChecks.Moved(world, lane);
        world.IsReplaying = true;
        world.Broker.RepeatEverything();
        await Rest();
        var after = await SimChecks.Moved(world, lane);
        if (after != before) throw new SimFailure($"a replay after {later} moved money: {before} became {after}");
    }

    /// <summary>What came due meanwhile is done.</summary>
    private async Task CatchUp()
    {
        await Rest();
        for (var more = 0; more < CatchUpsMax && !await SimChecks.IsMoneyAtRest(lane); more++) await Rest();
    }

    /// <summary>Until everything is read and sent, and every worker has looked once more what there is to do.</summary>
    private async Task Rest()
    {
        await DoAll();
        IReadOnlySet<string>? idle = world.IsEager ? null : await due.IdleRounds();
        foreach (var worker in lane.Slots.GroupBy(s => s.Worker))
        {
            foreach (var looked in world.Random.Pick([.. worker]).Process!.Rounds)
                looked.IsDue = idle?.Contains(looked.Name) != true;
        }

        await DoAll();
        world.Clock.Forward(TimeSpan.FromHours(1));
    }

    private async Task DoAll()
    {
        do
        {
            while (await SomethingDone())
            {
                if (++steps > StepsMax) throw new SimFailure($"no end after {StepsMax} steps");
            }
        }
        while (await IsAnythingUnsent());
    }
}
