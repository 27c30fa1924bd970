using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Plumbing;
using Worker = ContestPipeline.Demo.Worker;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>All four workers playing challenges in seconds, on a PostgreSQL and a simulated Stripe of its own.</summary>
internal sealed class ChallengeRun : IAsyncDisposable
{
    public const long StakeMinor = 1_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly string[] s_followed =
        [Topics.Lifecycle, Topics.ContestEvents, Topics.Results, Topics.PayoutEvents, Topics.PaymentEvents, Topics.Alerts];

    private readonly StateFolder folder;
    private readonly CancellationTokenSource spectating = new();
    private readonly DemoState state = new();
    private readonly MessageProducer producer;
    private readonly Task following;

    private ChallengeRun(StateFolder folder, DemoEnvironment stage, int players)
    {
        (this.folder, Stage, Crew) = (folder, stage, new DemoWorkers(stage, Workers.All));
        producer = new MessageProducer(stage.Kafka, "contestpipeline/tests", TimeProvider.System);
        Accounts = new PlayerAccounts(stage.Stripe, stage.Database, TimeProvider.System, players);
        following = new TopicFollower(stage.Kafka).Run(s_followed, state.Apply, spectating.Token);
    }

    public DemoEnvironment Stage { get; }

    public DemoWorkers Crew { get; }

    public PlayerAccounts Accounts { get; }

    public DemoSnapshot Told => state.Snapshot();

    /// <param name="players">So many have accounts at Stripe, from number 1.</param>
    public static async Task<ChallengeRun> Start(string name, int players, CancellationToken ct)
    {
        var folder = StateFolder.Take(name, keep: false)
            ?? throw new InvalidOperationException($"another run of {name} is under way in this checkout");
        var stage = await DemoEnvironment.Build(folder, broker: null, withStripe: true, _ => { }, ct);
        var run = new ChallengeRun(folder, stage, players);
        await run.Crew.Start(ct);
        await run.Accounts.Create(ct);
        return run;
    }

    /// <summary>Joining ends at once when so many have joined, and proofs are handed in for as long.</summary>
    /// <param name="funding">One of <see cref="StakeFunding"/>.</param>
    /// <param name="payTo">One of <see cref="PrizeTargets"/>.</param>
    public static ContestDefinitionV1 Challenge(
        string id, TimeSpan joining, TimeSpan lasts, string funding, string payTo)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (starts, ends) = (now + joining, now + joining + lasts);
        return new ContestDefinitionV1(
            id, "Twenty runs", ContestKinds.Verified, "usd", StakeMinor, 50, 1, 2, null, starts, [],
            RuleSets.Ref(RuleSets.Find("verified-challenge", 1)!),
            new RosterV1([new RosterSlotV1("player", [ContestKinds.PlayerPosition])], null, 0, 0, null, false), [],
            new PrizeStructureV1(PrizeTypes.StakeReturnPlusShare), 0, 300, 1, LateCorrectionPolicies.Freeze, false, 0, "test",
            Verified: new VerifiedTermsV1(
                starts, ends, ends.AddDays(3), 1, 1, new ProofRulesV1(true, 0, 0, [], 1), 2, 6_000, UndecidedProofs.Pass, 2_000,
                8_000, funding, payTo));
    }

    public async Task Create(ContestDefinitionV1 definition, CancellationToken ct)
    {
        await Publish(new CreateContestV1($"create/{definition.ContestId}", definition.ContestId, definition, "tests"));
        await Until($"{definition.ContestId} is open", () => Of(definition.ContestId)?.Lifecycle is not null, ct);
    }

    public Task Publish(IMessage message) => producer.Publish(message);

    public Task Join(string contestId, int player) => Publish(new SubmitEntryV1(
        $"join-{contestId}-{player}", contestId, $"{contestId}-e{player}", DemoEntries.PlayerId(player), []));

    public Task Prove(string contestId, int player) => Publish(new SubmitProofV1(
        $"proof-{contestId}-{player}", contestId, $"{contestId}-e{player}", DemoEntries.PlayerId(player), 1, "twenty runs", []));

    public Task Vote(string contestId, int player, int voter, bool approve) => Publish(new VoteV1(
        $"vote-{contestId}-{player}-{voter}", contestId, $"{contestId}-e{player}", 1, 1, DemoEntries.PlayerId(voter), approve));

    public ContestProgress? Of(string contestId) => Told.Contests.FirstOrDefault(c => c.ContestId == contestId);

    public Task Reaches(string contestId, string lifecycle, CancellationToken ct) =>
        Until($"{contestId} is {lifecycle}", () => Of(contestId)?.Lifecycle?.State == lifecycle, ct);

    public Task Until(string what, Func<bool> holds, CancellationToken ct) =>
        new Await(TimeProvider.System, s_patience).Until(what, holds, Explain, ct);

    public Task Until(string what, Func<Task<bool>> holds, CancellationToken ct) =>
        new Await(TimeProvider.System, s_patience).Until(what, holds, Explain, ct);

    public async ValueTask DisposeAsync()
    {
        await Crew.DisposeAsync();
        await spectating.CancelAsync();
        await following.ContinueWith(_ => { }, TaskScheduler.Default);
        producer.Dispose();
        await Stage.DisposeAsync();
        folder.Dispose();
        spectating.Dispose();
    }

    private string Explain() => string.Join('\n',
    [
        .. Told.Contests.Select(c =>
            $"{c.ContestId}: {c.Lifecycle?.State}, {c.Accepted} accepted, hold: {c.Lifecycle?.Hold ?? "none"}"),
        .. Told.Payments.Values.Select(p => $"payment {p.EntryId}: {p.State} {p.Reason}"),
        .. Told.PayoutStates.Select(p => $"payouts {p.State}: {p.Count}"),
        .. Told.Refused.Take(5).Select(r => $"refused {r.CommandId}: {r.ReasonCode} {r.Field} {r.Message}"),
        .. Told.EntriesRefused.Take(5).Select(r => $"entry refused {r.EntryId}: {r.ReasonCode} {r.Message}"),
        .. Told.Alerts.Take(10).Select(a => $"alert {a.Severity} {a.Kind} {a.Subject}: {a.Cause}"),
        .. File.ReadAllLines(Stage.Folder.Sub("workers.log")).TakeLast(60),
    ]);
}
