using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.WebConsole;

/// <summary>The process of the console: a missing or wrong setting is one sentence on stderr and exit code 2.</summary>
public static class ConsoleProcess
{
    private const int WrongSetting = 2;

    private const string Help =
        "The pages from which the pipeline is operated, until SIGTERM. It takes no arguments; docs/settings.md has its settings.";

    /// <param name="args"><c>--help</c> says what the program is and starts nothing.</param>
    public static async Task<int> Run(string[] args)
    {
        if (args is ["-h" or "--help"])
        {
            Console.WriteLine(Help);
            return 0;
        }

        try
        {
            var settings = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            using var logging = LoggerFactory.Create(log => log.AddConsole().AddFilter("Microsoft", LogLevel.Warning));
            await using var console = new ConsoleServer(settings, new SteadyClock(TimeProvider.System), logging);
            await console.Start(CancellationToken.None);
            await console.UntilStopped();
            return 0;
        }
        catch (SettingException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return WrongSetting;
        }
        catch (NpgsqlException away)
        {
            await Console.Error.WriteLineAsync($"PostgreSQL stopped answering while this process started ({away.Message}).");
            return WrongSetting;
        }
    }
}
