using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Payout;

/// <summary>Declares the Payout worker: award chunks and settlements in, ledger lines, transfers and payout events out.</summary>
public static class PayoutService
{
    public const string Name = "payout";

    public static void AddPayout(this IHostApplicationBuilder builder)
    {
        var options = PayoutOptions.From(builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.TryAddSingleton(_ => StripeWire.Client(options, new SocketsHttpHandler()));
        builder.Services.AddSingleton<StripeGateway>();
        builder.Services.AddSingleton<PayoutDispatch>();
        builder.Services.AddSingleton<AccountReader>();
        builder.Services.AddSingleton<CallDispatch>();
        builder.Services.AddSingleton(OnboardingOptions.From(builder.Configuration));
        builder.Services.AddSingleton<OnboardingDesk>();
        builder.Services.AddSingleton<ICallKind, AccountCreation>();
        builder.Services.AddSingleton(SweepOptions.From(builder.Configuration));
        builder.Services.AddSingleton<StripeSweep>();
        builder.Services.AddSingleton<IRereads, BankPayoutReader>();
        builder.Services.AddSingleton<ICallKind, PaymentIntentKind>();
        builder.Services.AddSingleton<ICallKind, CancelIntentKind>();
        builder.Services.AddSingleton<ICallKind, RefundKind>();
        builder.Services.AddSingleton<IRereads, PaymentReader>();
        builder.AddWorker(Name, typeof(PayoutService).Assembly, worker => worker
            .On<ContestAwardsV1, ContestAwardsHandler>()
            .On<ContestSettledV1, ContestSettledHandler>()
            .OnBatch<CollectionHandler>(Topics.ContestEvents)
            .On<StripeEventV1, StripeEventHandler>()
            .Topic(Topics.StripeWebhooks, Malformed.Reject, Dedupe.ByInbox)
            .Job<PostAwardsJob>("post-awards", TimeSpan.FromMilliseconds(200))
            .Job<VoidPrizesJob>("void-prizes", TimeSpan.FromSeconds(1))
            .Job<GiveBackJob>("give-back", TimeSpan.FromMilliseconds(200))
            .Job<ForgetEventsJob>("forget-events", TimeSpan.FromHours(1))
            .Job<OnboardingJob>("onboarding", TimeSpan.FromSeconds(1)));
        builder.Services.AddSingleton<IHostedService, PayoutRunner>();
        builder.Services.AddSingleton<IHostedService, CallRunner>();
        builder.AddReconciliation(options);
        builder.Services.AddSingleton(PayoutApiOptions.From(builder.Configuration));
        builder.Services.AddSingleton<PayoutApi>();
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<PayoutApi>());
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<StripeSweep>());
        builder.Services.AddSingleton<IHostedService, StripeRereads>();
    }

    private static void AddReconciliation(this IHostApplicationBuilder builder, PayoutOptions options)
    {
        var (key, address, patience) = (StripeKeys.Reading(builder.Configuration), options.StripeApiBase, TimeSpan.FromSeconds(options.StripeTimeoutSeconds));
        builder.Services.TryAddKeyedSingleton(ReconcileLoop.ReadingStripe, (_, _) => StripeWire.Client(key, address, patience, new SocketsHttpHandler()));
        builder.Services.AddSingleton(ReconcileOptions.From(builder.Configuration));
        builder.Services.AddSingleton<IHostedService, ReconcileLoop>();
    }
}
