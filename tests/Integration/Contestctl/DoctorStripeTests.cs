using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Checks;
using ContestPipeline.Embedded;
using ContestPipeline.Plumbing;
using ContestPipeline.StripeSimulator.Shell;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>What the doctor finds out about Stripe by asking it.</summary>
public sealed class DoctorStripeTests
{
    [Fact]
    public async Task A_key_that_is_accepted_is_well()
    {
        var folder = Directory.CreateTempSubdirectory("doctor-").FullName;
        await using (var stripe = await StripeSimulatorHost.Start(folder, TimeProvider.System))
        {
            var findings = await Ask("sk_test_doctor", "test", stripe.Url);

            Assert.Equal(
                [("Stripe key", "ok"), ("Stripe", "ok"), ("Stripe account", "ok")], findings.Select(f => (f.Check, f.State)));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("sk_live_doctor", "test", "live key")]
    [InlineData("rk_test_doctor", "live", "test key")]
    [InlineData("pk_test_doctor", "test", "begins with none of")]
    public async Task A_key_of_another_environment_or_kind_is_named_without_asking_anybody(
        string key, string environment, string says)
    {
        var finding = Assert.Single(await Ask(key, environment, "http://127.0.0.1:1"));

        Assert.Equal(("Stripe key", "failed"), (finding.Check, finding.State));
        Assert.Contains(says, finding.What, StringComparison.Ordinal);
        Assert.DoesNotContain("doctor", finding.What + finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_where_nobody_answers_is_named()
    {
        var address = $"http://127.0.0.1:{FreePorts.One()}";

        var finding = Assert.Single(await Ask("sk_test_doctor", "test", address), f => f.Check == "Stripe");

        Assert.Equal("failed", finding.State);
        Assert.Contains(address, finding.What, StringComparison.Ordinal);
        Assert.Contains("STRIPE_API_BASE", finding.Mend!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_the_settings_speak_and_nobody_is_asked() =>
        Assert.Empty(await Ask("", "test", "http://127.0.0.1:1"));

    private static Task<IReadOnlyList<Finding>> Ask(string key, string environment, string address)
    {
        var settings = new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = environment, ["STRIPE_API_BASE"] = address };
        if (key.Length > 0) settings["STRIPE_API_KEY"] = key;
        return StripeChecks.All(new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            TimeProvider.System), TestContext.Current.CancellationToken);
    }
}
