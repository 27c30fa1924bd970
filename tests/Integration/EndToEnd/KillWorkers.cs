using ContestPipeline.Demo;


namespace ContestPipeline.Integration.EndToEnd;

/// <summary>
/// Kills a worker with SIGKILL once the database shows that it has got on since the mark, never by the clock, and starts it
/// again.
/// </summary>
internal sealed class KillWorkers(SlateRun run)
{
    private static readonly IReadOnlyDictionary<string, string> s_figures = new Dictionary<string, string>
    {
        [Workers.Ingestion.Name] = "select count(*) from ingestion.inbox",
        [Workers.Scoring.Name] =
            "select (select count(*) from scoring.command) + (select coalesce(sum(version), 0)::bigint from scoring.line)",
        [Workers.Settlement.Name] = "select (select count(*) from settlement.entry) + (select count(*) from settlement.line)",
        [Workers.Payout.Name] = "select count(*) from payout.payout where state = 'paid'",
    };

    private readonly Dictionary<string, long> marks = [];

    /// <summary>By worker.</summary>
    public Dictionary<string, int> Kills { get; } = Workers.All.ToDictionary(w => w.Name, _ => 0);

    /// <summary>From here on it is counted how far each worker gets.</summary>
    public async Task Mark(CancellationToken ct)
    {
        foreach (var (worker, sql) in s_figures) marks[worker] = await run.Figure(sql, ct);
    }

    public Task OnceItGotOn(Worker worker, long by, CancellationToken ct) =>
        Once(worker, s_figures[worker.Name], marks[worker.Name] + by, ct);

    public async Task Once(Worker worker, string figure, long reaches, CancellationToken ct)
    {
        await run.Wait.Until(
            $"{worker.Name} gets to {reaches}: {figure}", async () => await run.Figure(figure, ct) >= reaches, run.Explain, ct);
        await run.Crew.Process(worker).Kill();
        await StartAgain(worker);
    }

    /// <summary>Payout dies between Stripe's answer and its own commit.</summary>
    /// <returns>How many transfers it had not yet written down.</returns>
    public async Task<int> BetweenAnswerAndCommit(CancellationToken ct)
    {
        var unknown = await new AnswerGap(run.Stage, run.Crew.Process(Workers.Payout), TimeProvider.System)
            .KillBetweenAnswerAndCommit(ct);
        await StartAgain(Workers.Payout);
        return unknown;
    }

    private Task StartAgain(Worker worker)
    {
        Kills[worker.Name]++;
        return run.Crew.Process(worker).Start();
    }
}
