using System.Globalization;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Demo.Dev;

/// <summary>
/// The command <c>dev</c>: everything of the demo and the console, kept up until Ctrl-C, for whoever wants to try it, send a feed
/// to it or operate it.
/// </summary>
public static class DevCommand
{
    private const long FundsMinor = 20_000_00;

    public static async Task<int> Run(IReadOnlyList<string> args, TimeProvider clock)
    {
        var (options, error) = DevOptions.Parse(args);
        if (options is null) return await Command.Complain(error!, Command.WrongUsage);
        return await Command.Run("dev", options.Keep, (folder, ct) => Play(options, folder, clock, ct));
    }

    private static async Task<int> Play(DevOptions options, StateFolder folder, TimeProvider clock, CancellationToken ct)
    {
        await using var broker = options.RealKafka ? await RealBroker.Find(folder, "", ct) : null;
        if (options.RealKafka && broker is null) return await Command.Complain(RealBroker.Missing, Command.WrongUsage);
        await using var environment = await DemoEnvironment.Build(folder, broker, withStripe: true, Say, ct);
        ApproveHeld.Prepare(environment);
        await RunShort.Prepare(environment, FundsMinor, ct);
        await new PlayerAccounts(environment.Stripe, environment.Database, clock, DevRound.Players).Create(ct);
        await using var workers = new DemoWorkers(environment, Workers.All);
        await workers.Start(ct);
        using var logs = LoggerFactory.Create(l => l.AddProvider(new FileLog(folder.Sub("console.log"))));
        await using var console = new ConsoleServer(ConsoleSettings(environment, options.Port), clock, logs);
        await console.Start(ct);

        var file = folder.Sub("settings.env");
        await File.WriteAllTextAsync(
            file, DevAddresses.SettingsFile(environment.Settings, console.Address, clock.GetUtcNow()), ct);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var shown = Path.GetRelativePath(Directory.GetCurrentDirectory(), file);
        foreach (var line in DevAddresses.Told(environment.Settings, console.Address, environment.Stripe.Address, shown))
            Console.WriteLine(line);

        using var producer = new MessageProducer(environment.Kafka, "contestpipeline/dev", clock);
        var games = await Slate.ReadGames(Path.Combine(StateFolder.Checkout(), "samples"), ct);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = workers.Watch(Say, clock, both.Token);
        var playing = new DevLoop(environment, options, producer, clock, Say).Run(games, both.Token);
        var first = await Task.WhenAny(playing, watching);
        await both.CancelAsync();
        await Task.WhenAny(Task.WhenAll(playing, watching));
        await first;
        return Command.Held;

        void Say(string line) => Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss}  {line}"));
    }

    private static IConfiguration ConsoleSettings(DemoEnvironment environment, int port) => new ConfigurationBuilder()
        .AddInMemoryCollection(environment.Settings)
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CONSOLE_HTTP_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["PAYOUT_API_URL"] = environment.Settings["PAYOUT_HTTP_URL"],
        }).Build();
}
