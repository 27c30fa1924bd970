using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>What came of a full replay of every topic so long after the contests were over.</summary>
/// <param name="Records">Delivered once more.</param>
/// <param name="Remembered">Messages of the four inboxes when it began; what is missing of those before was dropped with its
/// days.</param>
/// <param name="Before">Transfers, refunds and ledger lines.</param>
internal sealed record ReplayedAge(
    TimeSpan Age, long Records, long Remembered, string Before, string After, string LedgerBefore, string LedgerAfter)
{
    internal bool IsRight => Before == After && LedgerBefore == LedgerAfter;
}

/// <summary>
/// Late replays by themselves: a world is played to its end, then everything that its topics held is delivered once more, at
/// every age.
/// </summary>
internal sealed partial class SimRun
{
    private static readonly TimeSpan[] s_everyAge = [TimeSpan.FromHours(1), TimeSpan.FromHours(25), TimeSpan.FromDays(8),
        TimeSpan.FromDays(31), TimeSpan.FromDays(400)];

    /// <returns>The exit code: 0 when no replay moved anything.</returns>
    internal static async Task<int> ReplayAtEveryAge(ulong worlds, ulong first)
    {
        var wrong = 0;
        await using var postgres = await SimPostgres.Start("every-age", CancellationToken.None);
        await using var lane = await SimLane.Open(postgres, "every_age", CancellationToken.None);
        for (var seed = first; seed < first + worlds; seed++)
        {
            foreach (var later in s_everyAge)
            {
                var age = await ReplayAt(lane, seed, later, CancellationToken.None);
                if (!age.IsRight) wrong++;
                Console.WriteLine(
                    $"world {seed} +{age.Age.TotalHours,5} h: {age.Records} records again, {age.Remembered} messages still in "
                        + $"the inboxes; before {age.Before}, ledger {age.LedgerBefore[..12]}; "
                    + $"after {age.After}, ledger {age.LedgerAfter[..12]}: {(age.IsRight ? "nothing moved" : "MONEY MOVED")}");
            }
        }

        Console.WriteLine($"{worlds} worlds, {s_everyAge.Length} ages each: {wrong} replays moved something");
        return wrong == 0 ? 0 : 1;
    }

    /// <summary>The same world each time: what an earlier replay left in the inboxes must not help a later one.</summary>
    private static async Task<ReplayedAge> ReplayAt(SimLane lane, ulong seed, TimeSpan age, CancellationToken ct)
    {
        var run = new SimRun(lane, seed, Cut.None, tell: null, ct, isLarge: true);
        try
        {
            await run.Begin();
            await run.PlayOn();
            run.steps = 0;
            run.world.IsReplaying = true;
            run.world.Clock.Forward(age);
            await run.CatchUp();
            var (before, ledger, remembered) = (await SimChecks.Moved(run.world, lane), await LedgerHash(lane),
                await Remembered(lane));
            var logs = Topics.All.SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => run.world.Broker.Log(t.Name, p)))
                .ToArray();
            var records = logs.Sum(log => (long)log.Count);
            run.world.Broker.RepeatEverything();
            await run.Rest();
            return new ReplayedAge(
                age, records, remembered, before, await SimChecks.Moved(run.world, lane), ledger, await LedgerHash(lane));
        }
        finally
        {
            foreach (var slot in lane.Slots) slot.Process?.Dispose();
        }
    }

    private static async Task<string> LedgerHash(SimLane lane) => (await lane.Admin.ExecuteScalarAsync<string>(
        """
        select md5(coalesce((select string_agg(t::text, '|' order by t.transfer_id) from payout.ledger_transfer t), '')
            || coalesce((select string_agg(a::text, '|' order by a.account, a.currency, a.shard) from payout.ledger_account a),
                ''))
        """))!;

    private static Task<long> Remembered(SimLane lane) => lane.Admin.ExecuteScalarAsync<long>(
        "select (select count(*) from ingestion.inbox) + (select count(*) from scoring.inbox) + (select count(*) from "
            + "settlement.inbox) + (select count(*) from payout.inbox)");
}
