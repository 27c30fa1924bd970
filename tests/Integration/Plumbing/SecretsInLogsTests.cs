using System.Collections.Concurrent;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Embedded;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>
/// All workers at their most talkative, with secrets that would be found anywhere: none of them shows in a line of any log.
/// </summary>
public sealed class SecretsInLogsTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const string Address = "webhooks are received at ";

    private static readonly Dictionary<string, string> s_secrets = new()
    {
        ["STRIPE_API_KEY"] = "sk_test_Qx7secretMoneyKey", ["STRIPE_RESTRICTED_KEY"] = "rk_test_Qx7secretReadingKey",
        ["STRIPE_WEBHOOK_SECRETS"] = "whsec_Qx7secretPlatform", ["STRIPE_CONNECT_WEBHOOK_SECRETS"] = "whsec_Qx7secretConnect",
        ["PAYOUT_JWT_KEY"] = "Qx7secretKeyOfTokensThatIsLongEnough", ["PAYOUT_LINK_KEY"] = "Qx7secretKeyOfLinksThatIsLongEnough",
        ["KAFKA_SASL_PASSWORD"] = "Qx7secretBroker",
    };

    [Fact]
    public async Task No_secret_is_ever_written_to_a_log()
    {
        var lines = new ConcurrentQueue<string>();
        await using var ingestion = await Start("Ingestion", lines);
        await using var scoring = await Start("Scoring", lines);
        await using var settlement = await Start("Settlement", lines);
        await using var payout = await Start("Payout", lines);
        foreach (var worker in (string[])["ingestion", "scoring", "settlement", "payout"])
        {
            await PipelineScope.Eventually(
                async () => await scope.Scalar<long>($"select count(*) from {worker}.partition_owner") > 0,
                $"{worker} works: {string.Join('\n', lines)}");
        }

        await PipelineScope.Eventually(
            () => Task.FromResult(lines.Any(l => l.Contains(Address, StringComparison.Ordinal))), "the endpoint listens");
        await DeliverGoodAndBad(lines.First(l => l.Contains(Address, StringComparison.Ordinal)));
        await PipelineScope.Eventually(
            () => Task.FromResult(lines.Any(l => l.Contains("signature-forged", StringComparison.Ordinal))),
            "refusals are logged");
        await PipelineScope.Eventually(
            () => scope.Scalar<bool>("select exists (select from payout.stripe_event)")!, "the event was handled");

        await PipelineScope.Eventually(
            () => Task.FromResult(lines.Count(l => l.Contains("Application started", StringComparison.Ordinal)) >= 4),
            "every worker's log is read");

        Assert.DoesNotContain(lines, line => line.Contains("Qx7secret", StringComparison.Ordinal));
    }

    /// <summary>One genuine delivery, one forged, one of live mode; what they are answered is looked at as well.</summary>
    private static async Task DeliverGoodAndBad(string announcement)
    {
        var at = announcement.IndexOf(Address, StringComparison.Ordinal) + Address.Length;
        var url = announcement[at..].Split(StripeEndpoints.PlatformPath)[0] + StripeEndpoints.PlatformPath;
        var now = TimeProvider.System.GetUtcNow();
        using var http = new HttpClient();
        foreach (var (secret, live) in (ValueTuple<string, string>[])[(s_secrets["STRIPE_WEBHOOK_SECRETS"], "false"),
            ("whsec_forged", "false"), (s_secrets["STRIPE_WEBHOOK_SECRETS"], "true")])
        {
            var body = Encoding.UTF8.GetBytes(
                $$$"""{"id":"evt_log","object":"event","created":1700000000,"livemode":{{{live}}},"type":"balance.available","data":{"object":{"object":"balance"} } }""");
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.TryAddWithoutValidation("Stripe-Signature", StripeSignature.Header(body, now, secret));
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("Qx7secret", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
    }

    private Task<ChildProcess> Start(string worker, ConcurrentQueue<string> lines)
    {
        var settings = scope.Settings();
        foreach (var (name, value) in s_secrets) settings[name] = value;
        settings["STRIPE_API_BASE"] = "http://127.0.0.1:1";
        settings["INGESTION_HTTP_URL"] = "http://127.0.0.1:0";
        settings["PAYOUT_HTTP_URL"] = "http://127.0.0.1:0";
        settings["PAYOUT_PUBLIC_URL"] = "http://pay.test";
        settings["Logging__LogLevel__Default"] = "Trace";
        return ChildProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, $"ContestPipeline.{worker}.dll")], settings, lines.Enqueue);
    }
}
