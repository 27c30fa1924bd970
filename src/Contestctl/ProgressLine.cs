namespace ContestPipeline.Contestctl;

/// <summary>
/// Where long work is shown, on stderr and nowhere else: one line, rewritten, where a person looks on; a line now and then where
/// stderr goes to a file. All work of a command shares it, and only the innermost is shown, so that a wait within other work is
/// not told twice.
/// </summary>
internal sealed class ProgressLine(TextWriter writer, bool isTerminal)
{
    private const string Erase = "\r\u001b[K";

    /// <summary>What is wider than the window must not go on in the next row, of which nobody could take it back.</summary>
    private const string NoWrap = "\u001b[?7l";
    private const string Wrap = "\u001b[?7h";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_nextLine = TimeSpan.FromSeconds(10);
    private static readonly AsyncLocal<ProgressLine?> s_current = new();
    private readonly Lock turn = new();
    private readonly List<LongWork> running = [];
    private (string Name, LongWork Work)? command;
    private long? shownAt;
    private bool isDrawn;
    private bool isOver;

    /// <summary>That of the command that runs.</summary>
    public static ProgressLine Current => s_current.Value ?? new ProgressLine(Console.Error, !Console.IsErrorRedirected);

    public bool IsTerminal => isTerminal;

    /// <summary>Before anything else is written: takes the line away, and shows no more.</summary>
    public static void End() => s_current.Value?.Finish();

    /// <param name="what">What the command needs for all that follows.</param>
    public static void WaitsFor(string what)
    {
        if (s_current.Value is { command: var (name, work) }) work.Step($"{name}: waiting for {what}");
    }

    /// <summary>
    /// A command begins: whatever of it takes long and has nothing better to show is shown by its name and what it waits for.
    /// </summary>
    public LongWork Command(string name, TimeProvider clock)
    {
        s_current.Value = this;
        var work = new LongWork(name, clock, this);
        command = (name, work);
        return work;
    }

    public void Add(LongWork work)
    {
        lock (turn) running.Add(work);
    }

    public void Remove(LongWork work)
    {
        lock (turn)
        {
            if (running.Count == 0 || running[^1] == work) Clear();
            running.Remove(work);
        }
    }

    /// <summary>Shows it, if it has been going on for long, is the innermost, and was not shown just now.</summary>
    public void Show(LongWork work, TimeProvider clock)
    {
        lock (turn)
        {
            if (isOver || running.Count == 0 || running[^1] != work || work.Elapsed < s_patience) return;
            if (shownAt is { } at && clock.GetElapsedTime(at) < (isTerminal ? s_redraw : s_nextLine)) return;
            shownAt = clock.GetTimestamp();
            if (isTerminal) writer.Write($"{Erase}{NoWrap}{work.Words(withSpinner: true)}{Wrap}");
            else writer.WriteLine(work.Words(withSpinner: false));
            isDrawn = isTerminal;
        }
    }

    private void Finish()
    {
        lock (turn)
        {
            Clear();
            isOver = true;
        }
    }

    private void Clear()
    {
        if (isDrawn) writer.Write(Erase);
        isDrawn = false;
    }
}
