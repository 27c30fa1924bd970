using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Simulation;

/// <summary>The seed found something wrong.</summary>
internal sealed class SimFailure(string what) : Exception(what);

/// <summary>A process died here; everything it still does is refused.</summary>
internal sealed class ProcessDied(string where) : OperationCanceledException($"the process died at {where}");

/// <summary>
/// One seed: the clock, the chance, the broker, Stripe, and the one thread of events. Whatever is decided by chance is decided
/// here, in one order, so that a seed always tells the same story.
/// </summary>
internal sealed class SimWorld
{
    private const int LongPercent = 5;
    private const int EagerPercent = 20;
    private const int BehindPercent = 50;
    private const int TwinPercent = 40;
    private const int RegrettedPercent = 10;
    private const int ForfeitedPercent = 40;

    /// <summary>While a process holds its locks, or stands still for longer than its lease, nobody is in its way but its
    /// like.</summary>
    private const int RivalPercent = 80;

    /// <summary>Where money moves, things happen so much more often than elsewhere: a seed passes there a few times
    /// only.</summary>
    private const int MoneyFactor = 6;

    private const string CutWords = "the simulation cut the connection";
    private static readonly string[] s_movesMoney = ["POST transfers.create", "POST refunds.create"];
    private (string Worker, string Topic, DateTimeOffset Until) behind;
    private readonly IncrementalHash trace = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stack<SimProcess> acting = new();
    private readonly IReadOnlyList<string> without;
    private readonly Dictionary<(string Worker, string Topic, int Partition),
        List<(int Position, DateTimeOffset At)>> readAt = [];

    internal SimWorld(ulong seed, DateTimeOffset start, Cut cut, Action<string>? tell, bool isLong = false)
    {
        Seed = seed;
        Random = new SeededRandom(seed);
        without = cut.Without;
        Weather = Weather.Of(Random).Without(without);
        IsLong = Random.Chance(LongPercent) | isLong;
        Pace = Random.Chance(EagerPercent) ? Pace.Eager : Pace.Gathering;
        Regret = !ChanceOf("regret").Chance(RegrettedPercent)
            ? Regret.None
            : !IsWithout(Weather.SecondGame) && ChanceOf("forfeit").Chance(ForfeitedPercent)
                ? Regret.Forfeited : Regret.Corrected;
        Clock = new SimClock(start, IsWithout(Weather.Clocks) ? null : ChanceOf("clocks"),
            IsWithout(Weather.ClockJumps) ? null : ChanceOf("jumps"));
        (Quiet, Stripe) = (new SimQuiet(Clock), new SimStripe(this));
        Poison = IsWithout(Weather.Poison) ? null : PoisonMessage.Of(this);
        Forger = IsWithout(Weather.Facts) ? null : ForgedFacts.Of(this);
        (Back, Tell) = (IsWithout(Weather.DatabaseBack) ? null : DatabaseBack.Of(this), tell);
        (Others, Reads) = (OthersBack.Of(this), RefusedReads.Of(this));
        Wallets = Wallets.Of(this, Back, Reads);
    }

    internal ulong Seed { get; }

    /// <returns>That part of the story is cut out.</returns>
    internal bool IsWithout(string part) => without.Contains(part);

    internal SeededRandom Random { get; }

    /// <returns>The chance of one part of the story, which is its own: seeds without that part tell what they would tell
    /// anyhow.</returns>
    internal SeededRandom ChanceOf(string part) => new(Seed ^ part.Aggregate(0UL, (salt, letter) => salt << 8 | letter));

    /// <summary>The inboxes get new days and lose old ones. Seldom: that costs more than all else in a seed, and every plan that
    /// knew the days is made anew.</summary>
    internal bool IsLong { get; }

    internal Pace Pace { get; }
    internal Regret Regret { get; }
    internal bool IsRegretted => Regret != Regret.None;

    /// <summary>Null: there is none, as of the forger and of the database that goes back.</summary>
    internal PoisonMessage? Poison { get; }
    internal ForgedFacts? Forger { get; }
    internal DatabaseBack? Back { get; }
    internal OthersBack? Others { get; }
    internal RefusedReads? Reads { get; }
    internal Wallets? Wallets { get; }
    internal bool IsEager => Pace == Pace.Eager;
    internal Weather Weather { get; set; }
    internal SimClock Clock { get; }
    internal SimQuiet Quiet { get; }
    internal SimBroker Broker { get; } = new();
    internal SimStripe Stripe { get; }

    internal FaultCount Faults { get; } = new();

    /// <summary>Hears every event as it is noted; null: nobody does.</summary>
    internal Action<string>? Tell { get; }

    /// <summary>Runs a step of any process to its end, in the middle of another's: of the twin of that with so many percent. Null
    /// while that is not wanted.</summary>
    internal Func<int, Task>? AnotherStep { get; set; }

    /// <summary>Hears which worker has something to relay, and what.</summary>
    internal Action<string, IReadOnlyList<Outgoing>>? HasToSend { get; set; }

    /// <summary>Hears which worker has committed.</summary>
    internal Action<string>? Committed { get; set; }

    /// <summary>Tells which rounds would find nothing to do now.</summary>
    internal Func<Task<IReadOnlySet<string>>>? IdleRounds { get; set; }

    /// <summary>Hears that it is later than it was.</summary>
    internal Func<Task>? TimePassed { get; set; }

    internal long Events { get; private set; }

    /// <summary>What was seen to be wrong as it happened.</summary>
    internal List<string> Wrongs { get; } = [];

    /// <summary>When each message from outside first came, by its idempotency key.</summary>
    internal Dictionary<string, DateTimeOffset> ArrivedAt { get; } = new(StringComparer.Ordinal);

    /// <summary>Payments of which a forged event says that they succeeded.</summary>
    internal HashSet<string> Forged { get; } = new(StringComparer.Ordinal);

    /// <summary>Fees that their payers want back from their bank, in the order in which they asked.</summary>
    internal List<Disputed> Disputes { get; } = [];

    /// <summary>What players have taken out of their accounts.</summary>
    internal Dictionary<string, long> SpentMinor { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything comes again: what a worker has forgotten it may say again.</summary>
    internal bool IsReplaying { get; set; }

    /// <summary>Whose step is under way; null between steps.</summary>
    internal SimProcess? Acting => acting.Count > 0 ? acting.Peek() : null;

    /// <summary>What happened is part of the trace that two runs of a seed must have in common.</summary>
    internal void Note(string what)
    {
        Events++;
        Tell?.Invoke($"{Clock.GetUtcNow():HH:mm:ss.fff} {what}");
        trace.AppendData(Encoding.UTF8.GetBytes(what + "\n"));
    }

    /// <summary>One worker may hear nothing of one topic for hours, as when a broker's disk or a long queue keeps it: everything
    /// else reaches it first.</summary>
    internal void FallBehind(IReadOnlyList<SimProcess> readers)
    {
        if (!Random.Chance(BehindPercent)) return;
        var reader = Random.Pick(readers);
        var (worker, topic) = (reader.Worker, Random.Pick([.. reader.Topics.Order(StringComparer.Ordinal)]));
        behind = (worker, topic, Clock.GetUtcNow() + TimeSpan.FromHours(Random.Pick([2, 5, 30])));
        Note($"{worker} is behind with {topic} until {behind.Until:u}");
        Faults.Hit($"{worker} behind with {topic}");
    }

    internal bool IsBehind(string worker, string topic) =>
        worker == behind.Worker && topic == behind.Topic && Clock.GetUtcNow() < behind.Until;

    /// <summary>A worker has committed what follows from a partition up to this position.</summary>
    internal void HasRead(string worker, (string Topic, int Partition) partition, int position)
    {
        if (!readAt.TryGetValue((worker, partition.Topic, partition.Partition), out var reads))
            readAt[(worker, partition.Topic, partition.Partition)] = reads = [];
        if (reads.Count == 0 || reads[^1].Position < position) reads.Add((position, Clock.GetUtcNow()));
    }

    /// <returns>When the record was surely handled; null: it may not have been.</returns>
    internal DateTimeOffset? ReadAt(string worker, string topic, int partition, int offset) =>
        readAt.GetValueOrDefault((worker, topic, partition))?.FirstOrDefault(r => r.Position > offset) is { Position: > 0 } read
            ? read.At : null;

    internal string TraceDigest() => Convert.ToHexStringLower(trace.GetCurrentHash());

    internal async Task Act(SimProcess process, Func<Task> step)
    {
        acting.Push(process);
        try
        {
            await step();
        }
        finally
        {
            acting.Pop();
        }
    }

    /// <summary>A point at which a process may die, or lose its turn to another one.</summary>
    internal async Task Point(SimProcess process, string where)
    {
        process.ThrowIfDead(where);
        Faults.Pass(where);
        if (Random.Next(10_000) < Weather.CrashPerTenThousand) throw Die(process, where);
        var more = s_movesMoney.Any(request => where.Contains(request, StringComparison.Ordinal)) ? MoneyFactor : 1;
        if (AnotherStep is not { } another || acting.Count > 1 || !Random.Chance(more * Weather.InterleavePercent)) return;
        Faults.Hit($"interleaved at {where}");
        Note($"{process.Name} waits at {where}");
        await another(TwinPercent);
        if (Random.Chance(Math.Min(more, 2) * Weather.PausePercent)) await Pause(process, where, another);
        Note($"{process.Name} goes on at {where}");
        process.ThrowIfDead(where);
    }

    /// <summary>Between two statements of a transaction, which holds its locks and has not written all: the others go on, or wait
    /// for it.</summary>
    internal async Task AfterStatement(SimProcess process)
    {
        if (AnotherStep is not { } another || acting.Count != 1 || Weather.StatementPerTenThousand == 0) return;
        if (Random.Next(10_000) >= (process.Doing == "runner" ? MoneyFactor : 1) * Weather.StatementPerTenThousand) return;
        Faults.Hit($"interleaved within a transaction of {process.Worker}");
        Note($"{process.Name} waits within a transaction");
        await another(RivalPercent);
        Note($"{process.Name} goes on within its transaction");
        process.ThrowIfDead("a statement");
    }

    /// <summary>For longer than any lease: the others find its work lying about, and it does not know.</summary>
    private async Task Pause(SimProcess process, string where, Func<int, Task> another)
    {
        Faults.Hit($"paused longer than a lease at {where}");
        Note($"{process.Name} stands still");
        Clock.Forward(TimeSpan.FromMinutes(Random.Pick([2, 20, 1_500])));
        if (TimePassed is { } passed) await passed();
        for (var steps = 2 + Random.Next(8); steps > 0; steps--) await another(RivalPercent);
    }

    internal ProcessDied Die(SimProcess process, string where)
    {
        Faults.Hit($"crash at {where}");
        Note($"{process.Name} dies at {where}");
        process.Die();
        return new ProcessDied(where);
    }

    /// <summary>The commit of a process: it may die before or after, or not hear what became of it.</summary>
    internal async Task Commit(SimProcess process, IReadOnlyList<Outgoing> sent, bool isDone)
    {
        var where = isDone ? "after commit" : "before commit";
        if (isDone)
        {
            process.HasCommittedNow();
            Committed?.Invoke(process.Worker);
            if (sent.Count > 0)
            {
                HasToSend?.Invoke(process.Worker, sent);
                Quiet.Stir(process.Worker);
            }
        }

        await Point(process, $"{process.Worker}, {where}");
        if (!Random.Chance(Weather.LostCommitPercent)) return;
        Faults.Hit($"connection lost {where} of {process.Worker}");
        Note($"{process.Name} loses its connection {where}");
        throw new NpgsqlException("Exception while reading from stream", new IOException(CutWords));
    }

    /// <returns>The simulation did it; else the database that it plays on has really failed.</returns>
    internal static bool IsCut(Exception broken) => broken.InnerException?.Message == CutWords;
}
