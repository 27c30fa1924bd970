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

    private SimulatorSettings Read() => SimulatorSettings.Read(name => environment.GetValueOrDefault(name));
}
