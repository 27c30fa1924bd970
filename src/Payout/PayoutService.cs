using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Anchors;
using ContestPipeline.Payout.Api;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Corrections;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.Drafts;
using ContestPipeline.Payout.EntryFees;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Monitoring;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.ProofFiles;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.StripeAccount;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using IStripeClient = Stripe.IStripeClient;

namespace ContestPipeline.Payout;

/// <summary>Declares the Payout worker: award chunks and settlements in, ledger lines, transfers and payout events out.</summary>
public static class PayoutService
{
    /// <summary>What Payout connects to beside database, broker and Stripe, and where it sends players.</summary>
    public static IReadOnlyList<OutgoingConnection> Connections { get; } =
    [
        new OutgoingConnection.Http("NOTICE_WEBHOOK_URL"), new OutgoingConnection.Smtp("NOTICE_SMTP_HOST", "NOTICE_SMTP_TLS"),
        new OutgoingConnection.Http("PAYOUT_PUBLIC_URL"), new OutgoingConnection.Http(PayoutApiOptions.AuthoritySetting),
        new OutgoingConnection.Http(ProofFileOptions.AddressSetting),
    ];

    public static void AddPayout(this IHostApplicationBuilder builder)
    {
        foreach (var connection in Connections) builder.Services.AddSingleton(connection);
        builder.Services.AddPayoutParts(builder.Configuration);
        builder.AddWorker(PayoutWorker.Name, typeof(PayoutService).Assembly, worker => worker
            .On<ContestAwardsV1, ContestAwardsHandler>()
            .On<ContestSettledV1, ContestSettledHandler>()
            .On<ContestReductionsV1, ContestReductionsHandler>()
            .OnBatch<CollectionHandler>(Topics.ContestEvents)
            .On<StripeEventV1, StripeEventHandler>()
            .Topic(Topics.StripeWebhooks, Malformed.Reject, Dedupe.ByInbox)
            .On<PayoutChangedV1, PayoutNotices>()
            .On<NotificationV1, NotificationHandler>()
            .On<AlertRaisedV1, AlertHandler>()
            .On<AlertResolvedV1, AlertResolvedHandler>()
            .On<ContestPublishedV1, PublishedContests>()
            .On<CommandRejectedV1, RefusedDrafts>()
            .On<ProofDecidedV1, AuditRulings>()
            .Job<EscalateAlertsJob>("escalate-alerts", TimeSpan.FromSeconds(30))
            .Job<PostAwardsJob>("post-awards", TimeSpan.FromMilliseconds(200))
            .Job<EndAlertsJob>("end-alerts", TimeSpan.FromMinutes(1))
            .Job<WakeHeldJob>("wake-held", TimeSpan.FromSeconds(1))
            .Job<LiftHaltsJob>("lift-halts", TimeSpan.FromSeconds(1))
            .Job<BurstsJob>("bursts", TimeSpan.FromMinutes(1))
            .Job<WaitingJob>("waiting", TimeSpan.FromMinutes(1))
            .Job<HeldContestsJob>("held-contests", TimeSpan.FromSeconds(10))
            .Job<UnfoundedResultsJob>("unfounded-results", TimeSpan.FromSeconds(10))
            .Job<UnfoundedReductionsJob>("unfounded-reductions", TimeSpan.FromSeconds(10))
            .Job<VoidPrizesJob>("void-prizes", TimeSpan.FromSeconds(1))
            .Job<RefundContestsJob>("give-back", TimeSpan.FromMilliseconds(200))
            .Job<ForgetEventsJob>("forget-events", TimeSpan.FromHours(1))
            .Job<OnboardingJob>("onboarding", TimeSpan.FromSeconds(1))
            .Job<RemakeWithdrawalsJob>("remake-withdrawals", TimeSpan.FromSeconds(1))
            .Job<RemakeStakesJob>("remake-stakes", TimeSpan.FromSeconds(1))
            .WhenDatabaseWentBack(ToldBefore.Told, ToldChange.IsTold, ToldBefore.ReadBack));
        builder.Services.AddSingleton<IHostedService, WhoseKeys>();
        builder.Services.AddSingleton<IHostedService, RateLimitCoordinator>();
        builder.Services.AddSingleton<IHostedService, BooksWatch>();
        builder.Services.AddSingleton<IHostedService, PayoutRunner>();
        builder.Services.AddSingleton<IHostedService, CallRunner>();
        builder.Services.AddSingleton<IHostedService, BalanceWatch>();
        builder.Services.AddSingleton<IHostedService, ReconcileLoop>();
        builder.Services.AddNoticeRunners(builder.Configuration);
        if (AnchorOptions.From(builder.Configuration) is { } anchors)
        {
            builder.Services.AddSingleton(anchors);
            builder.Services.TryAddSingleton<IAnchorStore>(new AnchorFile(anchors.File));
            builder.Services.AddSingleton<IHostedService, AnchorLoop>();
        }

        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<PayoutApi>());
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<EventBackfill>());
        builder.Services.AddSingleton<IHostedService, StripeRereads>();
    }

    /// <summary>Everything that the worker's handlers, loops and routes are made of, without the loops themselves.</summary>
    public static IServiceCollection AddPayoutParts(this IServiceCollection services, IConfiguration settings)
    {
        var options = PayoutOptions.From(settings);
        services.TryAddSingleton<TimeProvider>(new SteadyClock(TimeProvider.System));
        services.AddSingleton(options);
        services.AddSingleton(OverlayLimit.From(settings));
        services.AddSingleton(BurstOptions.From(settings));
        services.TryAddSingleton(parts => new StripeConnection(options, parts.GetRequiredService<TimeProvider>(), Transport()));
        services.AddSingleton(parts => new StripeGateway(
            parts.GetRequiredService<StripeConnection>(), options, parts.GetRequiredService<TimeProvider>(),
            StripeKeys.HasReading(settings) ? parts.GetRequiredKeyedService<IStripeClient>(StripeWire.ReadingStripe) : null,
            parts.GetService<ILogger<StripeGateway>>(), parts.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name)));
        services.AddKeyedSingleton<IMeasure, PayoutMeasures>(PayoutWorker.Name);
        services.AddSingleton<PlatformBalance>();
        services.AddSingleton<PayoutDispatch>();
        services.AddSingleton<AccountReader>();
        services.AddSingleton<CallDispatch>();
        services.AddSingleton(OnboardingOptions.From(settings));
        services.AddSingleton<OnboardingService>();
        services.AddSingleton<IStripeRequestHandler, AccountCreation>();
        services.AddSingleton(EventSecrets.From(settings));
        services.AddSingleton(EventBackfillOptions.From(settings));
        services.AddSingleton<EventBackfill>();
        services.AddSingleton<IRereads, BankPayoutReader>();
        services.AddSingleton<IStripeRequestHandler, PaymentIntentRequestHandler>();
        services.AddSingleton<IStripeRequestHandler, CancelIntentRequestHandler>();
        services.AddSingleton<IStripeRequestHandler, RefundRequestHandler>();
        services.AddSingleton<IRereads, PaymentReader>();
        services.AddDeposits(settings);
        services.AddSingleton<DisputeEffects>();
        services.AddSingleton<IRereads, DisputeReader>();
        services.AddSingleton<IStripeRequestHandler, ReversalCall<ReversalToMake>>();
        services.AddSingleton<IRereads, TransferReader>();
        services.AddSingleton<IStripeRequestHandler, ReversalCall<CorrectionToTakeBack>>();
        services.AddSingleton<IRereads, ReductionEffects>();
        services.AddSingleton<IRereads, ReversalsAgain>();
        services.AddSingleton(PayoutApiOptions.From(settings));
        services.AddSingleton<PayoutApi>();
        services.AddReconciliation(settings, options);
        services.AddSingleton(TaxOptions.From(settings));
        services.AddSingleton(ProofFileOptions.From(settings));
        services.AddSingleton<ProofFileKeeper>();
        services.AddSingleton(PlatformTerms.From(settings));
        services.AddNotices(settings);
        return services;
    }

    private static void AddDeposits(this IServiceCollection services, IConfiguration settings)
    {
        services.AddSingleton(DepositRules.From(settings));
        services.AddSingleton<IStripeRequestHandler, DepositRequestHandler>();
        services.AddSingleton<IStripeRequestHandler, CancelDepositHandler>();
        services.AddSingleton<IStripeRequestHandler, DepositRefundHandler>();
        services.AddSingleton<IRereads, DepositReader>();
        services.AddSingleton<IRereads, LostDeposits>();
        services.AddSingleton<IRereads, ToldBefore>();
    }

    /// <summary>Our traces are none of Stripe's business.</summary>
    private static SocketsHttpHandler Transport() => new() { ActivityHeadersPropagator = null };

    private static void AddReconciliation(this IServiceCollection services, IConfiguration settings, PayoutOptions options)
    {
        var (key, address, patience) = (StripeKeys.Reading(settings), options.StripeApiBase,
            TimeSpan.FromSeconds(options.StripeTimeoutSeconds));
        services.TryAddKeyedSingleton(StripeWire.ReadingStripe, (_, _) => StripeWire.Client(key, address, patience, Transport()));
        services.AddSingleton(ReconcileOptions.From(settings));
    }
}
