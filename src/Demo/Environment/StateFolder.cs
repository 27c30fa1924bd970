namespace ContestPipeline.Demo;

/// <summary>
/// The folder under <c>.state</c> of the checkout where one run keeps its files; only one run at a time may have it.
/// </summary>
public sealed class StateFolder : IDisposable
{
    private readonly FileStream? gate;
    private readonly bool keep;
    private bool keepLogs;
    private int rounds;

    private StateFolder(string path, FileStream? gate, bool keep) => (Path, this.gate, this.keep) = (path, gate, keep);

    public string Path { get; }

    /// <returns>Null when another run has it.</returns>
    /// <param name="keep">True: what the run leaves stays until the next run.</param>
    public static StateFolder? Take(string name, bool keep)
    {
        var root = System.IO.Path.Combine(Checkout(), ".state");
        Directory.CreateDirectory(root);
        FileStream gate;
        try
        {
            gate = new FileStream(
                System.IO.Path.Combine(root, name + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }

        var path = System.IO.Path.Combine(root, name);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        Directory.CreateDirectory(path);
        return new StateFolder(path, gate, keep);
    }

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Bytes that can still be written there.</summary>
    public long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

    /// <summary>What the workers wrote stays until the next run.</summary>
    /// <returns>The files; none when there was nothing to write.</returns>
    public IReadOnlyList<string> KeepLogs()
    {
        keepLogs = true;
        return [.. Directory.EnumerateFiles(Path, "*.log").Order(StringComparer.Ordinal)];
    }

    /// <summary>A folder in this one for the next of several rounds.</summary>
    public StateFolder Round()
    {
        var path = Sub($"round-{++rounds}");
        Directory.CreateDirectory(path);
        return new StateFolder(path, gate: null, keep: true);
    }

    /// <summary>The checkout this build belongs to, or the current folder when it was moved elsewhere.</summary>
    public static string Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "ContestPipeline.sln"))) return folder.FullName;
        }

        return Directory.GetCurrentDirectory();
    }

    public void Dispose()
    {
        if (!keep && keepLogs)
            foreach (var folder in Directory.EnumerateDirectories(Path)) Directory.Delete(folder, recursive: true);
        else if (!keep && Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        gate?.Dispose();
    }
}
