using ContestPipeline.StripeSimulator.Shell;

namespace ContestPipeline.Unit.StripeSimulator;

/// <summary>What the simulator insists on before it starts.</summary>
public sealed class SimulatorSettingsTests
{
    private readonly Dictionary<string, string> environment = new()
    {
        ["PIPELINE_ENVIRONMENT"] = "test", ["SIMULATOR_URL"] = "http://127.0.0.1:0", ["SIMULATOR_DATA"] = "data",
    };

    [Fact]
    public void Three_settings_are_enough() => Assert.Equal(new SimulatorSettings("http://127.0.0.1:0", "data"), Read());

    [Theory]
    [InlineData("PIPELINE_ENVIRONMENT")]
    [InlineData("SIMULATOR_URL")]
    [InlineData("SIMULATOR_DATA")]
    public void A_missing_setting_is_named(string name)
    {
        environment.Remove(name);

        Assert.Contains(name, Assert.Throws<SettingException>(Read).Message);
    }

    [Fact]
    public void It_does_not_run_beside_real_money()
    {
        environment["PIPELINE_ENVIRONMENT"] = "live";

        Assert.Throws<SettingException>(Read);
    }

    [Fact]
    public void Two_options_start_it_without_a_setting()
    {
        environment.Clear();

        Assert.Equal(new SimulatorSettings("http://127.0.0.1:12111", "kept"),
            Read("--data", "kept", "--url", "http://127.0.0.1:12111"));
    }

    [Fact]
    public void An_option_goes_before_a_setting_and_live_is_refused_all_the_same()
    {
        Assert.Equal("kept", Read("--data", "kept").DataFolder);
        environment["PIPELINE_ENVIRONMENT"] = "live";

        Assert.Throws<SettingException>(() => Read("--data", "kept", "--url", "http://127.0.0.1:0"));
    }

    [Theory]
    [InlineData("--port is no option", "--port", "80")]
    [InlineData("--url needs a value", "--url")]
    [InlineData("--url is given twice", "--url", "http://127.0.0.1:1", "--url", "http://127.0.0.1:2")]
    [InlineData("SIMULATOR_URL must be an http address", "--url", "127.0.0.1")]
    public void A_wrong_argument_is_named(string expected, params string[] arguments) =>
        Assert.Contains(expected, Assert.Throws<SettingException>(() => Read(arguments)).Message, StringComparison.Ordinal);

    private SimulatorSettings Read(params string[] arguments) =>
        SimulatorArguments.Read(arguments, name => environment.GetValueOrDefault(name));

    private SimulatorSettings Read() => SimulatorSettings.Read(name => environment.GetValueOrDefault(name));
}
