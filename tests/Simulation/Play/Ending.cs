
using ContestPipeline.Payout.Options;

namespace ContestPipeline.Simulation;

/// <summary>What comes between a seed and its end: disturbances that nobody orders, and whatever is not done yet.</summary>
internal sealed partial class SimRun
{
    /// <summary>Partitions change hands, with or without the knowledge of who had them.</summary>
    private void Disturb()
    {
        world.Forger?.Maybe(groups.Values);
        if (world.Clock.IsSet())
        {
            var slot = world.Clock.Which(lane.Slots);
            slot.SetClock();
            world.Note($"the clock of {slot.Worker}-{slot.Number} is set");
            world.Faults.Hit("clock set back or forth");
        }

        if (!world.Random.Chance(world.Weather.RebalancePercent)) return;
        var (worker, group) = groups.ElementAt(world.Random.Next(groups.Count));
        var processes = Processes.Where(p => p.Worker == worker).ToArray();
        if (world.Random.Chance(50)) group.Share(world, processes);
        else group.StealOne(world, processes);
    }

    private async Task MayGoBack()
    {
        if (world.Others is { } others && others.IsSaved()) await others.Save(lane, groups[others.Worker], ct);
        else if (world.Others?.IsLost() == true) await GoBack(world.Others);
        if (world.Back is not { } back) return;
        if (back.IsSaved()) await back.Save(lane, groups[PayoutWorker.Name], ct);
        else if (back.IsLost()) await GoBack(back);
    }

    /// <summary>
    /// What was backed up is lost at the latest when all is settled; and things go wrong on until that is mended.
    /// </summary>
    private async Task<bool> IsNothingLeftToGoBack()
    {
        if (world.Others is { MayBeLost: true } others) await GoBack(others);
        if (world.Back is not { } back) return true;
        if (back.MayBeLost) await GoBack(back);
        return !back.IsRoughStill;
    }

    /// <summary>All of the worker's processes end, and are started again on the restored database.</summary>
    private async Task GoBack(DatabaseBack back)
    {
        foreach (var process in Processes.Where(p => p.Worker == PayoutWorker.Name)) process.Die();
        await back.Restore(lane, groups[PayoutWorker.Name], ct);
        due.Forget();
        while (Processes.Any(p => p.IsDead)) await BuryTheDead();
        await back.Begin(lane, ct);
        isUnsent = true;
    }

    private async Task<bool> IsRetried() => await hands.RetryFailed(lane, ct) && (isUnsent = true);

    private async Task GoBack(OthersBack others)
    {
        foreach (var process in Processes.Where(p => p.Worker == others.Worker)) process.Die();
        await others.Restore(lane, groups[others.Worker], ct);
        due.Forget();
        while (Processes.Any(p => p.IsDead)) await BuryTheDead();
        isUnsent = true;
    }

    private async Task LookAfter(DatabaseBack back)
    {
        await back.Visit(lane, groups[PayoutWorker.Name], ct);
        due.Forget();
        isUnsent = true;
    }

    private async Task<bool> IsOver() => await WhyNotOver() is null;

    /// <returns>Null: all is done.</returns>
    private async Task<string?> WhyNotOver()
    {
        foreach (var process in Processes) process.CommitOffsets();
        if (groups.FirstOrDefault(g => !g.Value.IsReadToTheEnd) is { Key: { } reader }) return $"{reader} has not read all";
        if (world.Poison?.NextAt is not null) return "a parked key is not done";
        if (world.Back?.NextAt is not null) return "restored books are not recovered";
        if (scenario.Definitions.Any(d => !hands.IsFinished(d.ContestId, scenario))) return "a contest is not finished";
        if (!await SimChecks.IsMoneyAtRest(lane)) return "money is not at rest";
        if (!await SimDisputed.AreKnown(world, lane)) return "a dispute is not known as it is";
        if (!await SimBankPayouts.AreKnown(world, lane)) return "a bank payout is not known as it is";
        if (!await SimSavings.AreKnown(world, lane)) return "what became of a deposit is not known";
        return await SimRefunded.AreKnown(world, lane) ? null : "a refund is not known";
    }
}
