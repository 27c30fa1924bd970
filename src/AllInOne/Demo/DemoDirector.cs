using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>
/// Plays the slate through the running pipeline, from contest creation to the last transfer, breaks what must be able to break, and judges the end.
/// </summary>
/// <param name="workersInside">Which workers run inside this process; the others are processes of their own.</param>
public sealed class DemoDirector(DemoStage stage, DemoOptions options, IReadOnlyList<Worker> workersInside, DemoState state, DemoView view, TimeProvider clock)
{
    private const int PaidBeforeKill = 10;

    private static readonly FeedFaults s_disorder = new(DuplicatesPercent: 20, Window: 8, LateEditsPercent: 5, WithdrawalsPercent: 2);

    private static readonly string[] s_followed =
        [Topics.StatLines, Topics.Standings, Topics.Lifecycle, Topics.ContestEvents, Topics.Results, Topics.PayoutEvents, Topics.Alerts];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly List<string> faults = [];
    private readonly Await wait = new(clock, s_patience);

    /// <returns>What did not hold; empty when everything did.</returns>
    public async Task<IReadOnlyList<string>> Run(CancellationToken ct)
    {
        var slate = await Slate.Read(Path.Combine(StateFolder.Checkout(), "samples"), ct);
        using var spectating = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var following = new TopicFollower(stage.Kafka).Run(s_followed, state.Apply, spectating.Token);
        var showing = view.Run(spectating.Token);
        using var producer = new MessageProducer(stage.Kafka, "contestpipeline/demo", clock);
        var accounts = new PlayerAccounts(stage.Stripe, producer);

        await using var crew = new DemoCrew(stage, workersInside);
        await crew.Start(ct);
        try
        {
            await Play(slate, producer, accounts, crew, ct);
        }
        finally
        {
            await spectating.CancelAsync();
            await Task.WhenAll(showing, following.ContinueWith(_ => { }, TaskScheduler.Default));
        }

        return faults;
    }

    private async Task Play(Slate slate, MessageProducer producer, PlayerAccounts accounts, DemoCrew crew, CancellationToken ct)
    {
        var opening = Open(slate, producer, ct);
        await accounts.Create(ct);
        await stage.Stripe.Fund(10_000_00, ct);
        view.Say($"{accounts.ByPlayer.Count} players have accounts, {Enumerable.Range(1, DemoEntries.Players).Count(DemoEntries.IsAccountLate)} of them not ready yet");
        var entries = await opening;

        view.Say($"kick-off: two games, {s_disorder.DuplicatesPercent} % of the feed delivered twice, out of order, {s_disorder.LateEditsPercent} % of the plays wrong at first");
        var player = new PlayFeed(producer, clock);
        var feed = FeedDisorder.Apply(slate.Feed, s_disorder, options.Seed);
        await player.Run(feed, options.Speed, ct);
        await wait.Until("every contest is settled", () => state.Snapshot().Contests.All(c => c.Settled is not null), Explain, ct);
        view.Say("both games are over and confirmed, every contest is settled");

        await BreakPayout(crew, ct);
        await wait.Until("all payouts but the late accounts' are paid", () => OnlyAccountsMissing(state.Snapshot()), Explain, ct);
        var waiting = state.Snapshot().Payouts.Count(p => p.State == "awaiting_account");
        await accounts.ActivateLate(ct);
        view.Say($"{waiting} payouts waited for an account; the accounts are ready now");
        await wait.Until("every contest is paid", () => state.Snapshot().All(ContestStates.Paid), Explain, ct);

        await Replay(player, crew, ct);
        await Judge(entries, accounts, ct);
    }

    private async Task<int> Open(Slate slate, MessageProducer producer, CancellationToken ct)
    {
        var definitions = DemoContests.All(slate.Athletes);
        await Task.WhenAll(definitions.Select(d => producer.Publish(new CreateContestV1($"create/{d.ContestId}", d.ContestId, d, IssuedBy: "demo"))));
        var entries = DemoEntries.Commands(definitions, options.Seed);
        await Task.WhenAll(entries.Select(e => producer.Publish(e)));
        await wait.Until("every entry has its answer", () => state.Snapshot() is var s && s.Accepted + s.Refused.Count >= entries.Count, Explain, ct);
        view.Say($"{state.Snapshot().Accepted} entries accepted in {definitions.Count} contests");
        return entries.Count;
    }

    private async Task BreakPayout(DemoCrew crew, CancellationToken ct)
    {
        await wait.Until("payouts have begun", () => state.Snapshot().Payouts.Count(p => p.State == "paid") >= PaidBeforeKill, Explain, ct);
        var payout = crew.Process(Workers.Payout);
        var victim = payout.Pid;
        var unknown = await new AnswerGap(stage, payout, clock).KillBetweenAnswerAndCommit(ct);
        view.Say($"Payout (process {victim}) killed: Stripe had executed {unknown} transfers whose answers were not committed");
        await payout.Start();
        view.Say($"Payout started again as process {payout.Pid}");
    }

    private async Task Replay(PlayFeed player, DemoCrew crew, CancellationToken ct)
    {
        var before = await Imprint(ct);
        var replayed = await player.Replay(stage.Kafka, Topics.FeedGames, ct) + await player.Replay(stage.Kafka, Topics.Results, ct);
        await wait.Until("the replay is consumed and nothing is left to do", () => crew.IsAtRest(ct), Explain, ct);
        var after = await Imprint(ct);
        if (before != after) faults.Add($"the replay moved something: before {before}, after {after}");
        view.Say($"{replayed} records replayed after the end, feed and results: {(before == after ? "nothing moved" : "SOMETHING MOVED")}");
    }

    private async Task<string> Imprint(CancellationToken ct) =>
        $"{await stage.Database.LedgerHash(ct)} {(await stage.Stripe.Transfers(ct)).Count} transfers "
        + string.Join(',', state.Snapshot().Contests.Select(c => c.Settled?.Digest));

    private async Task Judge(int entries, PlayerAccounts accounts, CancellationToken ct)
    {
        var told = state.Snapshot();
        var ledger = await stage.Database.VerifyLedger(ct);
        view.Say($"ledger verified: {ledger.Transfers} lines in {ledger.Accounts} accounts, {ledger.Contests} contests, {ledger.Faults.Count} faults");
        var facts = await DemoFacts.Gather(stage, entries, told, accounts.ByPlayer, ledger, ct);
        faults.AddRange(FinalChecks.Faults(facts));
        foreach (var line in Story.Results(told)) view.Say(line);
        view.Say($"ledger {await stage.Database.LedgerHash(ct)}; {facts.Transfers.Count} transfers at Stripe, {Figures.Usd(facts.Transfers.Sum(t => t.AmountMinor))}");
        foreach (var alert in told.Alerts.Where(a => a.Severity == "critical")) view.Say($"alert {alert.Kind} {alert.Subject}: {alert.Cause}");
    }

    /// <summary>Every prize has its payout, and each is paid or waits for an account; nobody with a late account need have won.</summary>
    private static bool OnlyAccountsMissing(DemoSnapshot told) =>
        told.Payouts.Count == told.Contests.Sum(c => c.Awards.Values.Sum(a => a.Players.Count(p => p.NetMinor > 0)))
        && told.Payouts.All(p => p.State is "paid" or "awaiting_account");

    private string Explain()
    {
        var told = state.Snapshot();
        var lines = told.Contests.Select(c => $"{c.ContestId}: {c.Lifecycle?.State}, {c.Accepted} accepted, hold: {c.Lifecycle?.Hold ?? "none"}")
            .Concat(told.Games.Select(g => $"{g.GameId}: {g.Status}, incomplete: {g.Incomplete}, differences: {g.Differences.Count}"))
            .Concat(told.PayoutStates.Select(p => $"payouts {p.State}: {p.Count}"))
            .Concat(told.Refused.Take(3).Select(r => $"refused {r.CommandId}: {r.ReasonCode} {r.Field} {r.Message}"))
            .Concat(told.Alerts.Take(10).Select(a => $"alert {a.Severity} {a.Kind} {a.Subject}: {a.Cause}"));
        return string.Join('\n', lines);
    }
}
