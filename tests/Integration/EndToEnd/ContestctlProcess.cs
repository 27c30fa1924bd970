using System.Collections.Concurrent;
using System.Text.Json;
using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>contestctl as a process of its own, on what a slate is played on.</summary>
internal static class ContestctlProcess
{
    /// <returns>The one JSON document it wrote, among its remarks and lines of progress.</returns>
    internal static async Task<JsonElement> Ask(this SlateRun run, string command, int expected = 0)
    {
        var lines = (await run.Say(command + " --json", expected)).Split('\n');
        return JsonDocument.Parse(
            string.Join('\n', lines.SkipWhile(l => l != "{").TakeWhile(l => l != "}").Append("}"))).RootElement;
    }

    /// <returns>Everything it wrote.</returns>
    internal static Task<string> Say(this SlateRun run, string command, int expected) => run.Stage.Say(command, expected);

    /// <param name="folder">Where it runs; null: where the tests do.</param>
    /// <returns>Everything it wrote.</returns>
    internal static async Task<string> Say(this DemoEnvironment stage, string command, int expected, string? folder = null)
    {
        var lines = new ConcurrentQueue<string>();
        await using var process = await stage.StartContestctl(command, lines.Enqueue, folder);
        await process.WaitForExit(TestContext.Current.CancellationToken);
        var said = string.Join('\n', lines);
        Assert.True(process.ExitCode == expected, $"contestctl {command} ended with {process.ExitCode}: {said}");
        return said;
    }

    internal static Task<ChildProcess> StartContestctl(this SlateRun run, string command, Action<string> line) =>
        run.Stage.StartContestctl(command, line, folder: null);

    private static Task<ChildProcess> StartContestctl(
        this DemoEnvironment stage, string command, Action<string> line, string? folder) => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "contestctl.dll"), .. command.Split(' ')], stage.Settings, line,
        workingDirectory: folder);
}
