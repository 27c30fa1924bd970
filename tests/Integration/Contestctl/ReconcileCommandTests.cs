using ContestPipeline.Contestctl;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.StripeSimulator.Shell;
using Microsoft.Extensions.Configuration;
using Stripe;

namespace ContestPipeline.Integration.Contestctl;

/// <summary><c>contestctl reconcile</c> against a real database and the simulated Stripe.</summary>
public sealed class ReconcileCommandTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("reconcile-tests-").FullName;
    private StripeSimulatorHost simulator = null!;

    public async ValueTask InitializeAsync() => simulator = await StripeSimulatorHost.Start(folder);

    public async ValueTask DisposeAsync()
    {
        await simulator.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Nothing_on_either_side_is_well_and_a_charge_nobody_asked_for_is_found_unless_it_may_still_be_on_its_way()
    {
        Assert.Equal(ExitCodes.Success, await Run("reconcile --json"));
        var stripe = StripeWire.Client("sk_test_x", simulator.Url, TimeSpan.FromSeconds(20), new SocketsHttpHandler());
        var intent = await new PaymentIntentService(stripe)
            .CreateAsync(new PaymentIntentCreateOptions { Amount = 1_000, Currency = "usd" });
        await new PaymentIntentService(stripe)
            .ConfirmAsync(intent.Id,
                new PaymentIntentConfirmOptions { PaymentMethod = "pm_card_visa", ReturnUrl = "https://pipeline.example/" });

        Assert.Equal(ExitCodes.Success, await Run("reconcile --settling 3600"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("reconcile --settling 0 --to 2099-01-01 --from 2026-01-01"));
        Assert.Equal(ExitCodes.Success, await Run("reconcile --to 2026-01-01"));
    }

    [Theory]
    [InlineData("reconcile --from 2026-01-02 --to 2026-01-01")]
    [InlineData("reconcile --from yesterday")]
    [InlineData("reconcile --settling -1")]
    public async Task Wrong_usage_ends_with_exit_code_2(string arguments) => Assert.Equal(ExitCodes.Usage, await Run(arguments));

    [Fact]
    public async Task A_restricted_key_is_taken_where_there_is_one_and_one_of_the_other_environment_refused()
    {
        Assert.Equal(ExitCodes.Success, await Run("reconcile", ("STRIPE_RESTRICTED_KEY", "rk_test_x"), ("STRIPE_API_KEY", "")));
        Assert.Equal(ExitCodes.Usage, await Run("reconcile", ("STRIPE_RESTRICTED_KEY", "rk_live_x")));
    }

    private Task<int> Run(string arguments, params (string Name, string Value)[] changes)
    {
        var settings = scope.Settings();
        settings["STRIPE_API_KEY"] = "sk_test_x";
        settings["STRIPE_API_BASE"] = simulator.Url;
        foreach (var (name, value) in changes) settings[name] = value;
        var session = new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System);
        return CommandLine.Run(arguments.Split(' '), session, TestContext.Current.CancellationToken);
    }
}
