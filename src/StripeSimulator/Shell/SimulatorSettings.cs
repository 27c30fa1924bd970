namespace ContestPipeline.StripeSimulator.Shell;

/// <summary>A setting is missing or makes no sense.</summary>
public sealed class SettingException(string message) : Exception(message);

/// <summary>Where the simulator listens and where it keeps its journal.</summary>
public sealed record SimulatorSettings(string Url, string DataFolder)
{
    public static SimulatorSettings Read(Func<string, string?> setting)
    {
        var environment = setting("PIPELINE_ENVIRONMENT");
        if (environment == "live")
            throw new SettingException("PIPELINE_ENVIRONMENT is live: the simulator stands in for Stripe in tests only.");
        if (environment != "test") throw new SettingException("PIPELINE_ENVIRONMENT must be test.");
        var url = Required(setting, "SIMULATOR_URL");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttp)
            throw new SettingException("SIMULATOR_URL must be an http address such as http://127.0.0.1:0.");
        return new SimulatorSettings(url, Required(setting, "SIMULATOR_DATA"));
    }

    private static string Required(Func<string, string?> setting, string name) =>
        setting(name) is { Length: > 0 } value ? value : throw new SettingException($"{name} is not set.");
}
