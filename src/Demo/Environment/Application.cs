using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>Starts applications of this build as processes of their own.</summary>
public static class Application
{
    /// <param name="assembly">Without the extension; it lies beside this application.</param>
    /// <param name="settings">Environment variables.</param>
    public static Task<ChildProcess> Start(
        string assembly, IReadOnlyDictionary<string, string?> settings, Action<string>? onLine = null) =>
        ChildProcess.Start(Dotnet(), [Path.Combine(AppContext.BaseDirectory, assembly + ".dll")], settings, onLine);

    /// <summary>The runtime this process itself runs on; it need not be on the path.</summary>
    private static string Dotnet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? Path.Combine(root, "dotnet")
        : "dotnet";
}

/// <summary>The last lines a process wrote, for telling why it failed.</summary>
/// <param name="file">Keeps all of them; null: nothing does.</param>
public sealed class ConcurrentLines(string? file = null)
{
    private const int LinesMax = 60;
    private readonly Lock gate = new();
    private readonly Queue<string> lines = new();

    public void Add(string line)
    {
        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > LinesMax) lines.Dequeue();
            if (file is not null) Keep(line);
        }
    }

    public override string ToString()
    {
        lock (gate) return string.Join('\n', lines);
    }

    private void Keep(string line)
    {
        try
        {
            File.AppendAllText(file!, line + "\n");
        }
        catch (IOException)
        {
            // A full disk is told of by those who need it for more than a log.
        }
    }
}
