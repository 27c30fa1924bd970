using System.Globalization;
using ContestPipeline.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ContestPipeline.Demo;

/// <summary>
/// Shows the state: a live table in a terminal, plain lines (only when something changed) where output is redirected.
/// </summary>
public sealed class DemoView(DemoState state, TimeProvider clock)
{
    private static readonly TimeSpan s_plainEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_liveEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Of what is said, so many of the latest below the table while it lives.</summary>
    private const int NotesShown = 14;

    /// <summary>As wide as a line may be where nobody says how wide it is shown.</summary>
    private const int ColumnsMax = 100;

    private readonly long startedAt = clock.GetTimestamp();
    private readonly Lock gate = new();
    private readonly List<string> notes = [];
    private string lastPlain = "";

    /// <summary>Something a person should read, in order, once.</summary>
    public void Say(string line)
    {
        lock (gate)
        {
            notes.Add(line);
            if (Console.IsOutputRedirected) Write(Stamp(), line);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        if (Console.IsOutputRedirected)
        {
            await Repeat(s_plainEvery, WritePlain, ct);
            return;
        }

        await AnsiConsole.Live(Render(NotesShown)).AutoClear(true).StartAsync(live => Repeat(s_liveEvery, () =>
        {
            live.UpdateTarget(Render(NotesShown));
            live.Refresh();
        }, ct));

        // The table has room for the latest only; at the end the whole story stands below it.
        AnsiConsole.Write(Render(notesMax: 0));
        lock (gate)
        {
            foreach (var note in notes) Write("", note);
        }
    }

    private async Task Repeat(TimeSpan every, Action show, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                show();
                await Task.Delay(every, clock, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            show();
        }
    }

    private void WritePlain()
    {
        var snapshot = state.Snapshot();
        var line = string.Join("  ·  ", new[]
        {
            Clocks(snapshot), States(snapshot), Fees(snapshot), Payouts(snapshot),
        }.Where(part => part.Length > 0));
        lock (gate)
        {
            if (line.Length == 0 || line == lastPlain) return;
            lastPlain = line;
            Write(Stamp(), line);
        }
    }

    /// <summary>What is too wide goes on below, under its own beginning.</summary>
    private static void Write(string stamp, string line)
    {
        var before = stamp;
        foreach (var part in Figures.Wrapped(line, ColumnsMax - stamp.Length))
        {
            Console.WriteLine(before + part);
            before = new string(' ', stamp.Length);
        }
    }

    private Rows Render(int notesMax)
    {
        var snapshot = state.Snapshot();
        var table = new Table().Border(TableBorder.Rounded)
            .Title(Markup.Escape(Games(snapshot) is { Length: > 0 } games ? games : "waiting for the feed"));
        table.AddColumns("contest", "state", "entries", "leader", "points", "prizes", "fees");
        foreach (var c in snapshot.Contests)
        {
            var leader = c.Standings?.Top.FirstOrDefault();
            table.AddRow(
                Markup.Escape(c.ContestId), c.Lifecycle?.State ?? "-", c.Accepted.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(leader?.EntryId ?? "-"), leader is null ? "-" : Figures.Points(leader.Points, c.Standings!.Scale),
                c.Settled is { } s ? Figures.Usd(s.PrizesGrossMinor) : "-",
                c.Settled is { } f ? Figures.Usd(f.PlatformFeesMinor) : "-");
        }

        lock (gate)
        {
            IEnumerable<IRenderable> lines = notes.TakeLast(notesMax).Select(n => new Markup(Markup.Escape(n)));
            return new Rows([table, new Markup(Markup.Escape(Fees(snapshot))), new Markup(Markup.Escape(Payouts(snapshot))),
                .. lines]);
        }
    }

    private static string Games(DemoSnapshot snapshot) =>
        string.Join("   ", snapshot.Games.Select(g => $"{g.GameId} {g.Status} {g.Clock}".TrimEnd()));

    /// <summary>The two football games while they are played.</summary>
    private static string Clocks(DemoSnapshot snapshot) =>
        string.Join(
            ", ", snapshot.Games.Where(g => g is { Status: GameStatus.InProgress, Clock: not null }).Select(g => g.Clock));

    private static string States(DemoSnapshot snapshot)
    {
        var states = string.Join(
            ", ", snapshot.Contests.GroupBy(c => c.Lifecycle?.State ?? "new").Select(g => $"{g.Count()} {g.Key}"));
        var leading =
            snapshot.Contests.FirstOrDefault(c => c is { ContestId: DemoContests.Gpp, Lifecycle.State: ContestStates.Live });
        return leading?.Standings?.Top.FirstOrDefault() is { } first
            ? $"{states}; {first.EntryId} leads with {Figures.Points(first.Points, leading.Standings!.Scale)}" : states;
    }

    private static string Fees(DemoSnapshot snapshot)
    {
        if (snapshot.Payments.Count == 0 || snapshot.Contests.Any(c => c.Settled is not null)) return "";
        var paid = snapshot.Payments.Values.Where(p => p.State == EntryPaymentStates.Paid).ToArray();
        var declined = snapshot.Payments.Values.Count(p => p.State == EntryPaymentStates.Declined);
        return $"fees: {Figures.Usd(paid.Sum(p => p.AmountMinor))} of {snapshot.Payments.Count} entries"
            + (declined > 0 ? $", {declined} declined" : "");
    }

    private static string Payouts(DemoSnapshot snapshot) => snapshot.Payouts.Count == 0
        ? ""
        : "payouts: " + string.Join(", ", snapshot.PayoutStates.Select(s => $"{s.Count} {s.State}"));

    private string Stamp() =>
        string.Create(CultureInfo.InvariantCulture, $"[{clock.GetElapsedTime(startedAt).TotalSeconds,5:F1}s] ");
}

/// <summary>Whole-number figures written for people.</summary>
public static class Figures
{
    public static string Usd(long amountMinor) => $"${amountMinor / 100:N0}.{Math.Abs(amountMinor % 100):D2}";

    /// <returns>The line in parts of so many columns at most, broken at spaces; what follows is indented two columns more than
    /// it. A word that is wider stays whole.</returns>
    public static IEnumerable<string> Wrapped(string line, int columns)
    {
        var indent = new string(' ', line.Length - line.TrimStart().Length + 2);
        while (line.Length > columns)
        {
            var from = line.Length - line.TrimStart().Length;
            var at = line.LastIndexOf(' ', columns, Math.Max(0, columns - from));
            if (at <= from) at = line.IndexOf(' ', columns);
            if (at < 0) break;
            yield return line[..at].TrimEnd();
            line = indent + line[at..].TrimStart();
        }

        yield return line;
    }

    public static string Points(long points, int scale)
    {
        var unit = 1L;
        for (var i = 0; i < scale; i++) unit *= 10;
        var sign = points < 0 ? "-" : "";
        var size = Math.Abs(points);
        return scale == 0
            ? $"{points}" : $"{sign}{size / unit}.{(size % unit).ToString(CultureInfo.InvariantCulture).PadLeft(scale, '0')}";
    }
}
