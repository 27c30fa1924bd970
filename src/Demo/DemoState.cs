using ContestPipeline.Contracts;

namespace ContestPipeline.Demo;

/// <summary>
/// What the topics have told so far, as a spectator sees it. Keeps the highest version of everything, so order and repetition do
/// not matter.
/// </summary>
public sealed class DemoState
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ContestProgress> contests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GameStateV1> games = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PayoutChangedV1> payouts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AlertRaisedV1> alerts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EntryPaymentChangedV1> payments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NotificationV1> notices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EntryRefusedV1> entriesRefused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProofDecidedV1> proofs = new(StringComparer.Ordinal);
    private readonly HashSet<string> accepted = new(StringComparer.Ordinal);
    private readonly HashSet<string> withdrawn = new(StringComparer.Ordinal);
    private readonly List<CommandRejectedV1> refused = [];

    public void Apply(IMessage message)
    {
        lock (gate)
        {
            switch (message)
            {
                case LifecycleV1 m:
                    Update(m.ContestId,
                        c => c.Lifecycle is { } old && old.Version >= m.Version ? c : c with { Lifecycle = m }); break;
                case StandingsV1 m:
                    Update(m.ContestId,
                        c => c.Standings is { } old && old.Version >= m.Version ? c : c with { Standings = m }); break;
                case EntryAcceptedV1 m:
                    if (accepted.Add($"{m.ContestId}/{m.EntryId}"))
                        Update(m.ContestId, c => c with { Accepted = c.Accepted + 1 });
                    break;
                case EntryWithdrawnV1 m: withdrawn.Add(m.EntryId); break;
                case EntryRefusedV1 m: entriesRefused[m.EntryId] = m; break;
                case EntryPaymentChangedV1 m:
                    if (!payments.TryGetValue(m.EntryId, out var payment) || payment.ChangeNo < m.ChangeNo)
                        payments[m.EntryId] = m;
                    break;
                case ProofDecidedV1 m:
                    if (!proofs.TryGetValue($"{m.EntryId}/{m.ProofNo}", out var proof) || proof.DecisionNo < m.DecisionNo)
                        proofs[$"{m.EntryId}/{m.ProofNo}"] = m;
                    break;
                case NotificationV1 m: notices[m.NotificationId] = m; break;
                case CommandRejectedV1 m: refused.Add(m); break;
                case ContestAwardsV1 m: Update(m.ContestId, c => c.With(m)); break;
                case ContestSettledV1 m: Update(m.ContestId, c => c with { Settled = m }); break;
                case ContestPaidV1 m: Update(m.ContestId, c => c with { Paid = m }); break;
                case GameStateV1 m:
                    if (!games.TryGetValue(m.GameId, out var game) || game.Version < m.Version) games[m.GameId] = m;
                    break;
                case PayoutChangedV1 m:
                    if (!payouts.TryGetValue(m.PayoutId, out var payout) || payout.ChangeNo < m.ChangeNo) payouts[m.PayoutId] = m;
                    break;
                case AlertRaisedV1 m: alerts[m.DedupKey] = m; break;
                default: break;
            }
        }
    }

    /// <summary>A copy that does not change any more.</summary>
    public DemoSnapshot Snapshot()
    {
        lock (gate)
        {
            return new DemoSnapshot(
                [.. contests.Values.Where(c => c.ContestId != StakedChallenge.Id)
                    .OrderBy(c => c.ContestId, StringComparer.Ordinal)],
                [.. games.Values.OrderBy(g => g.GameId, StringComparer.Ordinal)],
                [.. payouts.Values.Where(p => !IsWithdrawal(p.ContestId))],
                [.. alerts.Values.OrderBy(a => a.DedupKey, StringComparer.Ordinal)], [.. refused])
            {
                Payments = payments.Where(p => p.Value.ContestId != StakedChallenge.Id).ToDictionary(StringComparer.Ordinal),
                Challenge = contests.GetValueOrDefault(StakedChallenge.Id),
                Withdrawals = [.. payouts.Values.Where(p => IsWithdrawal(p.ContestId))],
                Proofs = new Dictionary<string, ProofDecidedV1>(proofs), Notices = [.. notices.Values],
                Withdrawn = [.. withdrawn],
                EntriesRefused = [.. entriesRefused.Values],
            };
        }
    }

    /// <summary>A payout of money in a wallet, and of no contest's prize.</summary>
    public static bool IsWithdrawal(string contestId) => contestId.StartsWith("withdrawal/", StringComparison.Ordinal);

    private void Update(string contestId, Func<ContestProgress, ContestProgress> change) =>
        contests[contestId] = change(contests.GetValueOrDefault(contestId) ?? new ContestProgress(contestId));
}

/// <summary>What the topics have told about everything, at one moment.</summary>
public sealed record DemoSnapshot(
    IReadOnlyList<ContestProgress> Contests, IReadOnlyList<GameStateV1> Games, IReadOnlyList<PayoutChangedV1> Payouts,
    IReadOnlyList<AlertRaisedV1> Alerts, IReadOnlyList<CommandRejectedV1> Refused)
{
    /// <summary>How each entry with a fee stands, by its id.</summary>
    public IReadOnlyDictionary<string, EntryPaymentChangedV1> Payments { get; init; } =
        new Dictionary<string, EntryPaymentChangedV1>();

    /// <summary>The demo's challenge, which pays into wallets and is in nothing else here; null: not heard of.</summary>
    public ContestProgress? Challenge { get; init; }

    /// <summary>Payouts of money in wallets.</summary>
    public IReadOnlyList<PayoutChangedV1> Withdrawals { get; init; } = [];

    /// <summary>The last decision on each proof, by entry and number.</summary>
    public IReadOnlyDictionary<string, ProofDecidedV1> Proofs { get; init; } = new Dictionary<string, ProofDecidedV1>();

    public IReadOnlyList<NotificationV1> Notices { get; init; } = [];

    /// <summary>Entries that were taken out before lock.</summary>
    public IReadOnlyList<string> Withdrawn { get; init; } = [];

    public IReadOnlyList<EntryRefusedV1> EntriesRefused { get; init; } = [];

    public int Accepted => Contests.Sum(c => c.Accepted);

    public bool All(string state) => Contests.Count > 0 && Contests.All(c => c.Lifecycle?.State == state);

    /// <summary>Number of payouts in each state, by name.</summary>
    public IReadOnlyList<(string State, int Count)> PayoutStates =>
        [.. Payouts.GroupBy(p => p.State).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Count()))];
}

/// <summary>What the topics have told about one contest.</summary>
public sealed record ContestProgress(
    string ContestId, int Accepted = 0, LifecycleV1? Lifecycle = null, StandingsV1? Standings = null,
    ContestSettledV1? Settled = null, ContestPaidV1? Paid = null)
{
    /// <summary>Award chunks by number: a repetition replaces itself.</summary>
    public IReadOnlyDictionary<int, ContestAwardsV1> Awards { get; private init; } = new Dictionary<int, ContestAwardsV1>();

    public ContestProgress With(ContestAwardsV1 chunk) =>
        this with { Awards = new Dictionary<int, ContestAwardsV1>(Awards) { [chunk.Chunk] = chunk } };
}
