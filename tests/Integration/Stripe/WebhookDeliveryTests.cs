using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stripe;

namespace ContestPipeline.Integration.Stripe;

/// <summary>Webhooks from the simulator to a receiver over real connections.</summary>
public sealed class WebhookDeliveryTests : IAsyncLifetime
{
    private readonly Channel<(string Body, string Signature)> received = Channel.CreateUnbounded<(string, string)>();
    private readonly Queue<int> answers = new();
    private StripePlatform platform = null!;
    private WebApplication receiver = null!;

    public async ValueTask InitializeAsync()
    {
        platform = await StripePlatform.Start();
        await platform.Admin("webhooks", new { retry_first_ms = 10 });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        receiver = builder.Build();
        receiver.Run(Receive);
        await receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await platform.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task An_event_arrives_signed_and_is_the_one_that_can_be_read()
    {
        var endpoint = await Endpoint(connect: false);
        var transfer = await platform.Client.V1.Transfers.CreateAsync(platform.TransferOf(100));

        var (body, signature) = await Next();

        // The official library speaks an older train of the API and would refuse the newer one by default.
        var happened = EventUtility.ConstructEvent(
            body, signature, endpoint.Secret, 300, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            throwOnApiVersionMismatch: false);
        Assert.Equal(("transfer.created", transfer.Id), (happened.Type, Assert.IsType<Transfer>(happened.Data.Object).Id));
        Assert.Equal(happened.Id, (await platform.Client.V1.Events.GetAsync(happened.Id)).Id);
        Assert.Throws<StripeException>(() =>
            EventUtility.ValidateSignature(
                body + " ", signature, endpoint.Secret, 300, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task An_event_that_was_refused_comes_again_until_it_is_accepted()
    {
        foreach (var status in new[] { 500, 302, 400 }) answers.Enqueue(status);
        await Endpoint(connect: false);
        await platform.Client.V1.Transfers.CreateAsync(platform.TransferOf(100));

        var bodies = new List<string>();
        for (var n = 0; n < 4; n++) bodies.Add((await Next()).Body);
        await Until(async () => (await platform.Look("webhooks")).GetProperty("open").GetArrayLength() == 0);

        Assert.Single(bodies.Select(body => Event.FromJson(body).Id).Distinct());
        Assert.Equal(1, (await platform.Look("webhooks")).GetProperty("delivered_count").GetInt64());
    }

    [Fact]
    public async Task The_events_of_accounts_come_to_the_endpoint_for_accounts_and_name_theirs()
    {
        await Endpoint(connect: true);
        await platform.Client.V1.Transfers.CreateAsync(platform.TransferOf(100));
        await platform.Admin($"accounts/{platform.AccountId}/payouts", new { });

        var happened = Event.FromJson((await Next()).Body);

        Assert.Equal(("payout.created", platform.AccountId), (happened.Type, happened.Account));
    }

    [Fact]
    public async Task A_duplicate_comes_twice_and_a_dropped_one_can_be_found_and_sent_again()
    {
        await Endpoint(connect: false);
        await platform.Admin("webhooks/faults", new { kind = "duplicate", type = "transfer.created", count = 1 });
        await platform.Admin("webhooks/faults", new { kind = "drop", type = "transfer.created", count = 1 });
        await platform.Client.V1.Transfers.CreateAsync(platform.TransferOf(100, "one"));
        var (first, second) = (await Next(), await Next());
        await platform.Client.V1.Transfers.CreateAsync(platform.TransferOf(200, "two"));
        await Until(async () => (await platform.Look("webhooks")).GetProperty("open").GetArrayLength() == 0);
        var lost = Assert.Single(
            (await platform.Client.V1.Events.ListAsync(new EventListOptions { DeliverySuccess = false })).Data);
        await platform.Admin($"events/{lost.Id}/resend", new { });
        var third = await Next();

        Assert.Equal(Event.FromJson(first.Body).Id, Event.FromJson(second.Body).Id);
        Assert.Equal((lost.Id, 200), (Event.FromJson(third.Body).Id, ((Transfer)Event.FromJson(third.Body).Data.Object).Amount));
    }

    private Task<WebhookEndpoint> Endpoint(
        bool connect) => platform.Client.V1.WebhookEndpoints.CreateAsync(new WebhookEndpointCreateOptions
    {
        Url = receiver.Urls.Single() + "/hooks", EnabledEvents = ["*"], Connect = connect,
        ApiVersion = StripeConfiguration.ApiVersion,
    });

    private async Task Receive(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        context.Response.StatusCode = answers.TryDequeue(out var status) ? status : 200;
        await received.Writer.WriteAsync((body, context.Request.Headers["Stripe-Signature"].ToString()));
    }

    private async Task<(string Body, string Signature)> Next()
    {
        using var wait = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await received.Reader.ReadAsync(wait.Token);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var wait = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds()) await Task.Delay(20, wait.Token);
    }
}
