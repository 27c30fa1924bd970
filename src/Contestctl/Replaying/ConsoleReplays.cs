using System.CommandLine;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.Replay.Server;

namespace ContestPipeline.Contestctl.Replaying;

/// <summary>Replays that the console carries out, asked for over its API.</summary>
internal sealed class ConsoleReplays(Session session) : IDisposable
{
    private const string Path = "/v1/ops/replays";
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly ApiClient api = ApiClient.OfConsole(session);

    /// <summary>Without it replays are the console's, where CONSOLE_API_URL says where that is.</summary>
    public static Option<bool> DirectOption() =>
        new("--direct") { Description = "Here, with ADMIN_DATABASE; not at the console." };

    /// <returns>True: the console is asked. Says on stderr when it is passed by.</returns>
    public static bool IsMeant(Session session, bool direct)
    {
        var isThere = session.Settings.Optional(ApiClient.ConsoleSetting) is not null;
        if (isThere && direct) Console.Error.WriteLine("contestctl: direct: the console is not asked and does not see this");
        return isThere && !direct;
    }

    public async Task<ServerReplay> Ask(ReplayWish wish, CancellationToken ct) => Read(await api.Post(Path, wish, ct));

    /// <returns>The latest first, one page.</returns>
    public async Task<IReadOnlyList<ServerReplay>> List(CancellationToken ct) =>
        [.. (await api.Get(Path, ct)).GetProperty("replays").EnumerateArray().Select(Read)];

    /// <returns>The newest replay of a plan.</returns>
    /// <exception cref="RefusedException">The console has none.</exception>
    public async Task<ServerReplay> OfPlan(ReplayPlan plan, CancellationToken ct)
    {
        var page = await api.Get($"{Path}?plan={plan.Hash}", ct);
        var found = page.GetProperty("replays").EnumerateArray().Select(Read).ToArray();
        return found.Length > 0 ? found[0] : throw new RefusedException(
            "the console has no such plan; make it there with contestctl replay plan, or run it here with --direct");
    }

    public async Task<ServerReplay> Find(string id, CancellationToken ct) =>
        Read((await api.Get($"{Path}/{Uri.EscapeDataString(id)}", ct)).GetProperty("replay"));

    /// <exception cref="InvariantException">What came is not what the console planned.</exception>
    public async Task<ReplayPlan> PlanOf(ServerReplay replay, CancellationToken ct)
    {
        var whole = await api.Get($"{Path}/{replay.ReplayId}", ct);
        var plan = whole.GetProperty("plan").Deserialize<ReplayPlan>(WireJson.Options)!;
        Invariant.Holds(plan.Hash == replay.PlanHash, "the plan that came is not the one that the console made");
        return plan;
    }

    /// <param name="act">run, pause, resume or stop.</param>
    public async Task<ServerReplay> Act(string id, string act, object body, CancellationToken ct) =>
        Read(await api.Post($"{Path}/{Uri.EscapeDataString(id)}/{act}", body, ct));

    /// <summary>Until nothing happens by itself any more; what it does meanwhile is told.</summary>
    public async Task<ServerReplay> Follow(ServerReplay replay, CancellationToken ct) => await LongWork.While(
        "waiting for the console", session.Clock, async work =>
        {
            while (ServerReplayStates.IsMoving(replay.State))
            {
                if (replay.Step.Length > 0) work.Step(replay.Step, replay.StepDone, replay.StepExpected);
                await Task.Delay(s_look, session.Clock, ct);
                replay = await Find(replay.ReplayId, ct);
            }

            return replay;
        });

    public void Dispose() => api.Dispose();

    private static ServerReplay Read(JsonElement replay) => replay.Deserialize<ServerReplay>(WireJson.Options)!;
}
