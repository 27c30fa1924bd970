using System.Globalization;
using System.Text;
using ContestPipeline.StripeSimulator.Core;

namespace ContestPipeline.StripeSimulator.Shell;

/// <summary>
/// Sends events to their endpoints as they fall due, several at a time and so in no promised order. Anything but a 2xx is tried
/// again.
/// </summary>
internal sealed class WebhookSender : IAsyncDisposable
{
    private const int AtOnceMax = 8;
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(10);

    private readonly Simulator simulator;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = AnswerWait };
    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;

    public WebhookSender(Simulator simulator)
    {
        this.simulator = simulator;
        loop = Task.Run(Run);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        try
        {
            await loop;
        }
        catch (OperationCanceledException)
        {
            // That is how the loop ends; what was not reported is sent again by the next run.
        }

        http.Dispose();
        stopping.Dispose();
    }

    private async Task Run()
    {
        while (true)
        {
            var due = await simulator.NextDeliveries(AtOnceMax, stopping.Token);
            await Task.WhenAll(due.Select(Send));
        }
    }

    private async Task Send(SignedDelivery delivery)
    {
        var status = await Post(delivery);
        var report = string.Create(CultureInfo.InvariantCulture, $$"""{"status":{{status}}}""");
        await simulator.Serve(
            new SimRequest("POST", $"/_admin/deliveries/{delivery.Sequence}/report", report, null, null, null, default),
            stopping.Token);
    }

    /// <returns>The status, or 0 when there was no answer.</returns>
    private async Task<int> Post(SignedDelivery delivery)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, delivery.Url);
        message.Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json");
        message.Headers.TryAddWithoutValidation("Stripe-Signature", delivery.Signature);
        message.Headers.TryAddWithoutValidation("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
        try
        {
            using var answer = await http.SendAsync(message, stopping.Token);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            return 0;
        }
    }
}
