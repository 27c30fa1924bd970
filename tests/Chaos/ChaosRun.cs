using System.Globalization;
using ContestPipeline.Demo;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Chaos;

/// <summary>
/// One run: everything is started, contests are played in a storm of faults, the storm ends, everything comes to rest, the books
/// are judged.
/// </summary>
internal sealed class ChaosRun(StateFolder folder, int faults, ulong seed, TimeProvider clock)
{
    private const int ShownMax = 60;

    /// <summary>In fewer there is no time to pay something between a back-up and its restore.</summary>
    private const int FaultsToRestore = 30;
    private const long FundsMinor = 500_000_000;
    private static readonly TimeSpan s_calm = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(10);

    private readonly long startedAt = clock.GetTimestamp();

    internal async Task<int> Run(string toxiproxy, string kafkaHome, CancellationToken ct)
    {
        var random = new SeededRandom(seed);
        await using var stage = new ChaosStage { Folder = folder, Plan = new StagePlan(), Clock = clock };
        Say($"seed {seed}, {faults} faults");
        await stage.Start(toxiproxy, kafkaHome, Say, ct);
        await Prepare(stage, ct);
        Say($"{stage.Servers.Count} processes run, {stage.Links.Count} links between them");

        var began = clock.GetUtcNow();
        var back = new DatabaseBack(stage, folder.Path, Say);
        var breaks = faults < FaultsToRestore
            ? []
            : new Dictionary<int, Func<CancellationToken, Task>> { [faults / 3] = back.Save, [2 * faults / 3] = back.Restore };
        var storm = new Storm(stage, FaultSchedule.Draw(faults, random, stage.Links, [.. stage.Disks.Keys]),
            Path.Combine(folder.Path, "faults.log"), breaks);
        var supply = new ContestSupply(stage, random.NextULong());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = Task.WhenAll(stage.Servers.Values.Select(s => s.Watch(end.Token)));
        var telling = Tell(stage, storm, supply, end.Token);
        var evidence = await FirstFailure(Play(stage, storm, supply, back, began, ct), watching, telling);
        await end.CancelAsync();
        await Task.WhenAll(watching.ContinueWith(_ =>
        {
        }, TaskScheduler.Default), telling.ContinueWith(_ => { }, TaskScheduler.Default));
        return await Report(stage, storm, new Verdict(evidence), evidence, ct);
    }

    private async Task<Evidence> Play(
        ChaosStage stage, Storm storm, ContestSupply supply, DatabaseBack back, DateTimeOffset began, CancellationToken ct)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var playing = supply.Run(enough.Token, ct);
        await await Task.WhenAny(storm.Run(ct), playing);
        await enough.CancelAsync();
        Say($"the storm is over: {storm.Done.Count} faults; {supply.Opened} contests, {await supply.Over(ct)} of them over");
        await playing;
        if (back.Words is not null) await back.End(ct);
        // What ended in a server error and came to nothing gets that error for as long as Stripe keeps its key: a day, which
        // nobody here waits for.
        await stage.Stripe.ForgetKeys(ct);
        await Rest(stage, ct);
        await Sweep(stage, ct);
        await Rest(stage, ct);
        Say("everything is at rest; judging");
        return await Evidence.Gather(stage, supply.Waves, began, ct) with { WentBack = back.Words };
    }

    /// <summary>Money at Stripe, and an account for every player, which Payout has heard of.</summary>
    internal static async Task Prepare(ChaosStage stage, CancellationToken ct)
    {
        await stage.Stripe.Fund(FundsMinor, ct);
        await stage.Stripe.SetAvailability(TimeSpan.Zero, ct);
        var accounts = new PlayerAccounts(stage.Stripe, stage.Database, stage.Clock, Wave.Players);
        await accounts.Create(ct);
        await accounts.ActivateLate(ct);
        await new Await(stage.Clock, TimeSpan.FromMinutes(2)).Until(
            "Payout knows every player's account", async () => await stage.Database.Accounts(ct) == Wave.Players,
            () => string.Join('\n', stage.Endings.Select(e => $"{e.Name} ended with {e.ExitCode}")), ct);
    }

    /// <summary>
    /// The webhooks that were dropped for good are taken from Stripe's own list, as an operator would ask it (<c>contestctl
    /// stripe sweep</c>): by itself Payout does so for events that are older than five minutes.
    /// </summary>
    private static Task Sweep(ChaosStage stage, CancellationToken ct) => new Await(stage.Clock, s_calm).Until(
        "Stripe's events are swept", async () =>
        {
            var reply = await stage.Payout.Post("/v1/stripe/sweep", new { }, "chaos", ApiRole.Operator, ct);
            return reply.IsWell && reply.Body.GetProperty("unread").GetInt32() == 0;
        }, () => "", ct);

    /// <summary>Until nothing is left to do anywhere, looked at twice with no record in between.</summary>
    internal static async Task Rest(ChaosStage stage, CancellationToken ct)
    {
        var unended = "";
        await new Await(stage.Clock, s_calm).Until("everything is at rest", async () =>
        {
            try
            {
                unended = string.Join('\n', (await stage.Database.Unended(ct)).Take(ShownMax));
                return unended.Length == 0 && await Look(stage, ct) is { } before && await Look(stage, ct) == before;
            }
            catch (NpgsqlException)
            {
                return false;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => unended, ct);
    }

    private static async Task<long?> Look(ChaosStage stage, CancellationToken ct)
    {
        using var admin = new TopicAdmin(stage.Kafka);
        var lags = (await Task.WhenAll(Workers.All.Select(w => admin.Lag(w.Name)))).SelectMany(lag => lag).ToArray();
        var isAtRest = await stage.Stripe.OpenDeliveries(ct) == 0 && lags.All(l => l.Lag == 0)
            && await stage.Database.Unfinished(ct) == 0;
        return isAtRest ? lags.Sum(l => l.End) : null;
    }

    private async Task Tell(ChaosStage stage, Storm storm, ContestSupply supply, CancellationToken ct)
    {
        for (; ; await Task.Delay(s_progress, clock, ct))
        {
            var down = stage.Servers.Values.Where(s => !s.IsUp).Select(s => s.Name).ToArray();
            Say($"{storm.Done.Count} of {faults} faults, {storm.UnderWay} under "
                + $"way{(down.Length == 0 ? "" : $", down: {string.Join(", ", down)}")}; {supply.Opened} contests opened, "
                + $"{await supply.Over(ct)} over");
        }
    }

    /// <summary>What ends first in failure ends the run.</summary>
    private static async Task<Evidence> FirstFailure(Task<Evidence> playing, params Task[] beside)
    {
        var first = await Task.WhenAny([playing, .. beside]);
        await first;
        return await playing;
    }

    private async Task<int> Report(ChaosStage stage, Storm storm, Verdict verdict, Evidence evidence, CancellationToken ct)
    {
        IReadOnlyList<string> wrong = [.. verdict.Faults(), .. stage.Falls];
        var text = await ChaosReport.Of(stage, storm, verdict, evidence, wrong, seed, clock.GetElapsedTime(startedAt), ct);
        Console.WriteLine(text);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "report.md"), text, ct);
        foreach (var fault in wrong.Take(ShownMax)) Console.WriteLine($"FAILED: {fault}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"report and log of every fault: {folder.Path}"));
        return wrong.Count == 0 ? Command.Held : Command.Failed;
    }

    private void Say(string line) =>
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(startedAt).TotalSeconds,7:0.0} s  {line}"));
}
