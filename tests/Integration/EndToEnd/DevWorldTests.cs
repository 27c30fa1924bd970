using System.Collections.Concurrent;
using System.Net;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.WebConsole;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>
/// The world of scripts/dev: it comes up, a person signs in, a slate is played, it ends by itself when it was asked to.
/// </summary>
public sealed class DevWorldTests
{
    [Fact]
    public async Task The_world_that_stays_up_shows_a_console_and_plays_its_slates()
    {
        var lines = new ConcurrentQueue<string>();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await ChildProcess.Start(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "ContestPipeline.Demo.dll"), "dev", "--port", "0", "--speed", "0",
                "--rounds", "1",
            ],
            new Dictionary<string, string?>(), line =>
            {
                lines.Enqueue(line);
                if (line.StartsWith("console ", StringComparison.Ordinal))
                    address.TrySetResult(new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
                if (line.Contains("the games are over", StringComparison.Ordinal)) settled.TrySetResult();
            });
        var ended = world.WaitForExit(TestContext.Current.CancellationToken);
        Assert.True(await Task.WhenAny(address.Task, ended) == address.Task, Said());

        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        browser.BaseAddress = await address.Task;
        var form = ConsoleWorld.TokenIn(await browser.GetStringAsync("/sign-in", TestContext.Current.CancellationToken));
        using var answer = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(
        [
            new("name", "ann"), new("role", "viewer"), new("form-token", form), new("to", "/overview"),
        ]), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);

        await ended;
        Assert.True(world.ExitCode == 0, Said());
        Assert.True(settled.Task.IsCompletedSuccessfully, Said());
        return;

        string Said() => string.Join('\n', lines);
    }
}
