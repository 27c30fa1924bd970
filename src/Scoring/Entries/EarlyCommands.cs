using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Scoring;

/// <summary>
/// How long, and how many, commands of players wait for a contest that is not published yet, and contests for their rule set.
/// What does not fit is refused at once, as is what else operators send.
/// </summary>
/// <param name="Wait">Zero: nothing waits.</param>
public sealed record EarlyLimits(TimeSpan Wait)
{
    /// <summary>Where nothing is set.</summary>
    public const int MinutesDefault = 10;

    /// <summary>All commands of a contest are judged in one transaction.</summary>
    public const int CommandsOfContestMax = 5_000;

    /// <summary>
    /// Of all contests; several partitions that fill up the rest at the same moment may go beyond it by their batches.
    /// </summary>
    public const int CommandsMax = 20_000;

    /// <summary>Definitions of one contest that wait for rule sets.</summary>
    public const int CreatesOfContestMax = 10;

    /// <summary>A command that is larger names more athletes than any roster has.</summary>
    public const int BodyBytesMax = 8_192;

    /// <exception cref="SettingException">The setting is no whole number of minutes from 0 on.</exception>
    public static EarlyLimits From(IConfiguration configuration) =>
        new(TimeSpan.FromMinutes(configuration.Whole("SCORING_EARLY_ENTRY_MINUTES")));
}

/// <summary>A command that waits for its contest.</summary>
/// <param name="ArrivalNo">The order in which they came; 0: it came with this batch and is not stored.</param>
internal sealed record EarlyCommand(string ContestId, long ArrivalNo, string WireName, byte[] Body, string? TraceParent,
    DateTimeOffset CameAt, DateTimeOffset DueAt)
{
    public IContestCommand Command { get; } = (IContestCommand)WireJson.Read(Body,
        WireTypes.Find(WireName) ?? throw new InvariantException($"a command of type {WireName} waits, which there is not"));

    /// <summary>The rule set that it waits for; null: it waits for its contest.</summary>
    public RuleSetRefV1? Rules => (Command as CreateContestV1)?.Definition.RuleSet;

    /// <summary>As much of the record as an answer needs.</summary>
    public Envelope Envelope =>
        new(WireTypes.Of(Command.GetType()).Topic, 0, 0, ContestId, Guid.Empty, WireName, "", CameAt, TraceParent,
            new Dictionary<string, string>(), Body);
}

/// <summary>The commands that wait for the contests of a batch.</summary>
internal sealed class EarlyCommandQueue
{
    private readonly EarlyLimits limits;
    private readonly Dictionary<string, List<EarlyCommand>> waiting = new(StringComparer.Ordinal);
    private readonly List<EarlyCommand> taken = [];
    private long? inAll;

    private EarlyCommandQueue(EarlyLimits limits) => this.limits = limits;

    /// <summary>Those that are stored.</summary>
    public IReadOnlyList<IContestCommand> Commands { get; private init; } = [];

    /// <param name="contestIds">Locked, where there are such.</param>
    public static async Task<EarlyCommandQueue> Load(IReadOnlyCollection<string> contestIds, EarlyLimits limits, Tx tx)
    {
        var stored = await tx.EarlyCommands(contestIds);
        var desk = new EarlyCommandQueue(limits) { Commands = [.. stored.Select(e => e.Command)] };
        foreach (var contestId in contestIds) desk.waiting[contestId] = [];
        foreach (var command in stored) desk.waiting[command.ContestId].Add(command);
        return desk;
    }

    /// <param name="awaitsRules">It is a contest whose rule set is not known.</param>
    /// <returns>False when the command does not wait but is to be answered: it is an operator's, or a limit is reached.</returns>
    public async Task<bool> Keep(IContestCommand command, Envelope envelope, bool awaitsRules, DateTimeOffset now, Tx tx)
    {
        if (limits.Wait == TimeSpan.Zero || !(awaitsRules ? HasRoom(command) : IsOfPlayer(command, envelope))) return false;
        if (waiting[command.ContestId].Count >= EarlyLimits.CommandsOfContestMax) return false;
        if ((inAll ??= (await tx.CountEarly()).Commands) >= EarlyLimits.CommandsMax) return false;
        waiting[command.ContestId].Add(new EarlyCommand(
            command.ContestId, 0, envelope.WireName, envelope.Body.ToArray(), envelope.TraceParent, now, now + limits.Wait));
        inAll++;
        if (command is CreateContestV1 create) tx.Alert(ScoringAlerts.RuleSetAwaited(create, now + limits.Wait));
        return true;
    }

    private static bool IsOfPlayer(IContestCommand command, Envelope envelope) =>
        command is SubmitEntryV1 or SwapAthleteV1 or WithdrawEntryV1 && envelope.Body.Length <= EarlyLimits.BodyBytesMax;

    private bool HasRoom(IContestCommand command) =>
        waiting[command.ContestId].Count(c => c.Command is CreateContestV1) < EarlyLimits.CreatesOfContestMax;

    /// <summary>
    /// Takes out what waits no more: everything once the contest is published, before that a contest whose rule set is known by
    /// now, and what waited its time.
    /// </summary>
    public IReadOnlyList<EarlyCommand> Take(
        string contestId, bool isPublished, Func<IContestCommand, bool> awaitsRules, DateTimeOffset now)
    {
        var here = waiting[contestId];
        var done = here.Where(IsDone).ToArray();
        here.RemoveAll(IsDone);
        taken.AddRange(done);
        return done;

        bool IsDone(EarlyCommand e) =>
            isPublished || e.DueAt <= now || e.Command is CreateContestV1 && !awaitsRules(e.Command);
    }

    /// <summary>Once, at the end of the batch.</summary>
    public async Task Write(Tx tx)
    {
        EarlyCommand[] gone = [.. taken.Where(e => e.ArrivalNo > 0)],
            kept = [.. waiting.Values.SelectMany(w => w).Where(e => e.ArrivalNo == 0)];
        if (gone.Length > 0) await tx.DeleteEarly(gone);
        if (kept.Length > 0) await tx.InsertEarly(kept);
    }
}

/// <summary>
/// Has commands judged that waited: where the contest was published by another process at the same moment, and where the time is
/// up.
/// </summary>
public sealed class EarlyCommandsJob(CommandHandler commands) : IJob
{
    private readonly FailedKeys failed = new();

    public async Task<bool> Run(Tx tx)
    {
        if (await tx.IsHandlingAgain()) return false;
        if (await tx.NextEarly(tx.NowStored(), failed.PassedOver(tx)) is not { } contestId) return false;
        failed.Begin(contestId);
        await commands.JudgeEarly(contestId, tx);
        return true;
    }
}
