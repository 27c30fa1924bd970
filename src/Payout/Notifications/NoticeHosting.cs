using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.Notifications;

/// <summary>Adds the ways to people that the settings name.</summary>
internal static class NoticeHosting
{
    public static void AddNotices(this IServiceCollection services, IConfiguration settings)
    {
        var options = NoticeOptions.From(settings);
        services.AddSingleton(options);
        services.AddKeyedSingleton<INoticeSink, LogSink>(NoticeOptions.LogSink);
        if (options.Webhook is { } webhook)
        {
            services.AddKeyedSingleton<INoticeSink>(
                NoticeOptions.WebhookSink,
                (all, _) => new WebhookSink(webhook, new HttpClient(), all.GetRequiredService<TimeProvider>()));
        }

        if (options.Smtp is { } smtp) services.AddKeyedSingleton<INoticeSink>(NoticeOptions.SmtpSink, new SmtpSink(smtp));
    }

    /// <summary>A loop for each of them; staff is told by all.</summary>
    public static void AddNoticeRunners(this IServiceCollection services, IConfiguration settings)
    {
        foreach (var sink in NoticeOptions.From(settings).SinksFor(NoticeText.Operator))
        {
            services.AddSingleton<IHostedService>(all => new NoticeRunner(
                all.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name), all.GetRequiredKeyedService<INoticeSink>(sink),
                all.GetRequiredService<TimeProvider>(), all.GetRequiredService<ILogger<NoticeRunner>>()));
        }
    }
}
