using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// Plays the acts on the running pipeline, from contest creation to the last transfer, while the workers is watched and the
/// spectator shows.
/// </summary>
/// <param name="workersInside">Which workers run inside this process; the others are processes of their own.</param>
public sealed class DemoDirector(DemoEnvironment environment, DemoOptions options, IReadOnlyList<Worker> workersInside,
    DemoState state, DemoView view, TimeProvider clock)
{
    private static readonly IAct s_play = new InTurn(
        new AtOnce(new MakeAccounts(), new InTurn(new OpenContests(), new CollectFees(), new RefundEntry())),
        new AtOnce(
            new InTurn(
                new AtOnce(new PlayGames(), new OnboardWinner()),
                new RunShort(), new DisputeEntry(), new TopUp(), new KillPayout(), new ApproveHeld(), new PayLateAccounts()),
            new StakeAndProve()),
        new CashOut(), new ReplayInput(), new ReconcileWithStripe(), new JudgeTheEnd());

    private static readonly string[] s_followed =
        
    [
        Topics.StatLines, Topics.Standings, Topics.Lifecycle, Topics.ContestEvents, Topics.Results, Topics.PayoutEvents,
        Topics.PaymentEvents, Topics.Notifications, Topics.Alerts,
    ];

    /// <returns>What did not hold; empty when everything did.</returns>
    public async Task<IReadOnlyList<string>> Run(CancellationToken ct)
    {
        ApproveHeld.Prepare(environment);
        await RunShort.Prepare(environment, ct);
        var slate = await Slate.Read(Path.Combine(StateFolder.Checkout(), "samples"), ct);
        using var spectating = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var following = new TopicFollower(environment.Kafka).Run(s_followed, state.Apply, spectating.Token);
        var showing = view.Run(spectating.Token);
        using var producer = new MessageProducer(environment.Kafka, "contestpipeline/demo", clock);

        await using var workers = new DemoWorkers(environment, workersInside);
        var context = new DemoContext(environment, options, workers, slate, producer, state, view, clock);
        try
        {
            await workers.Start(ct);
            await PlayWatched(context, ct);
        }
        finally
        {
            await spectating.CancelAsync();
            await Task.WhenAll(showing, following.ContinueWith(_ => { }, TaskScheduler.Default));
        }

        return context.Faults;
    }

    /// <summary>Plays; ends early with what happened to the workers when it cannot go on.</summary>
    private async Task PlayWatched(DemoContext context, CancellationToken ct)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = context.Workers.Watch(view.Say, clock, both.Token);
        var playing = s_play.Play(context, both.Token);
        var first = await Task.WhenAny(playing, watching);
        await both.CancelAsync();
        await Task.WhenAny(Task.WhenAll(playing, watching));
        await first;
    }
}
