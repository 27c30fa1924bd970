using System.Diagnostics;
using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>A small disk in memory, mounted for this run alone, that can be filled to the last block and emptied again.</summary>
internal sealed class Disk
{
    private const string Ballast = "ballast";
    private const long LeftBytes = 16 << 10;

    private Disk(string folder) => Folder = folder;

    internal string Folder { get; }

    /// <param name="megabytes">Its size.</param>
    /// <returns>Null where this process may not mount anything.</returns>
    internal static async Task<Disk?> Mount(string folder, int megabytes, CancellationToken ct)
    {
        // Only in mounts of its own, which go with the last process of the run: scripts/chaos sees to it.
        if (!Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable("CHAOS_OWN_MOUNTS") != "1") return null;
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("mount",
            ["-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=755"), "tmpfs", folder])
        {
            RedirectStandardError = true,
        };
        using var mount = Process.Start(start)!;
        await mount.WaitForExitAsync(ct);
        return mount.ExitCode == 0 ? new Disk(folder) : null;
    }

    /// <summary>Takes all the room there is.</summary>
    /// <returns>How many bytes that was.</returns>
    internal long Fill()
    {
        var bytes = Math.Max(0, new DriveInfo(Folder).AvailableFreeSpace - LeftBytes);
        try
        {
            using var file = new FileStream(
                Path.Combine(Folder, Ballast),
                new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = bytes });
        }
        catch (IOException)
        {
            // Somebody else took the last of it meanwhile: it is full all the same, once what is left is taken.
            Top();
        }

        return bytes;
    }

    internal void Empty() => File.Delete(Path.Combine(Folder, Ballast));

    private void Top()
    {
        var chunk = new byte[1 << 20];
        try
        {
            using var file = new FileStream(Path.Combine(Folder, Ballast), FileMode.Create, FileAccess.Write);
            while (true) file.Write(chunk);
        }
        catch (IOException full)
        {
            Invariant.Holds(new DriveInfo(Folder).AvailableFreeSpace < LeftBytes + chunk.Length,
                $"the disk could not be filled: {full.Message}");
        }
    }
}
