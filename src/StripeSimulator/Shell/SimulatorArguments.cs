namespace ContestPipeline.StripeSimulator.Shell;

/// <summary>The command line: each option stands for a setting, and goes before it.</summary>
public static class SimulatorArguments
{
    public const string Help =
        """
        Stands in for Stripe in tests: its HTTP interface with state, webhooks and faults on demand. Takes test keys only.

          ContestPipeline.StripeSimulator --url http://127.0.0.1:12111 --data FOLDER

          --url URL       where it listens (SIMULATOR_URL); port 0 takes a free one, written to the file "url" in the folder
          --data FOLDER   where every change is kept before it is answered (SIMULATOR_DATA); made when it is not there
          -h, --help      this

        PIPELINE_ENVIRONMENT must be test, or unset where both options are given. Exit code 2: a setting is missing or wrong.
        """;

    private static readonly Dictionary<string, string> s_options = new(StringComparer.Ordinal)
    {
        ["--url"] = "SIMULATOR_URL", ["--data"] = "SIMULATOR_DATA",
    };

    /// <param name="setting">Of the environment; null or empty where it is not set.</param>
    /// <exception cref="SettingException">An option is unknown, repeated or without a value, or a setting is refused.</exception>
    public static SimulatorSettings Read(IReadOnlyList<string> arguments, Func<string, string?> setting)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!s_options.TryGetValue(arguments[i], out var name))
                throw new SettingException($"{arguments[i]} is no option of the simulator.\n\n{Help}");
            if (i + 1 == arguments.Count) throw new SettingException($"{arguments[i]} needs a value.");
            if (!given.TryAdd(name, arguments[i + 1])) throw new SettingException($"{arguments[i]} is given twice.");
        }

        if (given.Count == s_options.Count && string.IsNullOrEmpty(setting("PIPELINE_ENVIRONMENT")))
            given["PIPELINE_ENVIRONMENT"] = "test";
        return SimulatorSettings.Read(name => given.GetValueOrDefault(name) ?? setting(name));
    }
}
