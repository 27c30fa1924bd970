using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// What the acts of the demo share: the environment, the workers, what the topics have told, and a way to wait and to speak.
/// </summary>
public sealed class DemoContext(
    DemoEnvironment environment, DemoOptions options, DemoWorkers workers, Slate slate, MessageProducer producer, DemoState state,
    DemoView view, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly Await wait = new(clock, s_patience);

    public DemoEnvironment Environment { get; } = environment;

    public DemoOptions Options { get; } = options;

    public DemoWorkers Workers { get; } = workers;

    public Slate Slate { get; } = slate;

    public MessageProducer Producer { get; } = producer;

    public TimeProvider Clock { get; } = clock;

    public PlayFeed Player { get; } = new(producer, clock);

    public PlayerAccounts Accounts { get; } = new(
        environment.Stripe, environment.Database, clock, without: ActivityChallenge.Third);

    /// <summary>Payouts that a lost dispute took back.</summary>
    public HashSet<string> Forfeited { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    public int EntriesSubmitted { get; set; }

    /// <summary>What did not hold.</summary>
    public List<string> Faults { get; } = [];

    public DemoSnapshot Told => state.Snapshot();

    /// <summary>What must hold; if it does not, the run has failed and says so at the end.</summary>
    public void Check(bool holds, string fault)
    {
        if (holds) return;
        lock (Faults) Faults.Add(fault);
    }

    public void Say(string line) => view.Say(line);

    public Task Until(string what, Func<DemoSnapshot, bool> holds, CancellationToken ct) =>
        wait.Until(what, () => holds(Told), Explain, ct);

    public Task Until(string what, Func<Task<bool>> holds, CancellationToken ct) => wait.Until(what, holds, Explain, ct);

    private string Explain()
    {
        var told = Told;
        var lines =
            told.Contests.Select(c =>
                $"{c.ContestId}: {c.Lifecycle?.State}, {c.Accepted} accepted, hold: {c.Lifecycle?.Hold ?? "none"}")
            .Concat(
                told.Games.Select(g => $"{g.GameId}: {g.Status}, incomplete: {g.Incomplete}, differences: {g.Differences.Count}"))
            .Concat(told.PayoutStates.Select(p => $"payouts {p.State}: {p.Count}"))
            .Concat(told.Payments.Values.GroupBy(p => p.State).Select(g => $"entry payments {g.Key}: {g.Count()}"))
            .Concat(told.Refused.Take(3).Select(r => $"refused {r.CommandId}: {r.ReasonCode} {r.Field} {r.Message}"))
            .Concat(told.Alerts.Take(10).Select(a => $"alert {a.Severity} {a.Kind} {a.Subject}: {a.Cause}"));
        return string.Join('\n', lines);
    }
}
