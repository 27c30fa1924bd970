using System.Runtime.InteropServices;
using ContestPipeline.Plumbing;

namespace ContestPipeline.AllInOne.Demo;

/// <summary>What every command of this application has in common: a state folder of its own, a clean end on Ctrl-C, one sentence for what is wrong.</summary>
public static class Command
{
    public const int Held = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public static async Task<int> Run(string name, bool keep, Func<StateFolder, CancellationToken, Task<int>> play)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var folder = StateFolder.Take(name, keep);
        if (folder is null) return await Complain($"Another {name} is running in this checkout; wait for it or stop it.", WrongUsage);
        try
        {
            return await play(folder, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return await Complain("Stopped; nothing is left running.", Failed);
        }
        catch (SettingException e)
        {
            return await Complain(e.Message, WrongUsage);
        }
        catch (TimeoutException e)
        {
            return await Complain(e.Message, Failed);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    public static async Task<int> Complain(string sentence, int code)
    {
        await Console.Error.WriteLineAsync(sentence);
        return code;
    }
}
