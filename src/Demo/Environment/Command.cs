using System.Runtime.InteropServices;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Demo;

/// <summary>
/// What every command of this application has in common: a state folder of its own, a clean end on Ctrl-C, one sentence for what
/// is wrong.
/// </summary>
public static class Command
{
    public const int Held = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>A cluster, its log and the simulator's file, with room to spare.</summary>
    private const long FreeBytesMin = 400L << 20;
    private const long FreeBytesLow = 32L << 20;

    /// <summary>An orderly end may take this long; then the process ends at once, and its children with it.</summary>
    private static readonly TimeSpan s_orderly = TimeSpan.FromSeconds(7);

    public static async Task<int> Run(string name, bool keep, Func<StateFolder, CancellationToken, Task<int>> play)
    {
        using var stop = new CancellationTokenSource();
        using var deadline = TimeProvider.System.CreateTimer(
            _ => Abandon("An orderly end took too long"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            using var folder = StateFolder.Take(name, keep);
            if (folder is null)
                return await Complain($"Another {name} is running in this checkout; wait for it or stop it.", WrongUsage);
            if (folder.FreeBytes < FreeBytesMin)
                return await Complain(
                    $"{folder.Path} has {folder.FreeBytes >> 20} MB free, {name} needs {FreeBytesMin >> 20}: make room, or use "
                        + $"a checkout on a larger disk.", Failed);
            var code = await Judge(play(folder, stop.Token), folder, stop.Token);
            deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return code;
        }
        catch (IOException trouble)
        {
            return await Complain(trouble.Message, Failed);
        }
        catch (UnauthorizedAccessException trouble)
        {
            return await Complain(trouble.Message, Failed);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (stop.IsCancellationRequested) Abandon("Asked twice");
            deadline.Change(s_orderly, Timeout.InfiniteTimeSpan);
            stop.Cancel();
        }
    }

    public static async Task<int> Complain(string sentence, int code)
    {
        await Console.Error.WriteLineAsync(sentence);
        return code;
    }

    /// <summary>What became of it, in a sentence and an exit code; what the workers wrote is kept when it failed.</summary>
    private static async Task<int> Judge(Task<int> playing, StateFolder folder, CancellationToken stop)
    {
        await Task.WhenAny(playing);
        if (stop.IsCancellationRequested) return await Complain("Stopped; nothing is left running.", Failed);
        if (playing is { IsCompletedSuccessfully: true, Result: Held or WrongUsage }) return await playing;

        var code = playing.IsCompletedSuccessfully ? await playing : Failed;
        switch (playing.Exception?.InnerException)
        {
            case null when playing.IsCanceled:
                await Complain("FAILED: an answer did not come in time", Failed);
                break;
            case null: break;
            case SettingException wrong: return await Complain(wrong.Message, WrongUsage);
            case TimeoutException or InvariantException or NpgsqlException or IOException or HttpRequestException
                or OperationCanceledException or UnauthorizedAccessException:
                await Complain($"FAILED: {playing.Exception.InnerException.Message}", Failed);
                break;
            default: return await playing;
        }

        if (folder.FreeBytes < FreeBytesLow)
            await Complain($"{folder.Path} is on a disk that is full ({folder.FreeBytes >> 20} MB free).", Failed);
        if (folder.KeepLogs() is { Count: > 0 } logs)
            await Complain($"What the workers wrote: {string.Join(", ", logs)}", Failed);
        return code;
    }

    /// <summary>Children end with this process, within seconds.</summary>
    private static void Abandon(string why)
    {
        Console.Error.WriteLine($"{why}; ended at once, what was started ends with it.");
        Environment.Exit(Failed);
    }
}
