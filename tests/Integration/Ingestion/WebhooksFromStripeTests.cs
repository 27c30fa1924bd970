using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Webhooks;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using ContestPipeline.StripeSimulator.Shell;
using Microsoft.Extensions.Configuration;
using Stripe;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>
/// The simulated Stripe with endpoints of ours: made and compared by contestctl, delivered to over HTTP, signed with secrets of
/// its own.
/// </summary>
public sealed class WebhooksFromStripeTests(PipelineScope scope) : IClassFixture<PipelineScope>, IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("webhook-tests-").FullName;
    private StripeSimulatorHost simulator = null!;
    private IStripeClient stripe = null!;

    public async ValueTask InitializeAsync()
    {
        simulator = await StripeSimulatorHost.Start(folder);
        stripe = StripeWire.Client("sk_test_x", simulator.Url, TimeSpan.FromSeconds(20), new SocketsHttpHandler());
    }

    public async ValueTask DisposeAsync()
    {
        await simulator.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_stripe_delivers_stands_on_the_topic_as_stripe_lists_it()
    {
        var address = FreeAddress();
        var secrets = new Dictionary<string, string>();
        foreach (var wanted in PlanWebhooks.Wanted(address, StripeWire.ApiVersion))
            secrets[wanted.Endpoint] =
                (await new WebhookEndpointService(stripe).CreateAsync(SetupWebhooksCommand.Creation(wanted))).Secret;
        await using var stage = await WebhookStage.Start(
            scope.Kafka,
            WebhookStage.Options with { Url = address.ToString(), PlatformSecrets = [secrets["platform"]],
                ConnectSecrets = [secrets["connect"]] });

        var intent = await new PaymentIntentService(stripe)
            .CreateAsync(new PaymentIntentCreateOptions { Amount = 1_000, Currency = "usd" });
        var account = await new AccountService(stripe).CreateAsync(new AccountCreateOptions
        {
            Country = "US",
            Capabilities =
                new AccountCapabilitiesOptions { Transfers = new AccountCapabilitiesTransfersOptions { Requested = true } },
        });
        using var admin = new HttpClient { BaseAddress = new Uri(simulator.Url) };
        (await admin.PostAsJsonAsync(
            $"/_admin/accounts/{account.Id}/capabilities", new { transfers = "active" })).EnsureSuccessStatusCode();

        await PipelineScope.Eventually(
            () => Task.FromResult(Records().Any(r => r.Key == intent.Id) && Records().Any(r => r.Key == account.Id)),
            "both endpoints have brought something");
        var platform = Records().First(r => r.Key == intent.Id);
        Assert.Equal("payment_intent.created", platform.Headers["stripe-event-type"]);
        Assert.Equal(SignatureCheck.Genuine,
            StripeSignature.Check(platform.Body.Span, platform.Headers["stripe-signature"], [secrets["platform"]], now: null));
        var connected = Records().First(r => r.Key == account.Id);
        Assert.Equal(("connect", account.Id), (connected.Headers["stripe-endpoint"], connected.Headers["stripe-account"]));
        var listed = await new EventService(stripe).GetAsync(platform.Headers["stripe-event-id"]);
        Assert.Equal(listed.Type, JsonDocument.Parse(platform.Body).RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Contestctl_makes_the_endpoints_once_and_mends_what_was_changed()
    {
        const string Command = "stripe setup-webhooks --url https://hooks.example.org";
        Assert.Equal(ExitCodes.Success, await Run($"{Command} --dry-run"));
        Assert.Empty((await new WebhookEndpointService(stripe).ListAsync()).Data);
        Assert.Equal(ExitCodes.CheckFailed, await Run($"{Command} --check"));
        Assert.Equal(ExitCodes.Success, await Run(Command));
        Assert.Equal(ExitCodes.Success, await Run($"{Command} --check --json"));
        Assert.Equal(ExitCodes.Success, await Run(Command));
        var made = (await new WebhookEndpointService(stripe).ListAsync()).Data;
        Assert.Equal(2, made.Count);
        Assert.All(made, e => Assert.Equal(StripeWire.ApiVersion, e.ApiVersion));

        await new WebhookEndpointService(stripe)
            .UpdateAsync(made[0].Id, new WebhookEndpointUpdateOptions { EnabledEvents = ["invoice.paid"], Disabled = true });
        Assert.Equal(ExitCodes.CheckFailed, await Run($"{Command} --check"));
        Assert.Equal(ExitCodes.Success, await Run(Command));
        Assert.Equal(ExitCodes.Success, await Run($"{Command} --check"));
    }

    [Fact]
    public async Task A_stripe_that_does_not_answer_is_said_in_one_sentence() =>
        Assert.Equal(ExitCodes.CheckFailed,
            await Run(
                "stripe setup-webhooks --url https://hooks.example.org --check", ("STRIPE_API_BASE", "http://127.0.0.1:1")));

    [Fact]
    public async Task A_key_of_the_other_environment_is_refused_before_stripe_is_asked() =>
        Assert.Equal(ExitCodes.Usage,
            await Run("stripe setup-webhooks --url https://hooks.example.org --check", ("STRIPE_RESTRICTED_KEY", "rk_live_1")));

    private IReadOnlyList<Envelope> Records() => scope.ReadTopic(Topics.StripeWebhooks);

    private Task<int> Run(string arguments, params (string Name, string Value)[] changes)
    {
        var settings = scope.Settings();
        settings["STRIPE_API_KEY"] = "sk_test_x";
        settings["STRIPE_API_BASE"] = simulator.Url;
        foreach (var (name, value) in changes) settings[name] = value;
        var session = new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System);
        return CommandLine.Run(arguments.Split(' '), session, TestContext.Current.CancellationToken);
    }

    /// <summary>Stripe has to know the address before the endpoint can know its secret.</summary>
    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
