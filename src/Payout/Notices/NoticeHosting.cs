using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout;

/// <summary>Adds the ways to people that the settings name.</summary>
internal static class NoticeHosting
{
    private static readonly TimeSpan s_webhookTimeout = TimeSpan.FromSeconds(20);

    public static void AddNotices(this IServiceCollection services, IConfiguration settings)
    {
        var options = NoticeOptions.From(settings);
        services.AddSingleton(options);
        services.AddSingleton<INoticeSink, LogSink>();
        if (options.Webhook is { } webhook)
        {
            services.AddSingleton<INoticeSink>(all => new WebhookSink(
                webhook, new HttpClient { Timeout = s_webhookTimeout }, all.GetRequiredService<TimeProvider>()));
        }

        if (options.Smtp is { } smtp) services.AddSingleton<INoticeSink>(new SmtpSink(smtp));
    }
}
